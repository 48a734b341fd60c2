"""Dividing a quantity among variants: laws that hold for every mix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caigou.catalogue.mixes import first_choice, resize
from caigou.catalogue.pricing import Quote, QuoteType, Tier
from caigou.kernel.money import Money

MIXES = st.dictionaries(st.integers(1, 20), st.integers(0, 100_000), max_size=8)
TOTALS = st.integers(0, 1_000_000)


@given(MIXES, TOTALS)
def test_a_mix_that_was_resized_adds_up(mix: dict[int, int], total: int) -> None:
    resized = resize(mix, total)

    assert sum(resized.values()) == (total if mix else 0)
    assert resized.keys() <= mix.keys()
    assert all(part > 0 for part in resized.values())


@given(MIXES)
def test_a_mix_of_the_right_size_is_left_alone(mix: dict[int, int]) -> None:
    assert resize(mix, sum(mix.values())) == {key: part for key, part in mix.items() if part}


@given(MIXES, TOTALS)
def test_growing_takes_from_nobody_and_shrinking_gives_to_nobody(mix: dict[int, int], total: int) -> None:
    resized = resize(mix, total)

    if total >= sum(mix.values()):
        assert all(resized.get(key, 0) >= part for key, part in mix.items())
    else:
        assert all(resized.get(key, 0) <= part for key, part in mix.items())


@pytest.mark.parametrize(("mix", "total"), [({"a": -1}, 1), ({"a": 1}, -1)])
def test_nothing_is_negative(mix: dict[str, int], total: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        resize(mix, total)


def test_who_names_no_variant_gets_the_price_that_lists_show() -> None:
    prices = {5: Money(9_00, "CNY"), 6: Money(8_00, "CNY"), 7: Money(8_00, "CNY")}
    quote = Quote(QuoteType.PER_VARIANT, 1, variants=prices)

    chosen = first_choice(quote, [4, 5, 6, 7])

    assert chosen == 6
    assert quote.unit_price(1, chosen) == quote.ladder[0].unit_price


def test_goods_priced_by_quantity_start_with_the_first_variant() -> None:
    quote = Quote(QuoteType.BY_TOTAL, 1, tiers=[Tier(1, Money(1, "CNY"))])

    assert first_choice(quote, [9, 3]) == 9
    assert first_choice(quote, []) is None
