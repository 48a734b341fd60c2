"""Benchmarks with a process of their own: what they leave in memory and environment touches no other measurement."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]


def search(*, million: bool = True) -> tuple[dict[str, Any], list[str]]:
    """Measure how well search finds and, unless told otherwise, a million products; return figures and missed goals.

    Both print their tables to standard error.
    """
    relevance = told_by("bench.relevance")
    figures = {"relevance": relevance}
    missed = [name for name, goal in relevance["goals"].items() if not goal["held"]]
    if million:
        figures["million"] = told_by("bench.million")
        missed += [f"million: {name}" for name in figures["million"]["missed"]]
    return figures, missed


def money() -> tuple[dict[str, Any], list[str]]:
    """Measure postings beside TPC-B, and paid requests; return figures and missed goals."""
    figures = {"postings": told_by("bench.ledger"), "paid": told_by("bench.paid")}
    return figures, [f"{kind}: {name}" for kind, told in figures.items() for name in told["missed"]]


def told_by(module: str, *arguments: str) -> dict[str, Any]:
    """Run ``python -m module`` and return the JSON of its last line; code 1 says that a goal was missed."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=_ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise SystemExit(f"{module} ended with code {done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told
