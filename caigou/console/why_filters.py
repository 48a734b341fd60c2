"""The filters of a query beside what a product has: asked for, stated, passed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product
from caigou.kernel.money import Money
from caigou.search.labels import label_of
from caigou.search.ports import Query
from caigou.search.services import Why, price_at
from caigou.ui.formats import format_money, format_money_range, format_number


@dataclass(frozen=True, slots=True)
class Passed:
    """One filter that is set: its name, what was asked for, what the product has."""

    name: str
    asked: str
    has: str
    passes: bool


def passed_filters(told: Why, product: Product) -> Iterator[Passed]:
    """Yield each filter of the query, as the index judged it."""
    for name, passes in told.told.filters.items():
        word, asked, has = _FILTERS[name]
        yield Passed(word(), asked(told.query), has(product, told.query) or _("Not stated"), passes)


def _labels(facet: str, values: Iterable[str]) -> str:
    return " · ".join(str(label_of(facet, value)) for value in sorted(values))


def _number(number: int) -> str:
    return format_number(number, get_language() or "en")


def _money(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency), get_language() or "en")


def _price_asked(query: Query) -> str:
    low, high, currency = query.price_min, query.price_max, query.currency
    if low is not None and high is not None:
        return format_money_range(Money(low, currency), Money(high, currency), get_language() or "en")
    if low is None and high is None:
        return _("any")
    return f"≥ {_money(low, currency)}" if low is not None else f"≤ {_money(high or 0, currency)}"


def _price_has(product: Product, query: Query) -> str:
    price = price_at(product, query.quantity)
    return "" if price is None else format_money(price, get_language() or "en")


def _categories(product: Product, _query: Query) -> str:
    return _labels("category", [product.category.slug]) if product.category else ""


def _yes(value: bool | None) -> str:
    return _("Yes") if value else _("No")


_Asked = Callable[[Query], str]
_Has = Callable[[Product, Query], Any]
#: By the name of the filter: what it is called, what is asked, what the product has.
_FILTERS: dict[str, tuple[Callable[[], str], _Asked, _Has]] = {
    "moq_max": (
        lambda: _("Smallest order"),
        lambda query: str(label_of("moq", str(query.moq_max))),
        lambda product, _query: _number(product.moq),
    ),
    "lead_max": (
        lambda: _("Time to make"),
        lambda query: str(label_of("lead", str(query.lead_max))),
        lambda product, _query: "" if product.lead_days is None else _number(product.lead_days),
    ),
    "rating_min": (
        lambda: _("Rating at the source"),
        lambda query: str(label_of("rating", str(query.rating_min))),
        lambda product, _query: "" if product.rating_tenths is None else f"{product.rating_tenths / 10:.1f}",
    ),
    "qualifications": (
        lambda: _("Supplier"),
        lambda query: _labels("qualification", query.qualifications),
        lambda product, _query: str(label_of("qualification", product.supplier.valid_qualification)),
    ),
    "kinds": (
        lambda: _("Kind of supplier"),
        lambda query: _labels("kind", query.kinds),
        lambda product, _query: str(label_of("kind", product.supplier.kind)),
    ),
    "countries": (
        lambda: _("Country"),
        lambda query: _labels("country", query.countries),
        lambda product, _query: str(label_of("country", product.supplier.country)),
    ),
    "provinces": (
        lambda: _("Origin"),
        lambda query: _labels("province", query.provinces),
        lambda product, _query: str(label_of("province", product.supplier.province)),
    ),
    "cities": (
        lambda: _("City"),
        lambda query: _labels("city", query.cities),
        lambda product, _query: product.supplier.city,
    ),
    "categories": (lambda: _("Category"), lambda query: _labels("category", query.categories), _categories),
    "sample": (lambda: _("Sample offered"), lambda _query: _("Yes"), lambda p, _query: _yes(p.sample_offered)),
    "own_logo": (lambda: _("Your own logo"), lambda _query: _("Yes"), lambda p, _query: _yes(p.own_logo)),
    "currency": (lambda: _("Currency"), lambda query: query.currency, lambda product, _query: product.currency),
    "price": (lambda: _("Unit price"), _price_asked, _price_has),
}
