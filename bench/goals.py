"""Every goal of search in one table: what it finds, in two engines, and what a million products cost.

``python -m bench.goals --homedepot FOLDER`` (or ``make goals HOMEDEPOT=FOLDER``) runs, one after the other: the judged
sets and the known items in both engines, a public English set, the contract of the port on both engines, and a million
products; each prints its own tables on the way. It takes some twenty minutes, ``--products 5000`` of the million two.
The last line is the result as JSON; it ends with code 1 unless every goal holds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.apart import told_by

_ROOT: Final = Path(__file__).parents[1]
PUBLIC: Final = ("homedepot", "wands")
#: What both engines must have in common of the first ten, and cases of the contract that each must keep.
OVERLAP, CASES = 0.85, 40
ENGINES: Final = ("tantivy", "opensearch")
_CONTRACT: Final = ("test_index_*.py", "test_plan_contract.py")
#: Without a public set this goal can't be told.
_AHEAD: Final = "English on a public judged set, nDCG@10 ahead of plain BM25"


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, what was found, and whether it holds."""

    name: str
    found: str
    goal: str
    held: bool


def main() -> int:
    """Measure everything and print it; 1 when a goal is missed or couldn't be measured."""
    asked = _arguments()
    folders = {name: getattr(asked, name) for name in PUBLIC if getattr(asked, name)}
    with _second_engine():
        relevance = told_by("bench.relevance")
    public = [told_by("bench.relevance", "--set", name, "--folder", str(folder)) for name, folder in folders.items()]
    million = told_by("bench.million", "--products", str(asked.products), *_kept(asked.folder))
    goals = [*_of_relevance(relevance), *_of_public(public), *_of_contract(_contract()), *_of_million(million)]
    _show(goals)
    print(json.dumps({"goals": [asdict(goal) for goal in goals]}, ensure_ascii=False))
    return int(not all(goal.held for goal in goals))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.goals", description=__doc__)
    for name in PUBLIC:
        parser.add_argument(f"--{name}", type=Path, help="folder of this public judged set (docs/measuring.md)")
    parser.add_argument("--products", type=int, default=1_000_000, help="of the synthetic catalogue")
    parser.add_argument("--folder", type=Path, help="where the index of these stays from run to run")
    return parser.parse_args()


def _kept(folder: Path | None) -> Sequence[str]:
    return () if folder is None else ("--folder", str(folder))


@contextmanager
def _second_engine() -> Iterator[None]:
    """Let what is measured within find an OpenSearch: that of ``SEARCH_URL``, or a server of the tests."""
    if os.environ.get("SEARCH_URL"):
        yield
        return
    from caigou.search.tests.opensearch import url

    os.environ["SEARCH_URL"] = f"{url()}/goals"
    try:
        yield
    finally:
        del os.environ["SEARCH_URL"]


def _contract() -> Counter[tuple[str, bool]]:
    """Run the contract of the port; return how many cases each engine kept and failed."""
    folder = _ROOT / "caigou" / "search" / "tests"
    files = [str(path) for pattern in _CONTRACT for path in sorted(folder.glob(pattern))]
    with tempfile.TemporaryDirectory() as short:
        report = Path(short) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n0", f"--junitxml={report}", *files]
        subprocess.run(command, cwd=_ROOT, check=False, stdout=sys.stderr)
        return cases_of(report.read_text(encoding="utf-8"))


def cases_of(report: str) -> Counter[tuple[str, bool]]:
    """Return how many cases of a report of pytest's each engine kept (True) and didn't (False)."""
    found: Counter[tuple[str, bool]] = Counter()
    for case in ET.fromstring(report).iter("testcase"):
        kept = not any(child.tag in ("failure", "error", "skipped") for child in case)
        found.update((engine, kept) for engine in ENGINES if engine in case.get("name", ""))
    return found


def _of_relevance(told: Mapping[str, Any]) -> Iterator[Goal]:
    yield from _judged(told)
    shares = {one["set"]: one.get("top_ten_in_common", 0.0) for one in told["sets"]}
    for name, share in shares.items():
        yield Goal(f"{name}: first ten in common of both engines", f"{share:.1%}", f"≥ {OVERLAP:.0%}", share >= OVERLAP)


def _of_public(told: Sequence[Mapping[str, Any]]) -> Iterator[Goal]:
    for one in told:
        yield from _judged(one)
    if not told:
        yield Goal(_AHEAD, "not measured: --homedepot FOLDER", "≥ 10%", held=False)


def _judged(told: Mapping[str, Any]) -> Iterator[Goal]:
    for name, one in told["goals"].items():
        yield Goal(name, f"{one['found']:.3f}", f"≥ {one['goal']:.2f}", one["held"])


def _of_contract(cases: Mapping[tuple[str, bool], int]) -> Iterator[Goal]:
    for engine in ENGINES:
        kept, failed = cases.get((engine, True), 0), cases.get((engine, False), 0)
        held = not failed and kept >= CASES
        yield Goal(f"contract on {engine}", f"{kept} cases kept, {failed} failed", f"≥ {CASES}, none failed", held)


def _of_million(told: Mapping[str, Any]) -> Iterator[Goal]:
    for name, goal in told["goals"].items():
        held = name not in told["missed"]
        yield Goal(f"{told['products']:,} products: {name}", f"{told['reached'][name]:g}", f"≤ {goal}", held)


def _show(goals: Sequence[Goal]) -> None:
    table = Table("", "goal", "found", "asked", title="Goals of search", title_justify="left")
    for goal in goals:
        table.add_row("held" if goal.held else "MISSED", goal.name, goal.found, goal.goal)
    console = Console(stderr=True, width=130)
    console.print(table)
    console.print(f"{sum(goal.held for goal in goals)} of {len(goals)} goals hold")


if __name__ == "__main__":
    sys.exit(main())
