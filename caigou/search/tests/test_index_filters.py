"""Every search engine keeps the contract of ``caigou.search.ports.Index``: filters, counts, prices, pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from caigou.search.ports import PRICE_BUCKETS, Document, Index, Query, Step
from caigou.search.tests.engines import (
    CAKE_STAND,
    DRESS,
    GOODS,
    HOLDER,
    LANTERN,
    LUNCH_BOX,
    MUG,
    TEE,
    THERMOS,
    TODAY,
    found,
)


# --- filters and facets -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "products"),
    [
        ({"moq_max": 6}, {LANTERN, HOLDER, CAKE_STAND}),
        ({"moq_max": 50}, {LANTERN, HOLDER, CAKE_STAND, LUNCH_BOX, TEE}),
        ({"provinces": frozenset({"Zhejiang"})}, {LUNCH_BOX, THERMOS}),
        ({"provinces": frozenset({"Zhejiang", "Fujian"})}, {LUNCH_BOX, THERMOS, MUG}),
        ({"cities": frozenset({"Yiwu"})}, {LUNCH_BOX}),
        ({"countries": frozenset({"GB"})}, {LANTERN, HOLDER, CAKE_STAND}),
        ({"kinds": frozenset({"factory"})}, {MUG, DRESS, THERMOS}),
        ({"qualifications": frozenset({"licence_checked"})}, {LUNCH_BOX}),
        ({"qualifications": frozenset({"verified_factory", "licence_checked"})}, {LUNCH_BOX, MUG}),
        ({"kinds": frozenset({"factory"}), "moq_max": 100}, {DRESS, THERMOS}),
        ({"kinds": frozenset({"factory"}), "provinces": frozenset({"Zhejiang"}), "moq_max": 100}, {THERMOS}),
        ({"text": "杯", "provinces": frozenset({"Fujian"})}, {MUG}),
    ],
)
def test_filters_hold_together(shelf: Index, asked: dict[str, Any], products: set[int]) -> None:
    hits = shelf.search(Query(today=TODAY, **asked))
    assert set(hits.ids) == products
    assert hits.total == len(products)


def test_a_qualification_that_ended_yesterday_counts_as_none(shelf: Index) -> None:
    assert THERMOS not in found(shelf, qualifications=frozenset({"verified_factory"}))
    assert THERMOS in found(shelf, qualifications=frozenset({"none"}))
    assert MUG not in found(shelf, qualifications=frozenset({"none"}))


def test_facets_count_what_each_further_choice_would_show(shelf: Index) -> None:
    facets = shelf.search(Query(today=TODAY)).facets
    assert facets["qualification"] == {"verified_factory": 1, "licence_checked": 1, "none": 6}
    assert facets["kind"] == {"factory": 3, "trader": 5}
    assert facets["province"] == {"Fujian": 1, "Zhejiang": 2, "Guangdong": 2}
    assert facets["country"] == {"CN": 5, "GB": 3}
    assert facets["currency"] == {"CNY": 5, "GBP": 3}
    assert facets["moq"] == {"10": 3, "50": 5, "100": 7, "500": 8, "1000": 8, "5000": 8}


def test_a_facet_is_counted_without_its_own_filter_but_with_the_others(shelf: Index) -> None:
    facets = shelf.search(
        Query(today=TODAY, provinces=frozenset({"Zhejiang"}), kinds=frozenset({"factory"}), moq_max=100)
    ).facets
    assert facets["province"] == {"Zhejiang": 1, "Guangdong": 1}
    assert facets["kind"] == {"factory": 1, "trader": 1}
    assert facets["moq"] == {"100": 1, "500": 1, "1000": 1, "5000": 1}
    assert facets["qualification"] == {"none": 1}


def test_several_values_of_one_facet_are_alternatives_and_each_facet_is_counted_without_its_own(shelf: Index) -> None:
    """Two facets with two values each, as a person ticks them."""
    hits = shelf.search(
        Query(
            today=TODAY,
            provinces=frozenset({"Zhejiang", "Fujian"}),
            qualifications=frozenset({"verified_factory", "none"}),
        )
    )
    assert set(hits.ids) == {MUG, THERMOS}
    assert hits.facets["province"] == {"Fujian": 1, "Zhejiang": 1, "Guangdong": 2}
    assert hits.facets["qualification"] == {"verified_factory": 1, "licence_checked": 1, "none": 1}
    assert hits.facets["kind"] == {"factory": 2}
    assert hits.facets["moq"] == {"100": 1, "500": 2, "1000": 2, "5000": 2}


def test_prices_are_counted_in_bars_at_the_quantity_without_their_own_limits(shelf: Index) -> None:
    asked = Query(today=TODAY, with_prices=True, quantity=1_000, currency="CNY")
    bars = shelf.search(asked).facets["price"]
    assert sum(bars.values()) == 5
    assert shelf.search(replace(asked, price_min=1, price_max=2)).facets["price"] == bars
    for low, many in bars.items():
        ends = PRICE_BUCKETS[PRICE_BUCKETS.index(int(low)) + 1]
        assert shelf.search(replace(asked, price_min=int(low), price_max=ends - 1)).total == many
    at_moq = shelf.search(replace(asked, quantity=None)).facets["price"]
    assert sum(at_moq.values()) == 5
    assert at_moq != bars
    within = shelf.search(replace(asked, kinds=frozenset({"factory"}))).facets["price"]
    assert sum(within.values()) == 3
    assert "price" not in shelf.search(replace(asked, with_prices=False)).facets


STATED = (
    Document(id=201, title_en="Vase", categories=["home", "vases"], sample=True, lead_days=3, rating=48),
    Document(id=202, title_en="Vase", categories=["home"], own_logo=True, lead_days=15, rating=40),
    Document(id=203, title_en="Vase", categories=["toys"], sample=True, own_logo=True, lead_days=16),
    Document(id=204, title_en="Vase"),
)


@pytest.mark.parametrize(
    ("asked", "products"),
    [
        ({"categories": frozenset({"home"})}, {201, 202}),
        ({"categories": frozenset({"vases", "toys"})}, {201, 203}),
        ({"sample": True}, {201, 203}),
        ({"own_logo": True, "sample": True}, {203}),
        ({"lead_max": 15}, {201, 202}),
        ({"lead_max": 14}, {201}),
        ({"rating_min": 40}, {201, 202}),
        ({"rating_min": 41}, {201}),
        ({"rating_min": 1}, {201, 202}),
    ],
)
def test_what_nobody_stated_passes_no_filter(empty: Index, asked: dict[str, Any], products: set[int]) -> None:
    empty.rebuild(STATED)
    assert set(found(empty, **asked)) == products


def test_what_was_stated_is_counted_and_nothing_else(empty: Index) -> None:
    empty.rebuild(STATED)
    facets = empty.search(Query(today=TODAY, lead_max=15)).facets
    assert facets["lead"] == {"3": 1, "7": 1, "15": 2, "30": 3, "60": 3}
    assert facets["category"] == {"home": 2, "vases": 1}
    assert (facets["sample"], facets["own_logo"]) == ({"yes": 1}, {"yes": 1})
    assert empty.search(Query(today=TODAY)).facets["rating"] == {"40": 2, "45": 1, "48": 1}


@pytest.mark.parametrize(
    ("sort", "first", "last"), [("lead", [201, 202, 203], [204]), ("rating", [201, 202], [203, 204])]
)
def test_goods_that_state_nothing_come_last(empty: Index, sort: Any, first: list[int], last: list[int]) -> None:
    empty.rebuild(STATED)
    shown = found(empty, sort=sort)
    assert shown[: len(first)] == first
    assert set(shown[len(first) :]) == set(last)


# --- prices -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("quantity", "price"),
    [(None, 1380), (1, 1380), (240, 1380), (719, 1380), (720, 1260), (1439, 1260), (1440, 1190), (10**9, 1190)],
)
def test_the_price_at_my_quantity_is_exact_at_each_step(shelf: Index, quantity: int | None, price: int) -> None:
    def hit(low: int | None, high: int | None) -> bool:
        return found(shelf, "mug", quantity=quantity, price_min=low, price_max=high) == [MUG]

    assert hit(price, price)
    assert hit(None, price)
    assert hit(price, None)
    assert not hit(None, price - 1)
    assert not hit(price + 1, None)


def test_below_the_moq_the_price_is_that_of_the_moq(shelf: Index) -> None:
    """The ladder starts at 1, but 100 is the least that can be bought: nobody pays the first step's 30.00."""
    for quantity in (None, 1, 99, 100, 999):
        assert found(shelf, "500ml", quantity=quantity, price_min=2500, price_max=2500) == [THERMOS]
    assert found(shelf, "500ml", quantity=1000, price_max=2100) == [THERMOS]


def test_a_ladder_that_starts_above_the_moq_still_has_a_price(empty: Index) -> None:
    empty.rebuild([Document(id=1, title_en="Vase", moq=10, steps=[Step(100, 900), Step(200, 800)])])
    for quantity in (None, 1, 10, 99, 199):
        assert found(empty, quantity=quantity, price_min=900, price_max=900) == [1]
    assert found(empty, quantity=200, price_max=800) == [1]


def test_prices_of_another_currency_are_not_compared(shelf: Index) -> None:
    assert set(found(shelf, price_max=500, currency="GBP")) == {LANTERN, HOLDER}
    assert found(shelf, price_max=500) == []
    assert shelf.search(Query(today=TODAY, price_max=500)).facets["currency"] == {"CNY": 5, "GBP": 3}


def test_sorting_by_price_takes_the_price_at_my_quantity(index: Index) -> None:
    assert found(index, sort="price") == [MUG, TEE, LUNCH_BOX, THERMOS, DRESS]
    assert found(index, sort="price", quantity=1000) == [MUG, TEE, LUNCH_BOX, THERMOS, DRESS]
    index.write([Document(id=50, title_en="Vase", moq=10, steps=[Step(10, 5000), Step(1000, 100)])])
    assert found(index, sort="price", quantity=999)[-1] == 50
    assert found(index, sort="price", quantity=1000)[0] == 50


def test_goods_without_a_price_are_shown_until_prices_are_compared(index: Index) -> None:
    index.write([Document(id=60, title_en="Nameless vase", currency="CNY")])
    assert found(index, "nameless vase") == [60]
    assert found(index, "nameless vase", sort="price") == []


def test_sorting_by_moq_starts_with_the_smallest(shelf: Index) -> None:
    assert found(shelf, sort="moq") == [CAKE_STAND, LANTERN, HOLDER, TEE, LUNCH_BOX, DRESS, THERMOS, MUG]


def test_sorting_by_newest_starts_with_what_changed_last(empty: Index) -> None:
    changed = {day: datetime(2026, 11, day, tzinfo=UTC) for day in (3, 9, 1, 7)}
    empty.rebuild(Document(id=day, title_en="Vase", quality=1 / day, updated_at=at) for day, at in changed.items())
    assert found(empty, "vase", sort="newest") == [9, 7, 3, 1]


# --- pages ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", ["relevance", "price", "moq"])
@pytest.mark.parametrize("text", ["", "vase"])
@pytest.mark.parametrize("quantity", [None, 77])
def test_pages_hold_each_product_once(empty: Index, sort: Any, text: str, quantity: int | None) -> None:
    empty.rebuild(
        Document(id=n, title_en="Vase", moq=n % 3 + 1, steps=[Step(1, n % 4 + 1), Step(50 + n, n % 5 + 1)])
        for n in range(1, 96)
    )
    empty.write([Document(id=n, title_en="Vase", moq=1, steps=[Step(1, 2)]) for n in range(96, 101)])
    pages = [found(empty, text, sort=sort, quantity=quantity, page=page, size=10) for page in range(1, 12)]
    assert [len(page) for page in pages] == [10] * 10 + [0]
    assert sorted(product for page in pages for product in page) == list(range(1, 101))


def test_a_page_beyond_the_deepest_is_empty_but_counted(index: Index) -> None:
    hits = index.search(Query(page=10**6, today=TODAY))
    assert (hits.ids, hits.total) == ((), len(GOODS))
