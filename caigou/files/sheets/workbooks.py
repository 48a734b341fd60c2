"""Excel workbooks: a child process with nothing to steal reads them, and its answer waits in a file without a name.

The whole sheet is read before the first row is taken in, so that a workbook is refused as a whole or not at all.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

_CHILD: Final = Path(__file__).with_name("child.py")
_TAIL: Final = 200
#: Why a workbook is refused; who reads one has a sentence for each.
REASONS: Final = frozenset({"empty_file", "encrypted", "bomb", "external_links", "not_a_workbook", "too_heavy"})


class SheetRefused(Exception):
    """The workbook can't be read; ``str`` of it is one of ``REASONS``."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a workbook as the child wrote them into an unnamed file, and how many there are with the header."""

    answer: IO[bytes]
    rows: int

    def lines(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the number and the cells of each row."""
        self.answer.seek(0)
        for line in islice(self.answer, self.rows):
            number, cells = json.loads(line)
            yield number, cells


def read_sheet(path: Path) -> Sheet:
    """Let the child read a workbook; raises ``SheetRefused`` with its reason, ``OSError`` when there is no file."""
    answer = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the sheet does
    with path.open("rb") as workbook:
        subprocess.run(
            [sys.executable, "-I", "-B", str(_CHILD)],
            stdin=workbook,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
            check=False,
        )
    _check_end(answer)
    answer.seek(0)
    # The end stands on a line of its own, after an empty one.
    rows = sum(1 for _line in answer) - 2
    if rows < 1:
        raise SheetRefused("empty_file")
    return Sheet(answer, rows)


def _check_end(answer: IO[bytes]) -> None:
    answer.seek(0, 2)
    answer.seek(max(0, answer.tell() - _TAIL))
    last = answer.read().rpartition(b"\n\n")[2]
    try:
        end = json.loads(last)
        refused = end.get("refused", "" if end.get("end") is True else "too_heavy")
    except (ValueError, AttributeError):
        refused = "too_heavy"  # ended by its limits before it could say so
    if refused:
        raise SheetRefused(refused if refused in REASONS else "not_a_workbook")
