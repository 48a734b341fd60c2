"""Life cycles as tables. A table is read at a glance; one service function stands behind each arrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caigou.kernel.errors import IllegalMove

Moves = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class StateTable:
    """One life cycle as drawn in docs/states.md: ``name`` such as ``orders.Order``."""

    name: str
    start: str
    moves: Moves


STATE_TABLES: dict[str, StateTable] = {}


def moves(table: Mapping[str, Iterable[str]]) -> Moves:
    """Freeze a table of moves; raises ``ValueError`` when an arrow leads to a state without a row."""
    frozen = {str(state): frozenset(str(after) for after in arrows) for state, arrows in table.items()}
    unknown = {after for arrows in frozen.values() for after in arrows} - frozen.keys()
    if unknown:
        raise ValueError(f"arrows lead to states without a row: {sorted(unknown)}")
    return frozen


def register_states(name: str, *, start: str, table: Moves) -> Moves:
    """Make a life cycle known to the docs and to the test that walks all pairs; returns the table."""
    STATE_TABLES[name] = StateTable(name=name, start=str(start), moves=table)
    return table


def check_move(table: Moves, current: str, new: str) -> None:
    """Raise ``IllegalMove`` unless the table has an arrow from ``current`` to ``new``."""
    if new not in table[current]:
        raise IllegalMove(f"{current} → {new} is not a move of this life cycle")
