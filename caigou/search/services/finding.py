"""Find goods (F4, F5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from caigou.catalogue.cards import Card, cards_of
from caigou.catalogue.models import Product
from caigou.catalogue.pricing import next_valid_quantity, tier_for
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.search.analysis import understand
from caigou.search.answering import Answer, answer
from caigou.search.engine import index
from caigou.search.labels import label_of
from caigou.search.meaning.encoder import is_wanted
from caigou.search.meaning.nearest import nearest
from caigou.search.ports import DEEPEST, Hits, IndexNotReady, IndexUnreachable, Query

#: No page shows more.
LARGEST_PAGE = 100
#: In this order the facets are shown.
FACETS = (
    *("category", "moq", "province", "country", "qualification", "kind", "sample", "own_logo", "lead", "rating"),
    "currency",
)


#: Numbers of a query that are greater than 0 or mean nothing.
_POSITIVE = ("quantity", "moq_max", "lead_max", "rating_min", "price_min", "price_max")
#: Those whose values are figures: shown in their order, not by how many goods have them.
NUMBERED = frozenset({"moq", "lead", "rating"})


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
    products: Sequence[Card] = ()
    total: int = 0
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    #: How many goods of the query's currency each bar of prices has, by its lower end (``ports.PRICE_BUCKETS``).
    prices: Mapping[int, int] = field(default_factory=dict)
    #: Words of the other language that were searched too, for "also searched: 马克杯".
    also: tuple[str, ...] = ()
    #: As in ``Answer``: what was searched instead, what may have been meant, words of which only some are met.
    corrected: str = ""
    suggestion: str = ""
    relaxed: tuple[str, ...] = ()
    #: Goods with some of the words or near in meaning, behind a short page; not counted in ``total``.
    more: Sequence[Card] = ()
    #: The ids of those that only their meaning brought there.
    close: frozenset[int] = frozenset()
    rebuilding: bool = False
    #: Whether it is the engine's server that doesn't answer; then ``rebuilding`` is set, too.
    unreachable: bool = False

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

    def price_of(self, product: Card) -> Money | None:
        """The unit price by which ``product`` was filtered and sorted."""
        return product.unit_price(self.query.quantity)


def price_at(product: Product, quantity: int | None) -> Money | None:
    """Return the unit price at the smallest orderable quantity that is at least ``quantity`` (F5).

    Without a quantity, at the smallest order. None for a product without a price.
    """
    many = next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=quantity or 1)
    tier = tier_for(product.tiers, many)
    return tier.unit_price if tier else None


def cards(query: Query, *, exact: bool = False, actor: Actor | None = None) -> tuple[Answer, list[Card]]:
    """Return what answers ``query`` and the goods of the page, only those that ``actor`` may see (F5).

    Behind them those with some of the words or near in meaning (``Answer.more``). With ``exact``, no word is corrected
    and none left out. One query to PostgreSQL, with meanings one more. For doors that make no words of the counts;
    ``find`` gives the facets' labels, too. Raises ``IndexNotReady``.
    """
    found = answered(query, exact=exact)
    return found, cards_of([*found.hits.ids, *found.more], actor=actor)


def answered(query: Query, *, exact: bool = False) -> Answer:
    """Return what answers ``query``, by ids alone, with all that this installation has. Raises ``IndexNotReady``."""
    return answer(index(), sane(query), exact=exact, nearest=nearest if is_wanted() else None)


def find(query: Query, *, exact: bool = False, actor: Actor | None = None) -> Results:
    """Return the page of goods that ``query`` asks for, with facets; only what ``actor`` may see; ``exact`` as above.

    Takes one query for the goods and two for the names of categories and provinces, which are remembered for a minute.
    Never raises for what a person typed: senseless numbers count as not given.
    """
    query = sane(query)
    try:
        found, products = cards(query, exact=exact, actor=actor)
    except IndexNotReady as error:
        is_away = isinstance(error, IndexUnreachable)
        return Results(query, also=understand(query.text).also, rebuilding=True, unreachable=is_away)
    more = frozenset(found.more)
    return Results(
        query,
        products=[product for product in products if product.pk not in more],
        more=[product for product in products if product.pk in more],
        close=found.close,
        total=found.hits.total,
        facets=labelled(query, found.hits),
        prices={int(low): many for low, many in found.hits.facets.get("price", {}).items()},
        also=understand(found.query.text).also,
        corrected=found.corrected,
        suggestion=found.suggestion,
        relaxed=found.relaxed,
    )


def sane(query: Query) -> Query:
    """Return ``query`` with a page, a size and numbers that make sense; most have them."""
    given = ((name, getattr(query, name)) for name in _POSITIVE)
    changed: dict[str, int | None] = {name: None for name, number in given if number is not None and number <= 0}
    if not 1 <= query.page <= DEEPEST:
        changed["page"] = max(1, min(query.page, DEEPEST))
    if not 1 <= query.size <= LARGEST_PAGE:
        changed["size"] = max(1, min(query.size, LARGEST_PAGE))
    return replace(query, **changed) if changed else query  # type: ignore[arg-type]


def _chosen(query: Query) -> dict[str, frozenset[str]]:
    """Return what ``query`` asks for, by facet and as the values of its options."""

    def one(value: int | None) -> frozenset[str]:
        return frozenset({str(value)} if value else ())

    return {
        "category": query.categories,
        "qualification": query.qualifications,
        "kind": query.kinds,
        "province": query.provinces,
        "country": query.countries,
        "moq": one(query.moq_max),
        "lead": one(query.lead_max),
        "rating": one(query.rating_min),
        "sample": frozenset({"yes"} if query.sample else ()),
        "own_logo": frozenset({"yes"} if query.own_logo else ()),
        "currency": frozenset({query.currency} if query.asks_price else ()),
    }


def labelled(query: Query, hits: Hits) -> dict[str, tuple[FacetValue, ...]]:
    """Return the counts of ``hits`` as facets with words, what ``query`` asks for among them."""
    chosen = _chosen(query)
    facets = {}
    for name in FACETS:
        counts = dict.fromkeys(sorted(chosen[name]), 0) | dict(hits.facets.get(name, {}))
        order = sorted(counts, key=int) if name in NUMBERED else sorted(counts, key=lambda one: (-counts[one], one))
        facets[name] = tuple(
            FacetValue(value, label_of(name, value), counts[value], value in chosen[name]) for value in order
        )
    return facets
