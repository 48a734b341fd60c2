"""A table of moves is frozen, whole, and refuses every move that it doesn't have."""

from __future__ import annotations

import pytest

from caigou.kernel.errors import IllegalMove
from caigou.kernel.states import check_move, moves

LIGHT = moves({"red": {"green"}, "green": {"amber"}, "amber": {"red", "dark"}, "dark": ()})


def test_an_arrow_may_be_walked() -> None:
    check_move(LIGHT, "amber", "dark")


@pytest.mark.parametrize(("current", "new"), [("red", "amber"), ("red", "red"), ("dark", "red"), ("red", "blue")])
def test_any_other_move_is_refused(current: str, new: str) -> None:
    with pytest.raises(IllegalMove, match=f"{current} → {new}"):
        check_move(LIGHT, current, new)


def test_a_state_that_nobody_knows_has_no_moves() -> None:
    with pytest.raises(KeyError):
        check_move(LIGHT, "blue", "red")


def test_an_arrow_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="paid"):
        moves({"placed": {"paid"}})


def test_a_table_is_not_changed_afterwards() -> None:
    assert all(isinstance(arrows, frozenset) for arrows in LIGHT.values())
