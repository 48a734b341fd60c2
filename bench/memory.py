"""What the processes of a running house take of the memory, each page counted once however many share it (PSS)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.support.processes import name_and_command
from tests.support.running import House

#: How the name or the command of each kind of process begins. What the web server and the worker share is with the
#: servers that they are forked from.
_KINDS: Mapping[str, str] = {
    "database": r"postgres",
    "servers": r"caigou-servers",
    "web": r"caigou-web",
    "live": r"caigou-live",
    "worker": r"caigou-(worker|nursery|analyst)",
    "supervisor": r"\S+: .*caigou",
}


def by_kind(house: House) -> dict[str, float]:
    """Return megabytes by kind of process, and their sum as ``all``."""
    sums = dict.fromkeys([*_KINDS, "other"], 0.0)
    for pid in [house.process.pid, *house.descendants()]:
        sums[_kind_of(pid)] += _pss(pid)
    return {**{kind: round(size, 1) for kind, size in sums.items()}, "all": round(sum(sums.values()), 1)}


def _kind_of(pid: int) -> str:
    said = name_and_command(pid)
    return next((kind for kind, pattern in _KINDS.items() if re.match(pattern, said)), "other")


def _pss(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0.0
