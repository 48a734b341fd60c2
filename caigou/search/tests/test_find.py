"""Find goods (F4, F5): what the index answers is what PostgreSQL holds, and what the reader may see."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from caigou.catalogue.models import Product, ProductStatus
from caigou.kernel.actor import Actor
from caigou.search.services import Query, find, index, index_products, price_at, reindex
from caigou.search.tests.goods import product, supplier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "index"


@pytest.fixture
def many() -> list[Product]:
    """Sixty products of six suppliers whose prices, quantities and places are drawn by lot."""
    lot = random.Random(7)
    sellers = [
        supplier(province=province, province_zh=chinese, city=city, kind=kind, qualification=qualification)
        for province, chinese, city, kind, qualification in (
            ("Zhejiang", "浙江", "Yiwu", "trader", "none"),
            ("Zhejiang", "浙江", "Ningbo", "factory", "licence_checked"),
            ("Fujian", "福建", "Quanzhou", "factory", "verified_factory"),
            ("Guangdong", "广东", "Shenzhen", "trader", "licence_checked"),
            ("Guangdong", "广东", "Foshan", "factory", "verified_factory"),
            ("", "", "", "trader", "none"),
        )
    ]
    goods = []
    for number in range(60):
        moq = lot.choice([1, 10, 60, 100, 500])
        prices = sorted((lot.randint(100, 900) for _step in range(lot.randint(1, 4))), reverse=True)
        goods.append(
            product(
                f"Ceramic mug {number}",
                seller=lot.choice(sellers),
                moq=moq,
                tiers={moq * 3**rank: price for rank, price in enumerate(prices)},
                currency=lot.choice(["CNY", "CNY", "USD"]),
            )
        )
    reindex()
    return goods


def ids(query: Query) -> set[int]:
    return {found.pk for found in find(query).products}


VALUES: dict[str, Callable[[Product], str]] = {
    "province": lambda item: item.supplier.province,
    "kind": lambda item: item.supplier.kind,
    "qualification": lambda item: item.supplier.valid_qualification,
}

FILTERS: list[dict[str, Any]] = [
    {},
    {"moq_max": 60},
    {"price_max": 500},
    {"price_min": 300, "price_max": 600, "quantity": 250},
    {"price_max": 400, "quantity": 100, "currency": "USD"},
    {"provinces": frozenset({"Zhejiang"})},
    {"provinces": frozenset({"Zhejiang", "Fujian"}), "kinds": frozenset({"factory"})},
    {"qualifications": frozenset({"licence_checked", "verified_factory"}), "moq_max": 100},
    {"qualifications": frozenset({"none"}), "price_max": 700, "quantity": 900},
    {"cities": frozenset({"Yiwu", "Foshan"}), "kinds": frozenset({"trader"}), "moq_max": 500},
]


def fits(item: Product, query: Query, *, but: str = "") -> bool:
    """The same filters, asked of PostgreSQL's own rows in plain Python."""
    seller, price = item.supplier, price_at(item, query.quantity)
    assert price is not None
    low, high = query.price_min or 0, query.price_max or 10**9
    return all(
        name == but or holds
        for name, holds in {
            "moq": query.moq_max is None or item.moq <= query.moq_max,
            "province": not query.provinces or seller.province in query.provinces,
            "city": not query.cities or seller.city in query.cities,
            "kind": not query.kinds or seller.kind in query.kinds,
            "qualification": not query.qualifications or seller.valid_qualification in query.qualifications,
            "price": not query.asks_price or (item.currency == query.currency and low <= price.minor <= high),
        }.items()
    )


@pytest.mark.parametrize("asked", FILTERS)
def test_filters_and_counts_agree_with_postgresql(many: list[Product], asked: dict[str, Any]) -> None:
    query = Query(text="mug", size=100, **asked)
    results = find(query)
    assert {found.pk for found in results.products} == {item.pk for item in many if fits(item, query)}
    assert results.total == len(results.products)
    for facet, value_of in VALUES.items():
        shown = {value.value: value.count for value in results.facets[facet]}
        for value, number in shown.items():
            assert number == sum(fits(item, query, but=facet) and value_of(item) == value for item in many)
        there = {value_of(item) for item in many if fits(item, query, but=facet)} - {""}
        assert there <= set(shown)
    for moq in results.facets["moq"]:
        assert moq.count == sum(fits(item, query, but="moq") and item.moq <= int(moq.value) for item in many)


@pytest.mark.parametrize("quantity", [None, 1, 100, 270, 5000])
def test_sorting_by_price_agrees_with_the_price_that_is_shown(many: list[Product], quantity: int | None) -> None:
    results = find(Query(sort="price", quantity=quantity, size=100))
    prices = [price.minor for item in results.products if (price := results.price_of(item))]
    assert len(prices) == sum(item.currency == "CNY" for item in many)
    assert prices == sorted(prices)


def test_pages_go_on_where_the_last_one_ended(many: list[Product]) -> None:
    pages = [find(Query(text="mug", page=page, size=25)) for page in (1, 2, 3, 4)]
    assert [len(page.products) for page in pages] == [25, 25, 10, 0]
    assert [page.pages for page in pages] == [3] * 4
    assert [page.has_next for page in pages[:3]] == [True, True, False]
    assert len({found.pk for page in pages for found in page.products}) == 60


def test_a_page_takes_few_queries_however_many_goods_it_shows(
    many: list[Product], django_assert_max_num_queries: Any
) -> None:
    with translation.override("zh-hans"), django_assert_max_num_queries(3):
        results = find(Query(size=60))
        for item in results.products:
            assert item.tiers
            assert item.supplier.company.name_en


def test_the_words_of_the_other_language_are_told() -> None:
    assert find(Query(text="mug")).also == ("马克杯",)
    assert find(Query(text="服装批发")).also == ("clothing", "wholesale")


def test_facets_are_named_in_the_readers_language(many: list[Product]) -> None:
    with translation.override("zh-hans"):
        named = {value.value: str(value.label) for value in find(Query()).facets["province"]}
    assert named == {"Zhejiang": "浙江", "Fujian": "福建", "Guangdong": "广东"}
    assert {value.label for value in find(Query()).facets["province"]} == {"Zhejiang", "Fujian", "Guangdong"}


def test_a_chosen_value_is_shown_even_when_nothing_has_it(many: list[Product]) -> None:
    values = find(Query(provinces=frozenset({"Tibet"}), moq_max=7)).facets
    assert [(value.count, value.chosen) for value in values["province"] if value.value == "Tibet"] == [(0, True)]
    assert [value.chosen for value in values["moq"] if value.value == "7"] == [True]


def test_goods_that_are_not_listed_are_found_by_nobody() -> None:
    seller = supplier()
    for status in (ProductStatus.DRAFT, ProductStatus.WITHDRAWN):
        product("Hidden mug", seller=seller, tiers={1: 100}, status=status)
    reindex()
    for actor in (None, Actor("supplier", 1, seller.company_id), Actor("staff", 1, 1)):
        assert find(Query(text="hidden mug"), actor=actor).total == 0


def test_a_product_withdrawn_a_moment_ago_is_not_shown_although_the_index_still_has_it() -> None:
    mug = product("Blue mug", seller=supplier(), tiers={1: 100})
    reindex()
    Product.objects.filter(pk=mug.pk).update(status=ProductStatus.WITHDRAWN)
    assert ids(Query(text="mug")) == set()
    index_products([mug.pk])
    assert find(Query(text="mug")).total == 0


def test_without_an_index_the_page_is_told_so() -> None:
    assert not index().is_ready()
    results = find(Query(text="mug"))
    assert results.rebuilding
    assert (list(results.products), results.total, results.pages) == ([], 0, 1)


@pytest.mark.parametrize(
    "asked", [{"page": -3}, {"page": 0}, {"size": 0}, {"size": -1}, {"quantity": -5}, {"quantity": 0}, {"moq_max": 0}]
)
def test_senseless_numbers_count_as_not_given(many: list[Product], asked: dict[str, Any]) -> None:
    assert find(Query(text="mug", **asked)).total == 60
