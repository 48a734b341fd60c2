"""Which processes a test has running, found by what they say about themselves, not by their names."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path


def of(folder: Path) -> dict[int, str]:
    """Return id and command of every process that works in ``folder`` or was told of it."""
    needle, found = str(folder).encode(), {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            words = command + (entry / "environ").read_bytes() + str((entry / "cwd").readlink()).encode()
            if needle in words and b" Z " not in (entry / "stat").read_bytes():
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def wait_for(what: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Ask until the answer is yes; returns whether it ever was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return what()


def none_left(folder: Path, seconds: float = 5.0) -> dict[int, str]:
    """Wait until nothing works in ``folder`` any more; returns what still does."""
    wait_for(lambda: not of(folder), seconds)
    return of(folder)
