"""Tier prices and orderable quantities as laws that hold for every ladder (bugs 4–6 of capabilities.md section 4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caigou.catalogue.pricing import (
    Tier,
    better_step,
    is_valid_quantity,
    next_valid_quantity,
    previous_valid_quantity,
    tier_for,
)
from caigou.kernel.money import Money

QUANTITIES = st.integers(1, 10_000_000)
STEPS = st.integers(1, 5_000)


@st.composite
def ladders(draw: st.DrawFn) -> list[Tier]:
    """Rising quantities, prices that never rise, in any order in the list."""
    starts = sorted(draw(st.sets(QUANTITIES, min_size=1, max_size=8)))
    prices = sorted(draw(st.lists(st.integers(1, 10**9), min_size=len(starts), max_size=len(starts))), reverse=True)
    tiers = [Tier(start, Money(price, "CNY")) for start, price in zip(starts, prices, strict=True)]
    return draw(st.permutations(tiers))


@given(ladders(), QUANTITIES)
def test_every_quantity_has_a_price(tiers: list[Tier], quantity: int) -> None:
    tier = tier_for(tiers, quantity)

    assert tier in tiers


def test_without_tiers_there_is_no_price() -> None:
    assert tier_for([], 100) is None


def test_an_moq_below_the_first_tier_pays_the_first_tier() -> None:
    ladder = [Tier(100, Money(13_80, "CNY")), Tier(500, Money(12_60, "CNY"))]

    assert tier_for(ladder, 20) == ladder[0]


@given(ladders(), QUANTITIES)
def test_the_deepest_reached_tier_wins(tiers: list[Tier], quantity: int) -> None:
    tier = tier_for(tiers, quantity)
    reached = [other.from_quantity for other in tiers if other.from_quantity <= quantity]

    assert tier is not None
    assert tier.from_quantity == max(reached, default=min(other.from_quantity for other in tiers))


@pytest.mark.parametrize(("quantity", "start"), [(99, 1), (100, 100), (101, 100), (499, 100), (500, 500)])
def test_a_tier_starts_exactly_at_its_quantity(quantity: int, start: int) -> None:
    ladder = [Tier(1, Money(3, "CNY")), Tier(100, Money(2, "CNY")), Tier(500, Money(1, "CNY"))]

    tier = tier_for(ladder, quantity)

    assert tier is not None
    assert tier.from_quantity == start


@given(ladders(), QUANTITIES, QUANTITIES)
def test_a_larger_quantity_never_costs_more_a_piece(tiers: list[Tier], one: int, other: int) -> None:
    small, large = tier_for(tiers, min(one, other)), tier_for(tiers, max(one, other))

    assert small is not None
    assert large is not None
    assert large.unit_price <= small.unit_price


@given(STEPS, STEPS, QUANTITIES)
def test_the_next_valid_quantity_is_the_smallest_one_that_can_be_ordered(moq: int, multiple: int, wanted: int) -> None:
    quantity = next_valid_quantity(moq=moq, multiple=multiple, quantity=wanted)

    assert is_valid_quantity(moq=moq, multiple=multiple, quantity=quantity)
    assert quantity >= wanted
    assert not any(
        is_valid_quantity(moq=moq, multiple=multiple, quantity=other) and other >= wanted
        for other in (quantity - multiple,)
    )


@given(STEPS, STEPS, QUANTITIES)
def test_the_previous_valid_quantity_is_the_largest_one_that_can_be_ordered(
    moq: int, multiple: int, wanted: int
) -> None:
    quantity = previous_valid_quantity(moq=moq, multiple=multiple, quantity=wanted)

    if quantity is None:
        assert wanted < next_valid_quantity(moq=moq, multiple=multiple, quantity=1)
    else:
        assert is_valid_quantity(moq=moq, multiple=multiple, quantity=quantity)
        assert quantity <= wanted < quantity + multiple


@given(ladders(), STEPS, STEPS, QUANTITIES)
def test_the_pack_decides_before_the_tier(tiers: list[Tier], moq: int, multiple: int, wanted: int) -> None:
    """The price is that of the quantity that is really ordered in whole packs, not of the quantity typed in."""
    step = better_step(tiers, moq=moq, multiple=multiple, quantity=wanted)

    if step is not None:
        tier = tier_for(tiers, step.quantity)
        assert tier is not None
        assert is_valid_quantity(moq=moq, multiple=multiple, quantity=step.quantity)
        assert step.unit_price == tier.unit_price
        assert step.total == tier.unit_price * step.quantity


@pytest.mark.parametrize(("moq", "multiple"), [(0, 1), (1, 0), (-1, 1), (1, -24)])
def test_a_quantity_rule_of_zero_is_a_fault(moq: int, multiple: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        next_valid_quantity(moq=moq, multiple=multiple, quantity=10)
