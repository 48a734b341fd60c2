"""Load on a house: wrk sends a list of requests in turn, from one or many clients, over loopback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
#: What a line is: a path to GET, or a payment with its key (``bench/payable.py``).
PATHS, PAYMENTS = _HERE / "paths.lua", _HERE / "paying.lua"


@dataclass(frozen=True, slots=True)
class Rate:
    """What came of a round of load; ``per_second`` is of wall time, latencies are in milliseconds."""

    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    bad: int
    answered: int = 0


def ensure_wrk() -> None:
    """Install wrk where that may be done (root on Debian); raises ``SystemExit`` naming what is missing elsewhere."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, stdout=subprocess.DEVNULL)
    if shutil.which("wrk") is None:
        raise SystemExit("The benchmark needs the program wrk (on Debian: apt-get install wrk).")


def load(base: str, lines: Sequence[str], *, clients: int, seconds: int, script: Path = PATHS) -> Rate:
    """Send what ``lines`` say to ``base``, in turn, from ``clients`` connections for ``seconds``."""
    with tempfile.NamedTemporaryFile("w", suffix=".lines") as listed:
        listed.write("\n".join(lines) + "\n")
        listed.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), base]
        out = subprocess.run([*command, "--", listed.name], check=True, capture_output=True, text=True).stdout
    told = json.loads(out.strip().splitlines()[-1])
    rate = told["requests"] / told["seconds"]
    return Rate(clients, rate, told["p50_ms"], told["p99_ms"], told["bad"], told["requests"])
