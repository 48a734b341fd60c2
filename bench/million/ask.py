"""One process of clients: asks questions one after the other in each of its threads; prints one line of JSON.

``python -m bench.million.ask FOLDER KIND COUNT THREADS SEED``; KIND is english, chinese, words or suggest.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.million.questions import prefixes, questions
from caigou.adapters.tantivy_index.index import TantivyIndex

_Ask = Callable[[], object]


def asked(index: TantivyIndex, kind: str, count: int, seed: int) -> list[_Ask]:
    """Return the questions of a kind, ready to be asked."""
    if kind == "suggest":
        begun = prefixes()
        return [lambda one=one: index.completions(f"w {one}", 10) for one in (begun * count)[:count]]  # type: ignore[misc]
    found = questions(count, chinese=kind == "chinese", filters=0 if kind == "words" else 3, seed=seed)
    return [lambda one=one: index.search(one) for one in found]  # type: ignore[misc]


def _timed(asks: Sequence[_Ask]) -> list[tuple[float, float]]:
    """Return milliseconds of each answer, by the clock and of the processor."""
    taken = []
    for ask in asks:
        began, used = time.perf_counter(), time.thread_time()
        ask()
        taken.append(((time.perf_counter() - began) * 1_000, (time.thread_time() - used) * 1_000))
    return taken


def main(folder: Path, kind: str, count: int, threads: int, seed: int) -> dict[str, Any]:
    """Ask ``count`` questions in each thread, and before them twice as many others, whose times stand apart.

    A process asks the index once for each word (decision 0032): its first questions meet words that nobody has asked.
    """
    index = TantivyIndex(folder)
    first = _timed(asked(index, kind, 2 * count, seed + 100))
    each = [asked(index, kind, count, seed + thread) for thread in range(threads)]
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        taken = [one for answers in pool.map(_timed, each) for one in answers]
    return {
        "seconds": time.perf_counter() - began,
        "wall_ms": [round(wall, 3) for wall, _cpu in taken],
        "cpu_ms": [round(cpu, 3) for _wall, cpu in taken],
        "first_cpu_ms": [round(cpu, 3) for _wall, cpu in first],
        "memory_mb": _memory(),
    }


def _memory() -> dict[str, float]:
    """Return megabytes that are this process's own, and those of files that the system may take back."""
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = {
        name: int(rest.split()[0]) / 1_000 for name, _, rest in (line.partition(":") for line in lines) if "Rss" in name
    }
    return {"own": round(sizes["RssAnon"]), "files": round(sizes["RssFile"])}


if __name__ == "__main__":
    folder, kind, *numbers = sys.argv[1:]
    print(json.dumps(main(Path(folder), kind, *map(int, numbers))))
