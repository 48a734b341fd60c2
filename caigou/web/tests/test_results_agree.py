"""Whatever an address asks for: the goods found and every count beside a filter are those that PostgreSQL holds.

Goods and addresses are drawn by lot, hundreds of them; what should be found is computed here from plain rows, by
code that knows nothing of the index.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.http import urlencode
from pytest_django import Settings

from caigou.catalogue.models import Category, Product, QuoteKind, Variant
from caigou.kernel.clock import now
from caigou.search.ports import LEAD_BUCKETS, MOQ_BUCKETS, PRICE_BUCKETS, RATING_BUCKETS
from caigou.search.services import find, reindex
from caigou.web.market.asked import read
from tests.support.factories import make_product, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

GOODS, ADDRESSES, WORLDS = 70, 80, 3


@dataclass(frozen=True)
class Row:
    """What PostgreSQL holds of one listed product, as plain values."""

    pk: int
    moq: int
    multiple: int
    currency: str
    steps: tuple[tuple[int, int], ...]
    shelves: frozenset[str]
    province: str
    country: str
    kind: str
    qualification: str
    sample: bool
    own_logo: bool
    lead: int | None
    rating: int | None

    def price(self, wish: int) -> int | None:
        """Minor units for one, when the smallest orderable quantity that is at least the wish is bought."""
        quantity = self.multiple
        while quantity < max(wish, self.moq):
            quantity += self.multiple
        reached = [minor for start, minor in self.steps if start <= quantity]
        return reached[-1] if reached else None


def sow(lot: random.Random) -> list[Row]:
    """Store goods of some suppliers, all that is filtered by drawn by lot, some of it missing."""
    today = now().date()
    sellers = [
        make_supplier(
            f"Seller {number}",
            province=lot.choice(["Zhejiang", "Fujian", "Guangdong", ""]),
            country=lot.choice(["CN", "CN", "CN", "VN"]),
            kind=lot.choice(["factory", "trader"]),
            qualification=lot.choice(["none", "licence_checked", "verified_factory"]),
            verified_until=lot.choice([today - timedelta(days=1), today, today + timedelta(days=300)]),
        )
        for number in range(7)
    ]
    top = Category.objects.create(slug="home", name_en="Home", name_zh="家居")
    cups = Category.objects.create(slug="cups", parent=top, name_en="Cups", name_zh="杯子")
    mugs = Category.objects.create(slug="mugs", parent=cups, name_en="Mugs", name_zh="马克杯")
    toys = Category.objects.create(slug="toys", name_en="Toys", name_zh="玩具")
    for number in range(GOODS):
        moq = lot.choice([1, 7, 10, 50, 100, 480])
        prices = sorted((lot.randint(90, 900) for _step in range(lot.randint(1, 4))), reverse=True)
        tenths = lot.choice([None, 31, 40, 44, 45, 48, 50])
        made = make_product(
            lot.choice(sellers),
            title_en=f"Mug {number}",
            moq=moq,
            order_multiple=lot.choice([1, 1, 6, 24, 60]),
            currency=lot.choice(["CNY", "CNY", "CNY", "USD", "JPY"]),
            tiers=tuple((moq * lot.choice([2, 3]) ** rank, minor) for rank, minor in enumerate(prices)),
            category=lot.choice([top, cups, mugs, toys, None]),
            sample_offered=lot.choice([True, False, None]),
            own_logo=lot.choice([True, False]),
            lead_days=lot.choice([None, 1, 3, 7, 8, 30, 90]),
            rating_tenths=tenths,
            rating_count=0 if tenths is None else 9,
        )
        if lot.random() < 0.15:
            Product.objects.filter(pk=made.pk).update(quote_type=QuoteKind.PER_VARIANT)
            for place in range(3):
                Variant.objects.create(product=made, external_id=str(place), unit_price_minor=lot.randint(90, 900))
    return [_row(product) for product in Product.objects.for_cards().prefetch_related("variants")]


def _row(product: Product) -> Row:
    seller, category = product.supplier, product.category
    valid = seller.verified_until is not None and seller.verified_until >= now().date()
    if product.quote_type == QuoteKind.PER_VARIANT:
        steps = [(product.moq, min(variant.unit_price_minor or 0 for variant in product.variants.all()))]
    else:
        steps = sorted((tier.from_quantity, tier.unit_price_minor) for tier in product.price_tiers.all())
    return Row(
        pk=product.pk,
        moq=product.moq,
        multiple=product.order_multiple,
        currency=product.currency,
        steps=tuple(steps),
        shelves=frozenset(category.path.split("/") if category else ()),
        province=seller.province,
        country=seller.country,
        kind=seller.kind,
        qualification=seller.qualification if valid else "none",
        sample=bool(product.sample_offered),
        own_logo=product.own_logo,
        lead=product.lead_days,
        rating=product.rating_tenths,
    )


def draw(lot: random.Random) -> dict[str, Any]:
    """Return the parameters of an address: some filters, each with one or several values, or none at all."""
    currency = lot.choice(["", "", "CNY", "USD", "JPY"])
    low, high = sorted(lot.sample(range(80, 950), 2))
    digits = 0 if currency == "JPY" else 2

    def amount(minor: int) -> str:
        return f"{minor / 10**digits:.{digits}f}"

    every: dict[str, Any] = {
        "q": lot.choice(["mug", "Mug", "马克杯", ""]),
        "quantity": str(lot.choice([1, 5, 11, 99, 101, 480, 5_000])),
        "moq": str(lot.choice([*MOQ_BUCKETS, 7, 61])),
        "price_min": amount(low),
        "price_max": amount(high),
        "currency": currency,
        "category": lot.sample(["home", "cups", "mugs", "toys", "nowhere"], lot.randint(1, 2)),
        "province": lot.sample(["Zhejiang", "Fujian", "Guangdong", "Tibet"], lot.randint(1, 3)),
        "country": lot.choice(["CN", "VN", "DE"]),
        "kind": lot.choice(["factory", "trader"]),
        "qualification": lot.sample(["none", "licence_checked", "verified_factory"], lot.randint(1, 2)),
        "sample": "yes",
        "own_logo": "yes",
        "lead": str(lot.choice([*LEAD_BUCKETS, 8])),
        "rating": str(lot.choice([*RATING_BUCKETS, 44])),
        "sort": lot.choice(["price", "moq", "lead", "newest", "rating"]),
    }
    return {name: every[name] for name in lot.sample(sorted(every), lot.randint(0, 5))}


#: Whether a row passes what the address says about one thing, by the name of the facet that is counted without it.
def holds(row: Row, get: QueryDict) -> dict[str, bool]:
    def among(name: str, value: str) -> bool:
        return not get.getlist(name) or value in get.getlist(name)

    def number(name: str) -> int:
        return int(get.get(name) or 0)

    currency = get.get("currency") or "CNY"
    digits = 1 if currency == "JPY" else 100
    low, high = (get.get(name) for name in ("price_min", "price_max"))
    asks = bool(low or high or get.get("currency") or get.get("sort") == "price")
    price = row.price(number("quantity"))
    priced = (
        price is not None
        and row.currency == currency
        and price >= round(float(low or 0) * digits)
        and (not high or price <= round(float(high) * digits))
    )
    return {
        "currency": not asks or priced,
        "moq": not get.get("moq") or row.moq <= number("moq"),
        "category": not get.getlist("category") or bool(row.shelves & set(get.getlist("category"))),
        "province": among("province", row.province),
        "country": among("country", row.country),
        "kind": among("kind", row.kind),
        "qualification": among("qualification", row.qualification),
        "sample": not get.get("sample") or row.sample,
        "own_logo": not get.get("own_logo") or row.own_logo,
        "lead": not get.get("lead") or (row.lead is not None and row.lead <= number("lead")),
        "rating": not get.get("rating") or (row.rating is not None and row.rating >= number("rating")),
    }


#: For each facet: whether a row counts for one of its values.
COUNTS: dict[str, Callable[[Row, str], bool]] = {
    "category": lambda row, value: value in row.shelves,
    "moq": lambda row, value: row.moq <= int(value),
    "province": lambda row, value: row.province == value,
    "country": lambda row, value: row.country == value,
    "kind": lambda row, value: row.kind == value,
    "qualification": lambda row, value: row.qualification == value,
    "sample": lambda row, value: row.sample,
    "own_logo": lambda row, value: row.own_logo,
    "lead": lambda row, value: row.lead is not None and row.lead <= int(value),
    "rating": lambda row, value: row.rating is not None and row.rating >= int(value),
    "currency": lambda row, value: row.currency == value,
}


def differences(get: QueryDict, rows: list[Row]) -> list[str]:
    """Return what the page would say otherwise than PostgreSQL, in words."""
    found = find(replace(read(get).query, size=100))
    held = {row.pk: holds(row, get) for row in rows}
    wanted = {row.pk for row in rows if all(held[row.pk].values())}
    wrong = []
    if {card.pk for card in found.products} != wanted or found.total != len(wanted):
        wrong.append(f"{found.total} goods, not {len(wanted)}")
    for facet, counts in COUNTS.items():
        # Each facet is counted without its own filter: so that another value can be chosen.
        left = [row for row in rows if all(ok for name, ok in held[row.pk].items() if name != facet)]
        shown = {value.value: value.count for value in found.facets[facet]}
        wrong += [
            f"{facet} {value}: {count}, not {true}"
            for value, count in shown.items()
            if count != (true := sum(counts(row, value) for row in left))
        ]
    left = [row for row in rows if all(ok for name, ok in held[row.pk].items() if name != "currency")]
    prices = [row.price(found.query.quantity or 0) for row in left if row.currency == found.query.currency]
    bars = Counter(max(low for low in PRICE_BUCKETS if low <= price) for price in prices if price is not None)
    if found.prices != bars:
        wrong.append(f"prices {found.prices}, not {bars}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("world", range(WORLDS))
def test_whatever_is_asked_goods_and_counts_agree_with_postgresql(
    world: int, settings: Settings, tmp_path: Path
) -> None:
    settings.CAIGOU_INDEX = tmp_path / "index"
    lot = random.Random(f"world {world}")
    rows = sow(lot)
    reindex()
    some = 0
    for _turn in range(ADDRESSES):
        address = urlencode(draw(lot), doseq=True)
        get = QueryDict(address)
        wrong = differences(get, rows)
        assert not wrong, f"?{address}: {wrong}"
        some += any(all(holds(row, get).values()) for row in rows)
    # By lot, not by luck: enough of the addresses found something.
    assert some >= ADDRESSES // 4
