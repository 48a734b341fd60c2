"""What the processes of a running house take of the memory, each page counted once however many share it (PSS)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.support.running import House

_KINDS: Mapping[str, tuple[str, ...]] = {
    "database": ("postgres",),
    "web": ("granian",),
    "worker": ("caigou.cli.worker",),
    "supervisor": ("caigou up", "bin/caigou"),
}


def by_kind(house: House) -> dict[str, float]:
    """Return megabytes by kind of process, and their sum as ``all``."""
    sums = dict.fromkeys([*_KINDS, "other"], 0.0)
    for pid in [house.process.pid, *house.descendants()]:
        sums[_kind_of(pid)] += _pss(pid)
    return {**{kind: round(size, 1) for kind, size in sums.items()}, "all": round(sum(sums.values()), 1)}


def _kind_of(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "other"
    return next((kind for kind, words in _KINDS.items() if any(word in command for word in words)), "other")


def _pss(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found.group(1)) / 1024 if found else 0.0
