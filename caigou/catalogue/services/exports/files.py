"""Writers of catalogue files: JSON Lines, CSV (both also as gzip) and Excel workbooks, row by row."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from django.utils.translation import gettext as _

from caigou.catalogue.services.exports.cells import COLUMNS, cells_of
from caigou.catalogue.services.imports.rows import MOST_LINES_OF_A_ROW
from caigou.kernel.errors import BadInput

ENDINGS: Final = (".jsonl", ".csv", ".jsonl.gz", ".csv.gz", ".xlsx")
#: Characters that a cell of a workbook holds; more would be cut off without a word.
_MOST_CELL: Final = 32_767


class ExportRefused(BadInput):
    """The catalogue can't be written in this format; the sentence says which one can."""

    code = "export_refused"


class Writer(Protocol):
    """Takes one row of ``rows.row_of`` after the other."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one row; raises ``ExportRefused`` for one that the format can't hold."""


@contextmanager
def writer_for(path: Path, name: str) -> Iterator[Writer]:
    """Open a writer that the ending of ``name`` calls for and that writes to ``path``; raises ``ExportRefused``."""
    ending = name.lower()
    if not ending.endswith(ENDINGS):
        raise ExportRefused(_("The name of the file must end in %(endings)s.") % {"endings": ", ".join(ENDINGS)})
    if ending.endswith(".xlsx"):
        sheet = SheetWriter()
        try:
            yield sheet
        except BaseException:
            sheet.discard()
            raise
        sheet.book.save(path)
        return
    with _opened(path, packed=ending.endswith(".gz")) as stream:
        yield CsvWriter(stream) if ".csv" in ending[-7:] else JsonWriter(stream)


@contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[TextIO]:
    # No time and no name in the gzip header: the same goods give the same file.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if packed else raw as binary:
        stream = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        try:
            yield stream
            stream.flush()
        finally:
            stream.detach()


class JsonWriter:
    """One JSON object on each line; what isn't stated is left out."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a line."""
        said = {name: value for name, value in row.items() if value is not None and value not in ("", [])}
        self._stream.write(json.dumps(said, ensure_ascii=False) + "\n")


class CsvWriter:
    """CSV in UTF-8 with a byte-order mark, without which spreadsheet programs misread Chinese."""

    def __init__(self, stream: TextIO) -> None:
        stream.write("\ufeff")
        self._csv = csv.writer(stream, lineterminator="\r\n")
        self._csv.writerow(COLUMNS)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a line."""
        cells = cells_of(row)
        if sum(cell.count("\n") for cell in cells if isinstance(cell, str)) >= MOST_LINES_OF_A_ROW:
            raise _refused(row, _("it has too many line breaks for a CSV file"))
        self._csv.writerow(["" if cell is None else cell for cell in cells])


class SheetWriter:
    """An Excel workbook of one sheet; every text is stored as a text, whatever it begins with."""

    def __init__(self) -> None:
        # Ten megabytes, loaded where a workbook is written and not by every process.
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        self._cell_type = WriteOnlyCell
        self.book = Workbook(write_only=True)
        self._sheet = self.book.create_sheet("Caigou")
        self._sheet.freeze_panes = "B2"
        self._sheet.append(list(COLUMNS))

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row."""
        self._sheet.append([self._cell(cell, row) for cell in cells_of(row)])

    def discard(self) -> None:
        """Remove the half that openpyxl keeps in a temporary file until a workbook is saved."""
        self._sheet.close()
        self._sheet._writer.cleanup()  # noqa: SLF001  there is no other way to let go of an unsaved workbook

    def _cell(self, value: str | int | None, row: Mapping[str, Any]) -> Any:
        if not isinstance(value, str):
            return value
        if len(value) > _MOST_CELL:
            raise _refused(row, _("a cell of a workbook holds at most %(most)s characters") % {"most": _MOST_CELL})
        cell = self._cell_type(self._sheet, value)
        cell.data_type = "s"
        return cell


def _refused(row: Mapping[str, Any], why: str) -> ExportRefused:
    return ExportRefused(
        _("%(product)s can't be written: %(why)s. Export to .jsonl instead.")
        % {"product": row["external_id"], "why": why}
    )
