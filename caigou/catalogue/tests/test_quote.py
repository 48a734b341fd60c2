"""The three ways of 1688 to quote, as laws that hold for every listing (integrations.md 1.6; bugs 4–6 and 11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caigou.catalogue.pricing import Quote, QuoteType, Tier, price_range, tier_for
from caigou.kernel.money import CurrencyMismatch, Money

CURRENCIES = st.sampled_from(["CNY", "JPY", "KWD"])
BY_TIER = st.sampled_from([QuoteType.BY_QUANTITY, QuoteType.BY_TOTAL])
QUANTITIES = st.integers(1, 100_000)


@st.composite
def tiers(draw: st.DrawFn, currency: str = "CNY") -> list[Tier]:
    steps = sorted(draw(st.sets(QUANTITIES, min_size=1, max_size=6)))
    prices = sorted(draw(st.lists(st.integers(1, 10**6), min_size=len(steps), max_size=len(steps))), reverse=True)
    return [Tier(step, Money(price, currency)) for step, price in zip(steps, prices, strict=True)]


def per_variant(prices: list[int], currency: str = "CNY", moq: int = 10) -> Quote:
    return Quote(QuoteType.PER_VARIANT, moq, variants={key: Money(price, currency) for key, price in enumerate(prices)})


@given(type_=BY_TIER, ladder=tiers(), quantity=QUANTITIES)
def test_by_tier_the_whole_quantity_pays_the_deepest_tier_it_reaches(
    type_: QuoteType, ladder: list[Tier], quantity: int
) -> None:
    tier = tier_for(ladder, quantity)
    assert tier is not None
    assert Quote(type_, 1, tiers=ladder).unit_price(quantity) == tier.unit_price


@given(ladder=tiers(), parts=st.lists(st.integers(0, 5_000), min_size=1, max_size=6))
def test_by_total_the_mix_does_not_matter(ladder: list[Tier], parts: list[int]) -> None:
    quote = Quote(QuoteType.BY_TOTAL, 1, tiers=ladder)
    price = quote.unit_price(sum(parts))
    assert price is not None
    assert quote.total(dict(enumerate(parts))) == price * sum(parts)


@given(prices=st.lists(st.integers(1, 10**6), min_size=1, max_size=8), quantity=QUANTITIES)
def test_per_variant_each_pays_its_own_price_at_every_quantity(prices: list[int], quantity: int) -> None:
    quote = per_variant(prices)
    for key, price in enumerate(prices):
        assert quote.unit_price(quantity, key) == Money(price, "CNY")
    mixed = quote.total({key: key + 1 for key in range(len(prices))})
    assert mixed == Money(sum(price * (key + 1) for key, price in enumerate(prices)), "CNY")


@given(prices=st.lists(st.integers(1, 10**6), min_size=1, max_size=8), moq=QUANTITIES)
def test_per_variant_is_compared_by_its_cheapest_from_the_moq_on(prices: list[int], moq: int) -> None:
    assert per_variant(prices, moq=moq).ladder == (Tier(moq, Money(min(prices), "CNY")),)


@given(ladder=tiers(), currency=CURRENCIES)
def test_an_moq_below_the_first_tier_pays_the_first_tier_never_nothing(ladder: list[Tier], currency: str) -> None:
    same = [Tier(tier.from_quantity + 10, Money(tier.unit_price.minor, currency)) for tier in ladder]
    assert Quote(QuoteType.BY_QUANTITY, 1, tiers=same).unit_price(1) == same[0].unit_price


def test_a_total_never_leaves_a_part_without_a_price_out() -> None:
    quote = per_variant([9_50, 8_00])
    assert quote.total({0: 10, 7: 5}) is None
    assert quote.total({}) is None
    assert Quote(QuoteType.BY_TOTAL, 1).total({0: 10}) is None


def test_nobody_sells_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="not negative"):
        per_variant([9_50]).total({0: -1})


def test_a_currency_without_cents_has_whole_totals() -> None:
    quote = Quote(QuoteType.BY_QUANTITY, 1, tiers=[Tier(1, Money(125, "JPY"))])
    assert quote.total({None: 3}) == Money(375, "JPY")


def test_a_span_of_prices_is_of_one_currency() -> None:
    assert price_range([]) is None
    assert price_range([Money(9, "CNY"), Money(5, "CNY")]) == (Money(5, "CNY"), Money(9, "CNY"))
    with pytest.raises(CurrencyMismatch):
        price_range([Money(9, "CNY"), Money(5, "USD")])
