"""Promise 1 through HTTP: 500 sequences against the product, whose processes and database are killed."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from prove.bank import deadlocks
from prove.crowd import Broken, Crowd, Kills
from prove.ground import Ground, use
from prove.logs import lines_of
from prove.over_http.judge import Judge, at_rest
from prove.over_http.plan import life, steps
from prove.over_http.shopper import STEPS, Shopper, Told
from prove.over_http.world import make_world
from prove.product import product
from prove.reader import Reader, board_for

WORKERS = 8
#: Of 500 sequences; a shorter run kills its share, and at least one of each.
_KILLS = Kills(workers=16, backends=20, servers=5, product=40)
_FULL = 500
#: A call whose worker was killed is taken over after a minute, and a lost webhook is sent again after two.
_REST_SECONDS = 240.0


def kills_for(sequences: int) -> Kills:
    """Return how many are killed in a run of so many sequences."""
    most = (_KILLS.workers, _KILLS.backends, _KILLS.servers, _KILLS.product)
    return Kills(*(max(1, times * sequences // _FULL) for times in most))


def over_http(server: Ground, *, sequences: int, seed: int, kills: Kills | None = None) -> dict[str, Any]:
    """Run it in a database of its own; ``broken`` is empty when every promise was kept."""
    use(server, "over_http")
    world = make_world(seed, sequences)
    with tempfile.TemporaryDirectory(prefix="caigou-prove-") as folder, product() as running:
        logs = [Path(folder) / f"client-{place}" for place in range(WORKERS)]
        board, pairs = board_for(Path(folder), WORKERS), WORKERS // 2
        shoppers = [
            Shopper(place, place ^ 1, seed, place // 2, pairs, sequences, world, running.port, board, logs[place])
            for place in range(WORKERS)
        ]
        reader, before, began = Reader(board, WORKERS), deadlocks(server), time.monotonic()
        most = -(-sequences // pairs) * STEPS

        def progress() -> float:
            return sum(min(board[place], most) for place in range(WORKERS)) / most / WORKERS

        crowd = Crowd(
            server,
            [*(shopper.run for shopper in shoppers), reader.run],
            progress,
            kills or kills_for(sequences),
            seed,
            running.victims,
        )
        try:
            killed = crowd.run()
        except Broken as why:
            return {"sequences": sequences, "broken": {str(why): 1}}
        seconds = time.monotonic() - began
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as books:
            rested = _rest(books)
            running.stop()
            verdict = Judge(seed, sequences, world, books).judge(_told(logs))
        retried = Counter(line[0] for log in logs for line in lines_of(log) if len(line) == 1)
    for what, times in (
        ("reading_out_of_balance", reader.off),
        ("deadlocks", deadlocks(server) - before),
        ("never_at_rest", not rested),
    ):
        if times:
            verdict.broken[what] = int(times)
    return {
        "sequences": sequences,
        "requests": sum(2 * len(steps(life(seed, number))) for number in range(sequences)),
        "seconds": round(seconds, 1),
        "killed": killed.told(),
        "sums_read": reader.reads,
        "asked_again_after": {str(status): times for status, times in sorted(retried.items())},
        **dict(sorted(verdict.counts.items())),
        "broken": dict(verdict.broken),
        **({"examples": verdict.examples} if verdict.examples else {}),
    }


def _told(logs: list[Path]) -> Iterator[Told]:
    return (Told(*line) for log in logs for line in lines_of(log) if len(line) > 1)


def _rest(books: psycopg.Connection[Any]) -> bool:
    """Wait until the worker has done everything that follows from what was asked."""
    end = time.monotonic() + _REST_SECONDS
    while not (rested := at_rest(books)) and time.monotonic() < end:
        time.sleep(0.3)
    return rested
