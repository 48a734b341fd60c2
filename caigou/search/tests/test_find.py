"""Find goods (F4, F5): what the index answers is what PostgreSQL holds, and what the reader may see."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from caigou.catalogue.cards import Card, cards_named, cards_of
from caigou.catalogue.models import Category, Product, ProductStatus, QuoteKind, Variant
from caigou.catalogue.services.imports.fields import MOST_TIERS
from caigou.kernel.actor import Actor
from caigou.search.services import Query, cards, find, index, index_products, price_at, reindex
from caigou.search.tests.goods import product, supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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
    shelves = categories()
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
                order_multiple=lot.choice([1, 1, 24, 60]),
                category=lot.choice([*shelves, None]),
                sample_offered=lot.choice([True, False, None]),
                own_logo=lot.choice([True, False]),
                lead_days=lot.choice([None, 2, 7, 20, 90]),
                **rated(lot.choice([None, 39, 46])),
            )
        )
    reindex()
    return list(Product.objects.filter(pk__in=[item.pk for item in goods]).for_cards())


def rated(tenths: int | None) -> dict[str, Any]:
    return {} if tenths is None else {"rating_tenths": tenths, "rating_count": 9}


def categories() -> list[Category]:
    """Two groups, one of them with a category of its own level and one two levels down."""
    home = Category.objects.create(slug="home", name_en="Home", name_zh="家居")
    cups = Category.objects.create(slug="cups", parent=home, name_en="Cups", name_zh="杯子")
    mugs = Category.objects.create(slug="mugs", parent=cups, name_en="Mugs", name_zh="马克杯")
    return [home, cups, mugs, Category.objects.create(slug="toys", name_en="Toys", name_zh="玩具")]


def ids(query: Query) -> set[int]:
    return {found.pk for found in find(query).products}


VALUES: dict[str, Callable[[Product], str]] = {
    "province": lambda item: item.supplier.province,
    "kind": lambda item: item.supplier.kind,
    "qualification": lambda item: item.supplier.valid_qualification,
    "country": lambda item: item.supplier.country,
    "sample": lambda item: "yes" if item.sample_offered else "",
    "own_logo": lambda item: "yes" if item.own_logo else "",
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
    {"categories": frozenset({"home"})},
    {"categories": frozenset({"mugs", "toys"}), "sample": True},
    {"own_logo": True, "lead_max": 7},
    {"lead_max": 30, "kinds": frozenset({"factory"})},
    {"rating_min": 45},
    {"rating_min": 40, "sample": True, "own_logo": True, "moq_max": 100},
    {"countries": frozenset({"CN"}), "quantity": 70, "price_max": 600},
    {"cities": frozenset({"Yiwu", "Foshan"}), "kinds": frozenset({"trader"}), "moq_max": 500},
]


def way_of(item: Product) -> list[str]:
    """The slugs of the product's category and of all above it."""
    return item.category.path.split("/") if item.category else []


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
            "country": not query.countries or seller.country in query.countries,
            "category": not query.categories or bool(query.categories & set(way_of(item))),
            "sample": not query.sample or bool(item.sample_offered),
            "own_logo": not query.own_logo or item.own_logo,
            "lead": query.lead_max is None or (item.lead_days is not None and item.lead_days <= query.lead_max),
            "rating": query.rating_min is None or (item.rating_tenths or 0) >= query.rating_min,
            "price": not query.asks_price or (item.currency == query.currency and low <= price.minor <= high),
        }.items()
    )


def agrees(query: Query, many: list[Product]) -> None:
    """Hold what was found, and each count of each facet, against PostgreSQL's own rows."""
    results = find(query)
    assert {found.pk for found in results.products} == {item.pk for item in many if fits(item, query)}
    assert results.total == len(results.products)
    for facet, value_of in VALUES.items():
        shown = {value.value: value.count for value in results.facets[facet]}
        for value, number in shown.items():
            assert number == sum(fits(item, query, but=facet) and value_of(item) == value for item in many)
        assert {value_of(item) for item in many if fits(item, query, but=facet)} - {""} <= set(shown)
    for shelf in results.facets["category"]:
        assert shelf.count == sum(fits(item, query, but="category") and shelf.value in way_of(item) for item in many)
    for moq in results.facets["moq"]:
        assert moq.count == sum(fits(item, query, but="moq") and item.moq <= int(moq.value) for item in many)
    for lead in results.facets["lead"]:
        stated = [item.lead_days for item in many if fits(item, query, but="lead") and item.lead_days is not None]
        assert lead.count == sum(days <= int(lead.value) for days in stated)
    for rating in results.facets["rating"]:
        given = [item.rating_tenths or 0 for item in many if fits(item, query, but="rating")]
        assert rating.count == sum(tenths >= int(rating.value) for tenths in given)


@pytest.mark.parametrize("asked", FILTERS)
def test_filters_and_counts_agree_with_postgresql(many: list[Product], asked: dict[str, Any]) -> None:
    agrees(Query(text="mug", size=100, **asked), many)


@pytest.mark.parametrize("seed", range(6))
def test_any_filters_together_agree_with_postgresql(many: list[Product], seed: int) -> None:
    lot = random.Random(seed)
    for _try in range(8):
        asked: dict[str, Any] = {}
        for one in lot.sample(FILTERS, lot.randint(1, 4)):
            asked |= one
        agrees(Query(text=lot.choice(["", "mug"]), size=100, **asked), many)


SORTS: dict[str, Callable[[Card], Any]] = {
    "moq": lambda card: card.moq,
    "lead": lambda card: 10_000 if card.lead_days is None else card.lead_days,
    "rating": lambda card: -(card.rating_tenths or 0),
    "newest": lambda card: -int(card.updated_at.timestamp()),
}


@pytest.mark.parametrize("sort", SORTS)
def test_each_order_is_that_of_the_figures_that_are_shown(many: list[Product], sort: Any) -> None:
    shown = [SORTS[sort](card) for card in find(Query(sort=sort, size=100)).products]
    assert len(shown) == len(many)
    assert shown == sorted(shown)


def test_a_card_says_what_the_product_says(many: list[Product]) -> None:
    cards = {card.pk: card for card in find(Query(size=100)).products}
    for item in many:
        card = cards[item.pk]
        for name in (
            "public_id",
            "title_en",
            "currency",
            "moq",
            "lead_days",
            "sample_offered",
            "rating_tenths",
            "picture",
            "fetched_at",
            "updated_at",
        ):
            assert getattr(card, name) == getattr(item, name)
        assert card.tiers == item.tiers
        assert card.category == (item.category.path if item.category else "")
        assert card.supplier.valid_qualification == item.supplier.valid_qualification
        for quantity in (None, 1, 70, 100, 250, 4_000):
            assert card.unit_price(quantity) == price_at(item, quantity)


def test_the_price_of_the_last_of_as_many_tiers_as_a_product_may_have_is_filtered_by() -> None:
    tiers = {number * 10: 1000 - number for number in range(1, MOST_TIERS + 1)}
    made = product("Mug", seller=supplier(), tiers=tiers, moq=10)
    reindex()
    price = 1000 - MOST_TIERS
    assert ids(Query(quantity=MOST_TIERS * 10, price_max=price, price_min=price)) == {made.pk}


def test_goods_priced_per_variant_are_found_by_their_cheapest_one() -> None:
    lamp = product("Desk lamp", seller=supplier(), tiers={}, moq=20, quote_type=QuoteKind.PER_VARIANT)
    for place, minor in enumerate((900, 700, None)):
        Variant.objects.create(product=lamp, external_id=str(place), unit_price_minor=minor)
    reindex()
    assert ids(Query(price_min=700, price_max=700)) == {lamp.pk}
    assert ids(Query(price_max=699)) == set()
    assert [card.tiers for card in find(Query(sort="price")).products] == [lamp.tiers]


@pytest.mark.parametrize(
    "actor",
    [None, Actor("buyer", 1, 1), Actor("staff", 1, 1), Actor("supplier", 1, 0)],
    ids=["stranger", "buyer", "staff", "supplier"],
)
def test_a_card_is_shown_to_whom_the_product_may_be_shown(actor: Actor | None) -> None:
    mine, theirs = supplier(), supplier()
    if actor is not None and actor.role == "supplier":
        actor = Actor("supplier", 1, mine.company_id)
    goods = [
        product("Mug", seller=seller, tiers={1: 100}, status=status)
        for seller in (mine, theirs)
        for status in ProductStatus.values
    ]
    seen = set(Product.objects.visible_to(actor).values_list("pk", flat=True))
    assert {card.pk for card in cards_of([item.pk for item in goods], actor=actor)} == seen
    named = [item.public_id for item in reversed(goods)]
    assert [card.public_id for card in cards_named(named, actor=actor)] == [
        item.public_id for item in reversed(goods) if item.pk in seen
    ]


def test_the_doors_that_make_no_words_ask_postgresql_once(many: list[Product], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found, rows = cards(Query(text="mug", size=24, moq_max=500))
    assert [card.pk for card in rows] == list(found.hits.ids)
    assert found.hits.facets["province"]


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
