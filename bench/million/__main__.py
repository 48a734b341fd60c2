"""Search over a million synthetic products: time and size of the index, what answers cost, when a change is seen.

``python -m bench.million`` makes the index in a folder of its own (some ten minutes) and takes it away again; with
``--folder`` it stays, and is used again while it fits. PostgreSQL takes no part: products go from the generator into
the index. The last line is the result as JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from rich.console import Console
from rich.table import Table

_ROOT: Final = Path(__file__).parents[2]
#: What the design asks for (search.md, "Goals"): megabytes, milliseconds of the processor or until a change is seen.
GOALS: Final = {
    "size_mb": 200,
    "english p50 cpu_ms": 10,
    "english p99 cpu_ms": 100,
    "chinese p50 cpu_ms": 10,
    "chinese p99 cpu_ms": 100,
    "visible_ms": 1_000,
}
KINDS: Final = ("words", "english", "chinese", "suggest")
#: Eight clients as a house has them: two web processes of four threads.
PROCESSES, THREADS = 2, 4


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=400, help="of each kind by one client")
    parser.add_argument("--folder", type=Path, help="where the index stays from run to run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caigou-million-") as short:
        result = measure(asked.folder or Path(short), asked.products, asked.questions)
    _show(result)
    print(json.dumps(result))
    return int(bool(result["missed"]))


def measure(folder: Path, products: int, count: int) -> dict[str, Any]:
    """Return every figure; see the module."""
    built = _built(folder, products)
    one, eight = {}, {}
    for kind in KINDS:
        one[kind] = _asked(folder, kind, count, processes=1, threads=1)
        eight[kind] = _asked(folder, kind, max(count // 4, 1), processes=PROCESSES, threads=THREADS)
    result = {
        "products": products,
        "index": built,
        **_size(folder),
        "one_client": one,
        "eight_clients": eight,
        "change": _told("bench.million.change", folder, 20),
    }
    reached = _reached(result)
    return {
        **result,
        "goals": GOALS,
        "reached": reached,
        "missed": [name for name, goal in GOALS.items() if reached[name] > goal],
    }


def _built(folder: Path, products: int) -> dict[str, Any]:
    """Return what building took; what a kept index took was written down beside it."""
    from caigou.adapters.tantivy_index.index import TantivyIndex

    note = folder / f"built-{products}.json"
    if not (note.is_file() and TantivyIndex(folder / "index").is_ready()):
        shutil.rmtree(folder / "index", ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(_told("bench.million.build", folder, products)))
    built: dict[str, Any] = json.loads(note.read_text())
    return built


def _told(module: str, folder: Path, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", module, str(folder / "index"), *map(str, arguments)]
    done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _size(folder: Path) -> dict[str, Any]:
    """Return megabytes of the index in all and by what its files hold (tantivy names them by suffix)."""
    sizes: Counter[str] = Counter()
    for path in (folder / "index").rglob("*"):
        if path.is_file():
            sizes[path.suffix.removeprefix(".") or "other"] += path.stat().st_size
    by_file = {name: round(size / 1_000_000, 1) for name, size in sizes.most_common() if size > 50_000}
    return {"size_mb": round(sizes.total() / 1_000_000, 1), "size_by_file_mb": by_file}


def _asked(folder: Path, kind: str, count: int, *, processes: int, threads: int) -> dict[str, Any]:
    """Return the figures of all answers that ``processes`` of ``threads`` clients each were given."""

    def ask(number: int) -> dict[str, Any]:
        return _told("bench.million.ask", folder, kind, count, threads, 1_000 * (number + 1))

    with ThreadPoolExecutor(processes) as pool:
        told = list(pool.map(ask, range(processes)))
    answers = processes * threads * count
    return {
        "per_second": round(answers / max(one["seconds"] for one in told), 1),
        **{
            name: _spread([value for one in told for value in one[name]])
            for name in ("cpu_ms", "wall_ms", "first_cpu_ms")
        },
        "memory_mb": told[0]["memory_mb"],
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}


def _reached(result: Mapping[str, Any]) -> dict[str, float]:
    answers = {
        f"{kind} {part} cpu_ms": result["one_client"][kind]["cpu_ms"][part]
        for kind in ("english", "chinese")
        for part in ("p50", "p99")
    }
    return {"size_mb": result["size_mb"], "visible_ms": result["change"]["visible_ms"], **answers}


_NAMES: Final = {
    "words": "words alone, all facets",
    "english": "English words, 3 filters, all facets",
    "chinese": "Chinese words, 3 filters, all facets",
    "suggest": "completions of a prefix",
}


def _show(result: Mapping[str, Any]) -> None:
    console = Console(stderr=True, width=130)
    table = Table(
        "asked", "clients", "p50 cpu ms", "p99 cpu ms", "p50 ms", "p99 ms", "per second", "own MB", "file MB",
        title=f"{result['products']:,} products", title_justify="left",
    )  # fmt: skip
    for kind in KINDS:
        for clients, figures in (("1", result["one_client"][kind]), ("8", result["eight_clients"][kind])):
            times = [f"{figures[name][part]}" for name in ("cpu_ms", "wall_ms") for part in ("p50", "p99")]
            memory = figures["memory_mb"]
            table.add_row(_NAMES[kind], clients, *times, f"{figures['per_second']}", *map(str, memory.values()))
            if clients == "1":
                first = figures["first_cpu_ms"]
                table.add_row("  a new process's first questions", clients, f"{first['p50']}", f"{first['p99']}")
    console.print(table)
    built, change = result["index"], result["change"]
    console.print(
        f"index: {built['wall_s']} s by the clock, {built['cpu_s']} s of the processor, {built['peak_mb']} MB at most; "
        f"making the products took {built['generating_cpu_s']} s of it more and isn't counted"
    )
    console.print(f"on disk: {result['size_mb']} MB, by kind of file: {result['size_by_file_mb']}")
    console.print(
        f"a change: written {change['written_ms']} ms, seen {change['visible_ms']}, slowest {change['slowest_ms']}"
    )
    reached = _reached(result)
    for name, goal in GOALS.items():
        console.print(f"{'MISSED' if name in result['missed'] else 'held  '}  {name}: {reached[name]} (goal {goal})")


if __name__ == "__main__":
    sys.exit(main())
