"""Who is using the database of an installation: at most one process starts it, the others find it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from caigou.cli.processes import alive


@dataclass(frozen=True)
class Holder:
    """The process that started the database."""

    kind: str  # "up", "stopping" or "command"
    pid: int
    url: str = ""  # of the site, once it answers
    database_url: str = ""
    database_owner_url: str = ""
    live_url: str = ""  # where browsers find its live updates


class Lock:
    """A file lock that the system lets go of when its holder dies, with a note of who that is."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "lock"
        self._note = folder / "holder.json"

    @contextlib.contextmanager
    def taken(
        self, kind: str, *, wait_seconds: float = 0.0, on_wait: Callable[[Holder | None], bool] = lambda _: True
    ) -> Iterator[bool]:
        """Take the lock, waiting a while for it; yields whether that worked.

        ``on_wait`` is asked with the holder at every try and may end the waiting by returning False.
        """
        end = time.monotonic() + wait_seconds
        with self._path.open("w") as file:
            while not _try(file):
                if not on_wait(self.holder()) or time.monotonic() >= end:
                    yield False
                    return
                time.sleep(0.2)
            self.note(Holder(kind, os.getpid()))
            try:
                yield True
            finally:
                self._note.unlink(missing_ok=True)

    def note(self, holder: Holder) -> None:
        """Write down who holds the lock, whole or not at all."""
        fresh = self._note.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(holder)))
        fresh.replace(self._note)

    def holder(self) -> Holder | None:
        """Return who holds the lock, as far as it said so."""
        try:
            holder = Holder(**json.loads(self._note.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return holder if alive(holder.pid) else None


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
