"""Which processes a test has running, found by what they say about themselves, not by their names."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path


def of(folder: Path) -> dict[int, str]:
    """Return id, and name and command, of every process that works in ``folder`` or was told of it."""
    needle, found = str(folder).encode(), {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            words = command + (entry / "environ").read_bytes() + str((entry / "cwd").readlink()).encode()
            if needle in words and b" Z " not in (entry / "stat").read_bytes():
                found[int(entry.name)] = name_and_command(int(entry.name))
    return found


def name_and_command(pid: int) -> str:
    """Return what a process is called and what it was started with; "" when it has gone.

    The servers are forked, so they share a command and differ by name.
    """
    try:
        name = Path(f"/proc/{pid}/comm").read_bytes().strip()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").strip()
    except OSError:
        return ""
    return (name + b": " + command).decode(errors="replace")


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
