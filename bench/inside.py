"""What an answer costs the web process, in its own processor time: the pages are asked in turn within one process.

``python -m bench.inside`` in the environment of one of a filled house's processes. Waiting for PostgreSQL doesn't
count, nor does most of what else the machine is doing; so it finds a change of a tenth where rates move by half.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import mean
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ.setdefault("CAIGOU_LOG_LEVEL", "WARNING")
os.environ.pop("CAIGOU_SUPERVISOR_PID", None)

_TIMES = int(os.environ.get("BENCH_TIMES", "400"))


def main() -> None:
    """Print for each page the milliseconds of an answer and the yardstick's share of them."""
    from bench.paths import searches, yardsticks
    from caigou.config.wsgi import application

    by_rank, different = searches()
    feeds = {"yardstick": yardsticks(), "search_api": by_rank, "search_api_cold": different}
    feeds["search_api_again"] = by_rank  # what was asked a moment ago: all but the index
    taken: dict[str, list[float]] = {name: [] for name in feeds}
    for number in range(-20, _TIMES):
        for name, addresses in feeds.items():
            used = _ask(application, addresses[number % len(addresses)])
            if number >= 0:
                taken[name].append(used)
    plain = mean(taken["yardstick"])
    for name, seconds in taken.items():
        print(
            f"{name}: {mean(seconds) * 1_000:.2f} ms of processor, {plain / mean(seconds):.0%} of the yardstick's rate"
        )


def _ask(application: Callable[..., Any], address: str) -> float:
    from django.test import RequestFactory

    environ = RequestFactory(SERVER_NAME="localhost").get(address).META.copy()
    told: list[str] = []
    began = time.process_time()
    answer = application(environ, lambda status, *_rest: told.append(status))
    b"".join(answer)
    answer.close()
    used = time.process_time() - began
    if not told[0].startswith("200"):
        raise SystemExit(f"{address}: {told[0]}")
    return used


if __name__ == "__main__":
    main()
