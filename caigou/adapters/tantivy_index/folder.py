"""Where the index lies: one folder a generation, and one small file that says which of them counts.

``current.json`` is replaced in one step, so a reader sees the old index or the new one, never half of one. It is
touched after each commit and whenever damage was found: each search asks when this one file changed, and looks at no
other. Writing needs the lock, which the system takes back from a process that dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from caigou.search.ports import IndexBusy

#: The file that says which generation counts.
POINTER = "current.json"


@dataclass(frozen=True, slots=True)
class Generation:
    """One built index. ``make`` names the code and lexicon that made it."""

    number: int
    make: str
    path: Path

    #: Whether a reader found it damaged.
    doubted: bool = False
    #: What changes with each commit: which file the pointer was, and when it was touched.
    stamp: tuple[int, int] = (0, 0)

    def doubt(self) -> None:
        """Tell every process that this index is damaged; the worker then builds another one."""
        with contextlib.suppress(OSError):  # a reader may lack the right to write
            _mark(self).touch()
            _touch(self.path.parent)

    def changed(self) -> None:
        """Tell every process that something was committed."""
        _touch(self.path.parent)


def _mark(generation: Generation) -> Path:
    return generation.path.parent / f"damaged-{generation.number}"


def _touch(folder: Path) -> None:
    moment = time.time_ns()  # finer than what the system would write: two commits are two moments
    os.utime(folder / POINTER, ns=(moment, moment))


class IndexFolder:
    """The folder that holds the generations. Nothing is made in it before the first write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pointer = path / POINTER
        #: What the pointer said when it was last touched.
        self._told: Generation | None = None

    def current(self) -> Generation | None:
        """Return the generation that counts, None when there is none or its file can't be read."""
        try:
            found = self._pointer.stat()
        except OSError:
            return None
        stamp, told = (found.st_mtime_ns, found.st_ino), self._told
        if told is None or told.stamp != stamp:
            told = self._told = self._read(stamp)
        return told

    def _read(self, stamp: tuple[int, int]) -> Generation | None:
        try:
            told = json.loads(self._pointer.read_text(encoding="utf-8"))
            number, make = int(told["number"]), str(told["make"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        found = Generation(number, make, self._path / self._name(number), stamp=stamp)
        return replace(found, doubted=_mark(found).exists())

    @contextmanager
    def writing(self, *, wait: float) -> Iterator[None]:
        """Hold the one right to write; raises ``IndexBusy`` when another holds it for longer than ``wait`` seconds."""
        self._path.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait
        with (self._path / "writer.lock").open("a") as lock:
            while not _taken(lock.fileno()):
                if time.monotonic() >= deadline:
                    raise IndexBusy
                time.sleep(0.05)
            yield

    def fresh(self) -> Generation:
        """Make an empty folder for the next generation; it doesn't count yet."""
        number = max(self._numbers(), default=0) + 1
        path = self._path / self._name(number)
        path.mkdir(parents=True)
        return Generation(number, "", path)

    def switch(self, generation: Generation, *, make: str) -> None:
        """Let ``generation`` count from now on, and remove all but the one before, which readers may still open."""
        before = self.current()
        draft = self._path / "current.json.new"
        draft.write_text(json.dumps({"number": generation.number, "make": make}), encoding="utf-8")
        with draft.open("rb") as handle:
            os.fsync(handle.fileno())
        draft.replace(self._pointer)
        kept = {generation.number, before.number if before else 0}
        for number in self._numbers():
            if number not in kept:
                shutil.rmtree(self._path / self._name(number), ignore_errors=True)
        for mark in self._path.glob("damaged-*"):
            mark.unlink(missing_ok=True)
        _touch(self._path)

    def drop(self, generation: Generation) -> None:
        """Remove a generation that failed to be built."""
        shutil.rmtree(generation.path, ignore_errors=True)

    def _numbers(self) -> list[int]:
        return [int(path.name[1:]) for path in self._path.glob("g*") if path.name[1:].isdigit()]

    @staticmethod
    def _name(number: int) -> str:
        return f"g{number:06d}"


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
