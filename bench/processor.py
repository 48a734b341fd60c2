"""Seconds of the processor that other processes have used: what a busy machine changes least."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pid: int) -> float:
    """Return what the process ``pid`` and its children, those that have ended included, have used so far."""
    total = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if pid in (int(entry.name), int(fields[1])):
                own, ended = fields[11:13], fields[13:15] if int(entry.name) == pid else []
                total += sum(map(int, [*own, *ended])) / _TICKS
    return total
