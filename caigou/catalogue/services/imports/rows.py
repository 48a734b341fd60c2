"""Rows of a file: cells or JSON fields by name, or the reason why a line is none.

A broken line costs itself only. When a quotation mark is never closed, or a row that runs over several lines ends up
with the wrong number of cells, its first line is refused and reading goes on with the next one.
"""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from caigou.catalogue.services.imports.files import MOST_LINE, Line, SourceFile, read_lines
from caigou.catalogue.services.imports.formulas import restored
from caigou.catalogue.services.imports.problems import RAW_SHOWN, FileRefused, Problem, RowRefused, problem, shown

#: A quoted cell may hold line breaks, but no row runs over more lines than this.
MOST_LINES_OF_A_ROW = 100
_SEPARATORS = ",;\t"
_SEP_LINE = re.compile(r"sep=[,;\t]", re.IGNORECASE)


class Digits(str):
    """A JSON number with a point, letter by letter as it stood: an amount never passes through a float."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first line, how that began in the file, and its values or what is wrong with it."""

    line: int
    raw: str
    values: dict[str, Any]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Text:
    number: int
    text: str
    problem: Problem | None = None

    def refused(self, why: Problem) -> Row:
        return Row(self.number, self.text[: RAW_SHOWN + 1], {}, why)


def _decoded(line: Line, encoding: str) -> _Text:
    why = None
    try:
        text = line.data.decode(encoding)
    except UnicodeDecodeError:
        text, why = line.data.decode("utf-8", "replace"), problem("not_utf8")
    if line.cut:
        why = problem("too_long", most=MOST_LINE)
    elif "\0" in text:
        why = problem("nul")
    return _Text(line.number, text, why)


def json_rows(source: SourceFile) -> Iterator[Row]:
    """Yield one row for each line of a JSON Lines file."""
    for line in read_lines(source):
        text = _decoded(line, source.encoding)
        try:
            if text.problem:
                yield text.refused(text.problem)
            else:
                yield Row(text.number, text.text[: RAW_SHOWN + 1], _object(text.text))
        except RowRefused as refusal:
            yield text.refused(refusal.problem)


def _object(text: str) -> dict[str, Any]:
    try:
        values = _QUICK.decode(text)
    except (ValueError, RecursionError):  # also for what is JSON but rare: half of a character, a huge number
        values = _patient(text)
    if not isinstance(values, dict):
        raise RowRefused("not_object")
    return values


def _patient(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise RowRefused("not_json") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


#: Made once: ``json.loads`` would make one for each line.
_DECODER = json.JSONDecoder(parse_float=Digits, parse_constant=_no_number)
#: Takes half as long, and refuses whatever it can't hold exactly.
_QUICK = msgspec.json.Decoder(float_hook=Digits)


def column_names(cells: Sequence[str]) -> list[str]:
    """Return the names of columns in lower case with underscores for blanks; raises ``FileRefused``.

    >>> column_names(["External ID", "moq", "", ""])
    ['external_id', 'moq']
    """
    names = ["_".join(shown(cell).lower().split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileRefused("no_header")
    named = [name for name in names if name]
    if len(set(named)) < len(named):
        raise FileRefused("same_columns")
    # A column without a name, among others, is one that nobody can mean.
    return [name or f"#{place}" for place, name in enumerate(names, start=1)]


class CsvRows:
    """The rows of a CSV file; ``header`` are the names of its columns, in lower case, blanks as underscores."""

    def __init__(self, source: SourceFile) -> None:
        """Raises ``FileRefused`` when the first line can't name columns."""
        self._source = source
        self._lines = iter(read_lines(source, blank=True))
        self._again: deque[_Text] = deque()
        self.header: list[str] = []
        first = self._next_with_words()
        if first is None or first.problem:
            raise FileRefused("no_header")
        self._separator = max(_SEPARATORS, key=first.text.count)
        if _SEP_LINE.fullmatch(first.text):  # Excel's own way to say it, on a line above the header
            self._separator = first.text[4]
            first = self._next_with_words()
            if first is None or first.problem:
                raise FileRefused("no_header")
        self.header = column_names(self._cells(first) or [])

    def __iter__(self) -> Iterator[Row]:
        while (first := self._next_with_words()) is not None:
            yield self._row(first)

    def _next_with_words(self) -> _Text | None:
        """A row begins on a line that isn't blank; inside a quoted cell, a blank line is a part of the text."""
        while (line := self._next()) is not None and not line.text.strip() and line.problem is None:
            pass
        return line

    def _next(self) -> _Text | None:
        if self._again:
            return self._again.popleft()
        line = next(self._lines, None)
        return None if line is None else _decoded(line, self._source.encoding)

    def _row(self, first: _Text) -> Row:
        if first.problem:
            return first.refused(first.problem)
        cells = self._cells(first)
        if cells is None:
            return first.refused(problem("broken_quotes"))
        if len(cells) != len(self.header):
            return first.refused(problem("column_count", found=len(cells), wanted=len(self.header)))
        if any(cell[:1] == "'" for cell in cells):
            cells = [restored(cell) for cell in cells]
        return Row(first.number, first.text[: RAW_SHOWN + 1], dict(zip(self.header, cells, strict=True)))

    def _cells(self, first: _Text) -> list[str] | None:
        """Return the cells of the row that starts with ``first``; give back the lines that aren't its own."""
        if '"' not in first.text:
            return self._without_empty_tail(first.text.split(self._separator))
        taken: list[_Text] = []
        cells: list[str] | None = None
        try:
            read = next(csv.reader(self._feed(first, taken), delimiter=self._separator, strict=True))
            cells = self._without_empty_tail(read)
        except csv.Error:
            pass
        if taken and (cells is None or len(cells) != len(self.header)):
            self._again.extendleft(reversed(taken))
        return cells

    def _feed(self, first: _Text, taken: list[_Text]) -> Iterator[str]:
        yield first.text + "\n"
        while len(taken) < MOST_LINES_OF_A_ROW and (line := self._next()) is not None:
            taken.append(line)
            if line.problem:
                return
            yield line.text + "\n"

    def _without_empty_tail(self, cells: list[str]) -> list[str]:
        """Spreadsheets write empty cells behind the last column; they mean nothing."""
        wanted = len(self.header)
        while 0 < wanted < len(cells) and not cells[-1].strip():
            cells.pop()
        return cells
