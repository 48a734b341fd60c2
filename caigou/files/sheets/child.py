"""The child process that reads an Excel workbook. Run as a program, with an empty environment: ``python -I``.

It reads the workbook on its standard input, which is a file, and writes the rows of its first sheet that has any:
a line of JSON for each, ``[number of the row, [cells]]``. Before the first byte is read the process gives up memory,
time, its user, and every further file or socket; no formula, macro or link is followed, ever.

The last line is ``{"end": true}``, or ``{"refused": code}`` with a code of ``workbooks.REASONS``. A cell is null, a
text, or ``{"c": code, "v": text}`` for one that can't be trusted: a formula, a date, an error, a number without its
last digits.
"""

from __future__ import annotations

import io
import json
import math
import re
import runpy
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from openpyxl import Workbook, load_workbook

#: Read as a file: the child knows no package of ours.
_HERE = Path(__file__).resolve()
limits: Any = SimpleNamespace(**runpy.run_path(str(_HERE.with_name("limits.py"))))
confined: Any = SimpleNamespace(**runpy.run_path(str(_HERE.parents[2] / "kernel" / "confined.py")))
#: The old format of Excel, and the wrapping of an encrypted new one.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A format that shows 12 as 0012.
_ZEROS = re.compile("0{2,20}")
_OUTSIDE = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/")


class Refused(Exception):
    """The code of the reason, for the parent to put into words."""


def shut_the_door() -> None:
    """Give up everything that reading doesn't need."""
    confined.give_up(memory=limits.CHILD_MEMORY, cpu_seconds=limits.CHILD_CPU_SECONDS, file_bytes=limits.MOST_ANSWER)


def check_wrapping(stream: IO[bytes]) -> None:
    """Look at the ZIP file before anything of it is unpacked; raises ``Refused``."""
    head = stream.read(8)
    stream.seek(0)
    if head == _OLE:
        raise Refused("encrypted")
    with zipfile.ZipFile(stream) as wrapping:
        entries = wrapping.infolist()
        if len(entries) > limits.MOST_ENTRIES or sum(entry.file_size for entry in entries) > limits.MOST_UNPACKED:
            raise Refused("bomb")
        for entry in entries:
            if entry.flag_bits & 1:
                raise Refused("encrypted")
            if entry.file_size > limits.SMALL and entry.file_size > limits.MOST_RATIO * max(1, entry.compress_size):
                raise Refused("bomb")
            if entry.filename.startswith(_OUTSIDE):
                raise Refused("external_links")
            if entry.filename.endswith((".xml", ".rels")):
                _check_no_entities(wrapping, entry)
        if "[Content_Types].xml" not in wrapping.namelist():
            raise Refused("not_a_workbook")
    stream.seek(0)


def _check_no_entities(wrapping: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """No workbook declares a document type; who does means to unfold entities."""
    with wrapping.open(entry) as part:
        head = part.read(2_048).replace(b"\0", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Refused("not_a_workbook")


def rows_of(stream: IO[bytes]) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first visible sheet that has any, under their numbers; empty ones are left out."""
    book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    if not book.worksheets:
        raise Refused("not_a_workbook")
    for sheet in book.worksheets:
        found = False
        if sheet.sheet_state != "visible":
            continue
        # What a sheet says of its own size may be anything, and would be filled up with empty cells.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > limits.MOST_ROWS:
                break
            cells = [_cell(cell) for cell in row[: limits.MOST_COLUMNS]]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                found = True
                yield number, cells
        if found:
            return


def _cell(cell: Any) -> Any:
    """Return what ``said`` makes of a cell; a number of an article keeps the zeros that its format shows before it."""
    value = cell.value
    if type(value) is int and 0 <= value < 10**limits.EXACT_DIGITS and (zeros := _ZEROS.fullmatch(cell.number_format)):
        return str(value).rjust(len(zeros[0]), "0")
    return said(value, cell.data_type)


def said(value: Any, kind: str) -> Any:
    """Return what a cell says as a text, None for nothing, or why it can't be trusted.

    >>> said(12.6, "n"), said(240.0, "n"), said(0.1 + 0.2, "n"), said("=A1", "f")
    ('12.6', '240', '0.3', {'c': 'formula', 'v': '=A1'})
    """
    if value is None or value == "":
        return None
    if kind in {"f", "e"}:
        return _doubtful("formula" if kind == "f" else "cell_error", getattr(value, "text", value))
    if isinstance(value, (date, datetime, time, timedelta)):
        return _doubtful("date_cell", str(value).removesuffix(" 00:00:00"))
    return _text(value) if isinstance(value, (str, bool)) else _number(value)


def _text(value: str | bool) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _doubtful("field_too_long", len(value)) if len(value) > limits.MOST_CELL else value


def _number(value: Any) -> Any:
    if not math.isfinite(value):
        return _doubtful("cell_error", value)
    if abs(value) >= 10**limits.EXACT_DIGITS:
        return _doubtful("long_number", f"{value:.6g}")
    # What the spreadsheet shows: fifteen digits, not the binary fraction behind them.
    return str(value) if isinstance(value, int) else f"{Decimal(format(value, '.15g')):f}"


def _doubtful(code: str, value: Any) -> dict[str, str]:
    return {"c": code, "v": str(value)[:200]}


def answer(stream: IO[bytes], out: IO[str]) -> None:
    """Write the rows, and in the end whether that was all."""
    try:
        check_wrapping(stream)
        for row in rows_of(stream):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        last: dict[str, Any] = {"end": True}
    except Refused as refused:
        last = {"refused": str(refused)}
    except MemoryError:
        last = {"refused": "too_heavy"}
    except Exception:  # whatever a hostile file finds in a parser is its own fault
        last = {"refused": "not_a_workbook"}
    out.write("\n" + json.dumps(last) + "\n")
    out.flush()


def _load_everything() -> None:
    """Read a small workbook, so that whatever is loaded late is loaded while files can still be opened."""
    small = io.BytesIO()
    book = Workbook(write_only=True)
    book.create_sheet().append(["a", 1, date(2026, 1, 1)])
    book.save(small)
    list(rows_of(small))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    _load_everything()
    shut_the_door()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    answer(sys.stdin.buffer, sys.stdout)
