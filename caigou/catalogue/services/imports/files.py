"""Files as streams of lines: plain or gzip, UTF-8 or GB18030, never more of them in memory than one line.

A line of text ends in LF or CR LF, or throughout in CR alone. Neither these, the quotation mark nor the separators
can be a part of a longer character in UTF-8 or GB18030, so a file is cut into lines before it is decoded, and one bad
line spoils no other.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from caigou.catalogue.services.imports.problems import FileRefused
from caigou.files.sheets.workbooks import Sheet, SheetRefused, read_sheet

#: Bytes of the longest line that is read; a longer one is refused and skipped.
MOST_LINE = 1 << 20
#: A compressed file may unpack to this many bytes, or to ``MOST_RATIO`` times its size if that is less …
MOST_UNPACKED = 4 << 30
MOST_RATIO = 200
#: … but this many are always fine.
SMALL_UNPACKED = 32 << 20
_BLOCK = 1 << 18
_HEAD = 4_096
#: Byte-order marks of UTF-8 and GB18030; some programs write theirs before another one's.
_MARKS = (b"\xef\xbb\xbf", b"\x84\x31\x95\x33")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: How workbooks and archives, old workbooks, PDF, pictures and gzip in gzip begin, whatever they are called.
_ALIEN = (
    *(b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"\x89PNG"),
    *(b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc", b"\x1f\x8b"),
)

Kind = Literal["csv", "jsonl", "xlsx"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; ``cut`` when it was longer than ``MOST_LINE`` and only its head is here."""

    number: int
    data: bytes
    cut: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file and what a first reading found: its kind, encoding and how many lines it has."""

    path: Path
    kind: Kind
    packed: bool
    encoding: str
    lines: int
    sheet: Sheet | None = None

    @property
    def rows(self) -> int:
        """How many rows there are at most: a quoted cell may run over several lines."""
        return max(0, self.lines - (0 if self.kind == "jsonl" else 1))


def sha256(path: Path) -> str:
    """Return the digest of the file as it is stored."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def inspect(path: Path, name: str) -> SourceFile:
    """Read the file once, from end to end, and say what it is; ``name`` is what its owner called it.

    Raises ``FileRefused`` for an empty file, another format or kind, UTF-16, a damaged or a treacherous gzip file.
    """
    kind, packed = _kind_of(name)
    if kind == "xlsx":
        sheet = _sheet(path)
        return SourceFile(path, kind, packed, "utf-8", sheet.rows, sheet)
    if packed:
        for _block in _blocks(path, packed=True):
            pass  # a bomb is found before its lines are looked at, which is the slow part
    lines = utf8 = other = 0
    gb18030 = True
    for line in _split(_blocks(path, packed=packed)):
        if line.number == 1 and line.data.startswith(_ALIEN):
            raise FileRefused("another_kind")
        if line.number == 1 and _is_utf16(line.data):
            raise FileRefused("utf16")
        lines += bool(line.data.strip())
        if line.cut or line.data.isascii():
            continue
        if _decodes(line.data, "utf-8"):
            utf8 += 1
        else:
            other += 1
            gb18030 = gb18030 and _decodes(line.data, "gb18030")
    if not lines:
        raise FileRefused("empty_file")
    # A file of ours with a few broken lines keeps its encoding; those lines are refused one by one.
    chinese = kind == "csv" and other > utf8 and gb18030
    return SourceFile(path, kind, packed, "gb18030" if chinese else "utf-8", lines)


def _sheet(path: Path) -> Sheet:
    if not path.stat().st_size:
        raise FileRefused("empty_file")
    try:
        return read_sheet(path)
    except SheetRefused as refused:
        raise FileRefused(str(refused)) from None


def read_lines(source: SourceFile, *, blank: bool = False) -> Iterator[Line]:
    """Yield every line under its number; blank ones, which may stand inside a quoted cell, if they are asked for."""
    lines = _split(_blocks(source.path, packed=source.packed))
    return lines if blank else (line for line in lines if line.data.strip() or line.cut)


def _kind_of(name: str) -> tuple[Kind, bool]:
    low = name.lower()
    packed = low.endswith(".gz")
    kind = low.removesuffix(".gz").rpartition(".")[2]
    if kind not in ("csv", "jsonl", "xlsx") or (packed and kind == "xlsx"):
        raise FileRefused("unknown_format")
    return cast("Kind", kind), packed


def _is_utf16(data: bytes) -> bool:
    """By its mark, or by the zeros that every second byte of plain letters is."""
    return data.startswith(_UTF16) or data[:200].count(0) * 3 > len(data[:200])


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path, *, packed: bool) -> Iterator[bytes]:
    if not packed:
        with path.open("rb") as plain:
            yield from _read(plain)
        return
    most = max(SMALL_UNPACKED, min(MOST_UNPACKED, MOST_RATIO * path.stat().st_size))
    unpacked = 0
    try:
        with gzip.open(path, "rb") as stream:
            for block in _read(cast("IO[bytes]", stream)):
                unpacked += len(block)
                if unpacked > most:
                    raise FileRefused("bomb")
                yield block
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise FileRefused("damaged_gzip") from None


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _split(blocks: Iterable[bytes]) -> Iterator[Line]:
    number, rest, cut, by_cr = 0, b"", False, None
    for block in blocks:
        if by_cr is None:  # as spreadsheet programs on a Macintosh write "CSV"
            by_cr = b"\r" in block and b"\n" not in block
        if by_cr:
            block = block.replace(b"\r", b"\n")  # noqa: PLW2901
        *whole, rest = (rest + block).split(b"\n")
        for data in whole:
            number += 1
            yield _line(number, data, cut=cut)
            cut = False
        if cut or len(rest) > MOST_LINE:
            rest, cut = rest[:_HEAD], True
    if rest:
        yield _line(number + 1, rest, cut=cut)


def _line(number: int, data: bytes, *, cut: bool) -> Line:
    while number == 1 and data.startswith(_MARKS):
        data = data[3:] if data.startswith(_MARKS[0]) else data[4:]
    if cut or len(data) > MOST_LINE:
        return Line(number, data[:_HEAD], cut=True)
    return Line(number, data.removesuffix(b"\r"))
