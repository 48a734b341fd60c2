"""The bank test: promises 1, 2, 3, 4 and 30 in one run of racing pairs under ``kill -9``."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from prove.crowd import Broken, Crowd, Kills
from prove.ground import Ground, use
from prove.judge import judge
from prove.logs import read
from prove.reader import Reader, board_for
from prove.worker import Racer

Plant = Callable[[psycopg.Connection[Any]], None]
WORKERS = 8
#: Of 10,000 sequences; a shorter run kills its share, and at least one of each.
_KILLS = Kills(workers=320, backends=22, servers=6)


def kills_for(sequences: int) -> Kills:
    """Return how many are killed in a run of so many sequences."""
    return Kills(*(max(1, most * sequences // 10_000) for most in (_KILLS.workers, _KILLS.backends, _KILLS.servers)))


def bank(
    server: Ground, *, sequences: int, seed: int, kills: Kills | None = None, plant: Plant | None = None
) -> dict[str, Any]:
    """Run the bank test in a database of its own; ``broken`` is empty when every promise was kept.

    ``plant`` breaks something first, as the ledger's owner: it must be found.
    """
    use(server, "bank")
    if plant:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
            plant(owner)
    with tempfile.TemporaryDirectory(prefix="caigou-prove-") as folder:
        logs = [Path(folder) / f"worker-{place}" for place in range(WORKERS)]
        board = board_for(Path(folder), WORKERS)
        pairs = WORKERS // 2
        racers = [
            Racer(place, place ^ 1, seed, place // 2, pairs, sequences, board, logs[place]) for place in range(WORKERS)
        ]
        reader = Reader(board, WORKERS)
        steps = -(-sequences // pairs) * 100 * WORKERS

        def progress() -> float:
            return sum(min(board[place], steps // WORKERS) for place in range(WORKERS)) / steps

        began, logged = time.monotonic(), deadlocks(server)
        crowd = Crowd(
            server, [*(racer.run for racer in racers), reader.run], progress, kills or kills_for(sequences), seed
        )
        try:
            killed = crowd.run()
        except Broken as why:
            return {"sequences": sequences, "broken": {str(why): 1}}
        seconds = time.monotonic() - began
        answers = (answer for log in logs for answer in read(log))
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as books:
            verdict = judge(seed, sequences, answers, books)
    if reader.off:
        verdict.broken["reading_out_of_balance"] = reader.off
    found = deadlocks(server) - logged
    if found:
        verdict.broken["deadlocks"] = found
    return {
        "sequences": sequences,
        "seconds": round(seconds, 1),
        "killed": killed.told(),
        "sums_read": reader.reads,
        "deadlocks": found,
        **dict(sorted(verdict.counts.items())),
        "broken": dict(verdict.broken),
        **({"examples": verdict.examples} if verdict.examples else {}),
    }


def deadlocks(server: Ground) -> int:
    """Count deadlocks in the server's log: its statistics are thrown away by each crash."""
    return server.log.read_bytes().count(b"deadlock detected") if server.log.exists() else 0
