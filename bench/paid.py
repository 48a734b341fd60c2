"""``python -m bench.paid``: orders paid a second through the API of a house that runs as `make run` starts it.

Web processes, worker, database and the sixteen clients share the machine, fsync is on, and each request brings a key
and an Idempotency-Key of its own. ``hot``: one company pays all of them from one wallet; ``uniform``: many pay. At the
end every answered payment must be in the books, and the books must balance. The last line is the result as JSON, and
the command ends with code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from bench.house import environment_of
from bench.load import PAYMENTS, Rate, ensure_wrk, load
from bench.processor import seconds_of
from tests.support.running import House

#: Payments a second, and milliseconds below which 99 of 100 answers come.
GOALS = {"per_second": 150, "p99_ms": 150}
CLIENTS = 16
#: Seconds in which the processes meet their code, before anything counts.
WARM = 3
#: More payments than a second can bring.
_MOST = 500
_KINDS = ("hot", "uniform")
_ROOT = Path(__file__).parents[1]


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    asked = _arguments()
    ensure_wrk()
    with tempfile.TemporaryDirectory(prefix="caigou-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        house = House(home)
        try:
            result = _measured(house, asked.seconds, asked.rounds)
        finally:
            house.stop()
    missed = _missed(result)
    for kind in _KINDS:
        told = result[kind]
        print(
            f"{kind:8} {told['per_second']:>6.0f}/s  p50 {told['p50_ms']:.0f} ms  p99 {told['p99_ms']:.0f} ms"
            f"  processor, ms a payment: {told['processor_ms']}",
            file=sys.stderr,
        )
    print(f"missed goals: {', '.join(missed) or 'none'}", file=sys.stderr)
    print(json.dumps({"clients": CLIENTS, "goals": GOALS, **result, "missed": missed}))
    return 1 if missed else 0


def _measured(house: House, seconds: int, rounds: int) -> dict[str, Any]:
    """Pay in turns, hot and uniform, so that a noisy minute hits both; return medians and what the books say."""
    environment, folder = environment_of(house), house.home
    _payable(environment, "make", str(_MOST * (WARM + seconds * rounds)), str(folder))
    waiting = {kind: (folder / kind).read_text().splitlines() for kind in _KINDS}
    taken: dict[str, list[tuple[Rate, dict[str, float]]]] = {kind: [] for kind in _KINDS}
    answered = 0
    for turn in range(rounds + 1):
        for kind in _KINDS:
            span = seconds if turn else WARM
            lines, waiting[kind] = waiting[kind][: _MOST * span], waiting[kind][_MOST * span :]
            before = _processor(house)
            rate = load(house.address, lines, clients=CLIENTS, seconds=span, script=PAYMENTS)
            used = {name: spent - before[name] for name, spent in _processor(house).items()}
            if rate.answered + CLIENTS > len(lines):
                raise SystemExit("more was paid than there were orders: the rate says nothing")
            answered += rate.answered
            if turn:
                taken[kind].append((rate, {name: spent / rate.answered * 1_000 for name, spent in used.items()}))
    books = json.loads(_payable(environment, "settled"))
    return {
        **{kind: _middle(rates) for kind, rates in taken.items()},
        "answered": answered,
        **books,
    }


def _payable(environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "bench.payable", *arguments]
    quiet = {**environment, "CAIGOU_LOG_LEVEL": "WARNING"}
    return subprocess.run(command, cwd=_ROOT, env=quiet, check=True, stdout=subprocess.PIPE, text=True).stdout


def _processor(house: House) -> dict[str, float]:
    """Return the seconds of the processor that each kind of process has used."""
    server = int((house.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    first = {"web": house.children("caigou-web")[0], "worker": house.children("caigou-worker")[0], "database": server}
    return {kind: seconds_of(pid) for kind, pid in first.items()}


def _middle(rates: list[tuple[Rate, dict[str, float]]]) -> dict[str, Any]:
    return {
        "per_second": round(median(rate.per_second for rate, _used in rates), 1),
        "p50_ms": median(rate.p50_ms for rate, _used in rates),
        "p99_ms": median(rate.p99_ms for rate, _used in rates),
        "bad": sum(rate.bad for rate, _used in rates),
        "processor_ms": {kind: round(median(used[kind] for _rate, used in rates), 2) for kind in rates[0][1]},
    }


def _missed(result: Mapping[str, Any]) -> list[str]:
    """Name what doesn't hold: the goals, an answer that was none, a payment that the books don't know."""
    missed = [f"{kind}: rate" for kind in _KINDS if result[kind]["per_second"] < GOALS["per_second"]]
    missed += [f"{kind}: p99" for kind in _KINDS if result[kind]["p99_ms"] > GOALS["p99_ms"]]
    missed += [f"{kind}: {result[kind]['bad']} refused" for kind in _KINDS if result[kind]["bad"]]
    if not (result["answered"] <= result["paid"] == result["posted"] and result["balanced"]):
        missed.append("books")
    return missed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.paid", description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
