"""What each process wrote down for itself: one line an answer, in a file that nobody else writes.

A line is written by one system call right after the answer came, so a killed process has lost at most its last answer,
and never half of one. There is no lock to die with.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What one process was told about one request: ``ok`` and the journal, or the code of the refusal."""

    sequence: int
    number: int
    outcome: str
    journal: int


class Log:
    """The log of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, answer: tuple[Any, ...]) -> None:
        os.write(self._file, (json.dumps(answer, separators=(",", ":")) + "\n").encode())


def read(path: Path) -> Iterator[Answer]:
    """Yield the answers that a process wrote down."""
    return (Answer(*line) for line in lines_of(path))


def lines_of(path: Path) -> Iterator[list[Any]]:
    """Yield what a process wrote down, line by line."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


class Board:
    """How far everybody is: a row of numbers in a file that all map into memory; each writes only its own."""

    def __init__(self, path: Path, places: int) -> None:
        path.write_bytes(bytes(8 * places))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8 * places)

    def __getitem__(self, place: int) -> int:
        return int(struct.unpack_from("<q", self._memory, 8 * place)[0])

    def __setitem__(self, place: int, value: int) -> None:
        struct.pack_into("<q", self._memory, 8 * place, value)
