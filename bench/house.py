"""A house for the benchmarks, as ``make run`` starts it."""

from __future__ import annotations

from pathlib import Path

from tests.support.running import House


def environment_of(house: House) -> dict[str, str]:
    """Return the environment of the house's worker: what it takes to be a process of the house."""
    (worker, *_rest) = house.children("caigou-worker")
    pairs = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
    told = dict(pair.decode().split("=", 1) for pair in pairs if b"=" in pair)
    return {**told, "BENCH_WORKER": str(worker)}
