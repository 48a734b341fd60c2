"""The rows of an Excel workbook, by the names of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from caigou.catalogue.services.imports.formulas import restored
from caigou.catalogue.services.imports.problems import RAW_SHOWN, FileRefused, problem
from caigou.catalogue.services.imports.rows import Row, column_names
from caigou.files.sheets.limits import MOST_CELL
from caigou.files.sheets.workbooks import Sheet

#: Rows above the names of the columns, such as a firm's name over the whole width, are passed over.
_ROWS_BEFORE_HEADER: Final = 20


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A cell that doesn't hold what somebody typed; ``code`` is the reason to refuse its row."""

    code: str
    value: str


class SheetRows:
    """The rows of a sheet; ``header`` are the names of its columns, the first row with two names or more."""

    def __init__(self, sheet: Sheet) -> None:
        """Raises ``FileRefused`` when no row near the top can name columns."""
        self._sheet = sheet
        for number, cells in islice(sheet.lines(), _ROWS_BEFORE_HEADER):
            texts = [cell if isinstance(cell, str) else "" for cell in cells]
            if sum(bool(text.strip()) for text in texts) >= 2:
                self._first, self.header = number, column_names(texts)
                return
        raise FileRefused("no_header")

    def __iter__(self) -> Iterator[Row]:
        for number, cells in self._sheet.lines():
            if number > self._first:
                yield self._row(number, cells)

    def _row(self, number: int, cells: list[Any]) -> Row:
        raw = "\t".join(cell if isinstance(cell, str) else cell["v"] if cell else "" for cell in cells)
        wanted = len(self.header)
        beyond = [cell for cell in cells[wanted:] if cell is not None]
        shown = raw[: RAW_SHOWN + 1]
        if beyond:
            return Row(number, shown, {}, problem("column_count", found=len(cells), wanted=wanted))
        values = dict.fromkeys(self.header)
        values.update(zip(self.header, map(_value, cells), strict=False))
        return Row(number, shown, values)


def _value(cell: Any) -> Any:
    if isinstance(cell, dict):
        return Doubtful(cell["c"], cell["v"])
    return restored(cell) if cell else cell


def settled(rows: Iterable[Row], used: Iterable[str]) -> Iterator[Row]:
    """Yield the rows without doubtful cells: one in a column that is used refuses its row, any other is left out."""
    columns = frozenset(used)
    for row in rows:
        doubtful = {name: value for name, value in row.values.items() if isinstance(value, Doubtful)}
        if not doubtful:
            yield row
            continue
        bad = next((name for name in doubtful if name in columns), None)
        why = None
        if bad is not None:
            cell = doubtful[bad]
            why = problem(cell.code, field=bad, value=cell.value, most=MOST_CELL)
        values = {name: value for name, value in row.values.items() if name not in doubtful}
        yield Row(row.line, row.raw, values, row.problem or why)
