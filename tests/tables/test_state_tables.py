"""Life cycles: every pair of states is either an arrow or refused."""

from __future__ import annotations

from itertools import product

import pytest

import caigou.catalogue.models
import caigou.negotiation.models
import caigou.orders.models
import caigou.payments.models  # noqa: F401  models register their life cycles
from caigou.kernel.errors import IllegalMove
from caigou.kernel.states import STATE_TABLES, StateTable, check_move

TABLES = list(STATE_TABLES.values())
#: Life cycles that never end: goods may always come back on sale.
ENDLESS = {"catalogue.Product"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_only_arrows_are_walked(table: StateTable) -> None:
    for current, new in product(table.moves, table.moves):
        if new in table.moves[current]:
            check_move(table.moves, current, new)
        else:
            with pytest.raises(IllegalMove):
                check_move(table.moves, current, new)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_is_reached_and_an_end_is_reached_from_each(table: StateTable) -> None:
    assert _reached(table, table.start) == set(table.moves)
    ends = {state for state, arrows in table.moves.items() if not arrows}
    assert bool(ends) is (table.name not in ENDLESS)
    for state in table.moves:
        assert table.name in ENDLESS or _reached(table, state) & ends, f"{state} never ends"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_state_leads_to_itself(table: StateTable) -> None:
    assert [state for state, arrows in table.moves.items() if state in arrows] == []


def _reached(table: StateTable, start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        fresh = table.moves[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen
