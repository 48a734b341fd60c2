"""Load on a page: wrk asks for a list of paths in turn, from one or many clients, over loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).parent / "paths.lua"


@dataclass(frozen=True, slots=True)
class Rate:
    """What came of a round of load; ``per_second`` is of wall time, latencies are in milliseconds."""

    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    bad: int


def ensure_wrk() -> None:
    """Install wrk where that may be done (root on Debian); raises ``SystemExit`` naming what is missing elsewhere."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL)
    if shutil.which("wrk") is None:
        raise SystemExit("The benchmark needs the program wrk (on Debian: apt-get install wrk).")


def load(base: str, paths: Sequence[str], *, clients: int, seconds: int) -> Rate:
    """Ask ``base`` for ``paths`` in turn from ``clients`` connections for ``seconds``."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as listed:
        listed.write("\n".join(paths) + "\n")
        listed.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT), base]
        out = subprocess.run([*command, "--", listed.name], check=True, capture_output=True, text=True).stdout
    told = json.loads(out.strip().splitlines()[-1])
    return Rate(clients, told["requests"] / told["seconds"], told["p50_ms"], told["p99_ms"], told["bad"])
