"""The figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.relevance.metrics import MEASURES
from bench.relevance.run import HALVES

_console = Console(stderr=True, width=130)


def show(told: Mapping[str, Any]) -> None:
    """Print the table of one judged set to standard error."""
    finders = told["finders"]
    ours = next(iter(finders.values()))
    table = Table(
        "half", "kind", "queries", "search", *MEASURES, title=f"Judged set {told['set']}", title_justify="left"
    )
    for half in (half for half in HALVES if half in ours):
        # A set of one kind needs no line for it beside the one for all.
        for kind in [kind for kind in ours[half] if kind == "all" or len(ours[half]) > 2]:
            for name, figures in finders.items():
                row = figures[half][kind]
                first = (half, kind, str(row["queries"])) if figures is ours else ("", "", "")
                table.add_row(*first, name, *(f"{row[measure]:.3f}" for measure in MEASURES))
            table.add_section()
    _console.print(table)
    spent = ", ".join(f"{name} {figures['cpu_ms']}" for name, figures in finders.items())
    if "top_ten_in_common" in told:
        _console.print(f"top ten of both engines in common: {told['top_ten_in_common']:.1%}")
    _console.print(f"milliseconds of this process's processor for a query: {spent}")


def show_worst(told: Mapping[str, Any], most: int) -> None:
    """Print the queries of the tuning half that are answered worst: what came first, and what was wanted."""
    for one in told["worst"][:most]:
        line = f"{one['ndcg@10']:.2f} {one['kind']:11} {one['q']!r}: found {one['found']}, wanted {one['wanted']}"
        _console.print(line, markup=False, highlight=False)


def show_goals(goals: Mapping[str, Mapping[str, Any]]) -> None:
    """Print each goal with what was reached."""
    for name, goal in goals.items():
        _console.print(f"{'held  ' if goal['held'] else 'MISSED'}  {name}: {goal['found']} (goal {goal['goal']})")
