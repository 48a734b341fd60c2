"""Find goods (F4, F5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caigou.accounts.countries import country_name
from caigou.catalogue.models import Product, Qualification, Supplier, SupplierKind
from caigou.catalogue.pricing import tier_for
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.search.analysis import understand
from caigou.search.engine import index
from caigou.search.ports import DEEPEST, Hits, IndexNotReady, Query

#: No page shows more.
LARGEST_PAGE = 100
#: In this order the facets are shown.
FACETS = ("qualification", "kind", "province", "country", "moq", "currency")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: ``count`` goods have it, ``chosen`` says whether the query asks for it."""

    value: str
    label: Any
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A page of goods. ``rebuilding``: there is no index just now, and the page tells so, not "nothing found"."""

    query: Query
    products: Sequence[Product] = ()
    total: int = 0
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    #: Words of the other language that were searched too, for "also searched: 马克杯".
    also: tuple[str, ...] = ()
    rebuilding: bool = False

    @property
    def page(self) -> int:
        return self.query.page

    @property
    def pages(self) -> int:
        """How many pages can be opened; at least 1."""
        return max(1, -(-min(self.total, DEEPEST) // self.query.size))

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        return self.page > 1

    def price_of(self, product: Product) -> Money | None:
        """The unit price by which ``product`` was filtered and sorted; see ``price_at``."""
        return price_at(product, self.query.quantity)


def price_at(product: Product, quantity: int | None) -> Money | None:
    """Return the unit price at ``quantity``, or at the MOQ where that is more or no quantity is given (F5).

    None for a product without a price.
    """
    tier = tier_for(product.tiers, max(quantity or 0, product.moq))
    return tier.unit_price if tier else None


def find(query: Query, *, actor: Actor | None = None) -> Results:
    """Return the page of goods that ``query`` asks for, with facets; only what ``actor`` may see.

    Takes two queries for the goods and one for the names of provinces, however many there are. Never raises for what a
    person typed: senseless numbers count as not given.
    """
    query = _sane(query)
    also = understand(query.text).also
    try:
        hits = index().search(query)
    except IndexNotReady:
        return Results(query, also=also, rebuilding=True)
    products = Product.objects.visible_to(actor).for_cards().in_bulk(hits.ids)
    return Results(
        query,
        products=[products[product_id] for product_id in hits.ids if product_id in products],
        total=hits.total,
        facets=_facets(query, hits),
        also=also,
    )


def _sane(query: Query) -> Query:
    """Return ``query`` with a page, a size and numbers that make sense."""

    def positive(number: int | None) -> int | None:
        return number if number is not None and number > 0 else None

    return replace(
        query,
        page=max(1, min(query.page, DEEPEST)),
        size=max(1, min(query.size, LARGEST_PAGE)),
        quantity=positive(query.quantity),
        moq_max=positive(query.moq_max),
        price_min=positive(query.price_min),
        price_max=positive(query.price_max),
    )


def _facets(query: Query, hits: Hits) -> dict[str, tuple[FacetValue, ...]]:
    chosen: dict[str, frozenset[str]] = {
        "qualification": query.qualifications,
        "kind": query.kinds,
        "province": query.provinces,
        "country": query.countries,
        "moq": frozenset({str(query.moq_max)} if query.moq_max else ()),
        "currency": frozenset({query.currency} if query.asks_price else ()),
    }
    provinces = _province_names() if hits.facets.get("province") or query.provinces else {}
    facets = {}
    for name in FACETS:
        counts = dict.fromkeys(sorted(chosen[name]), 0) | dict(hits.facets.get(name, {}))
        order = sorted(counts, key=int) if name == "moq" else sorted(counts, key=lambda value: (-counts[value], value))
        facets[name] = tuple(
            FacetValue(value, _label(name, value, provinces), counts[value], value in chosen[name]) for value in order
        )
    return facets


def _province_names() -> dict[str, str]:
    """Return the Chinese name of each province for a Chinese reader, nothing for others."""
    if not (get_language() or "").startswith("zh"):
        return {}
    named = Supplier.objects.exclude(province_zh="").values_list("province", "province_zh").distinct()
    return dict(named.order_by("province", "province_zh"))


def _label(facet: str, value: str, provinces: dict[str, str]) -> Any:
    if facet == "qualification":
        return Qualification(value).label if value in Qualification.values else value
    if facet == "kind":
        return SupplierKind(value).label if value in SupplierKind.values else value
    if facet == "province":
        return provinces.get(value, value)
    if facet == "country":
        return country_name(value)
    if facet == "moq":
        return _("up to %(quantity)s") % {"quantity": f"{int(value):,}"}
    return value
