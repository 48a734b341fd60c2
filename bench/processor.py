"""Seconds of the processor that other processes have used: what a busy machine changes least."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pid: int) -> float:
    """Return what the process ``pid`` and all below it, those that have ended included, have used so far."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            ticks[int(entry.name)] = sum(map(int, fields[11:15]))  # own, and of children that have ended
    return sum(used for one, used in ticks.items() if _is_below(one, pid, parents)) / _TICKS


def _is_below(one: int, pid: int, parents: Mapping[int, int]) -> bool:
    while one != pid and one in parents:
        one = parents[one]
    return one == pid
