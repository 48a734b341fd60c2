"""Questions whose words find few goods: their columns are read, then filtered, counted and put in order here.

A pass of the engine costs a fixed price for each filter, each facet and each segment, which for some hundred goods is
many times that of looking at them. One pass finds what the words find, in its order; the filters are tried on that, and
a facet counts what no other filter than its own leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from caigou.adapters.tantivy_index.buckets import Borders, borders, summed
from caigou.adapters.tantivy_index.counting import CHOSEN_BY, FACET_VALUES, Facets
from caigou.adapters.tantivy_index.schema import OFFERS, OWN_LOGO, SAMPLE
from caigou.adapters.tantivy_index.values import MOST_MOQ, NO_LEAD, NO_RATING, PLACES, Values, day_number
from caigou.search.ports import Query

#: Where more are found, the engine's own counting is quicker.
FEW = 5_000
#: By which column each order goes, and whether the largest comes first.
ORDERS = {
    "moq": ("moq", False),
    "lead": ("lead_order", False),
    "newest": ("newest", True),
    "rating": ("rating_order", True),
}

Column = NDArray[Any]
#: One sign for each of the goods.
Mask = NDArray[np.bool_]
_UNSTATED = {"lead": NO_LEAD, "rating": NO_RATING}


def is_exact(query: Query) -> bool:
    """Whether the columns are exact enough for the limits of ``query``."""
    return (
        (query.moq_max or 0) < MOST_MOQ and (query.lead_max or 0) < NO_LEAD - 1 and (query.rating_min or 0) < NO_RATING
    )


class Found:
    """What some words find, filters not asked, best first; its columns are read once, threads may share it."""

    def __init__(self, searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> None:
        self._searcher = searcher
        self.addresses = addresses
        self._read: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self.addresses)

    def numbers(self, name: str) -> Column:
        """Return a column of the index without gaps."""
        found = self._read.get(name)
        if found is None:
            told = self._searcher.fast_field_values(name, self.addresses)
            found = self._read[name] = np.fromiter(told, np.uint64, len(self.addresses))
        return found

    def stated(self, name: str) -> Column:
        """Return a column with gaps, which are not a number; whole numbers up to 2^53 are exact."""
        found = self._read.get(name)
        if found is None:
            told = self._searcher.fast_field_values(name, self.addresses)
            found = self._read[name] = np.array(told, dtype=np.float64)
        return found

    def ids(self, rows: list[int]) -> tuple[int, ...]:
        """Return the ids of some of the goods."""
        told = self._searcher.fast_field_values("id", [self.addresses[row] for row in rows])
        return tuple(int(value) for value in told if value is not None)


@dataclass(kw_only=True)
class Few:
    """What ``query`` makes of the goods that its words found; they came ``in_order`` or are to be sorted."""

    found: Found
    values: Values
    #: The most steps that a ladder of prices has.
    ranks: int
    query: Query
    today: date
    in_order: bool
    #: Values of facets and filters that were unpacked.
    unpacked: dict[str, Column] = field(default_factory=dict)

    def answer(self) -> tuple[tuple[int, ...], int, Facets]:
        """Return the ids of the page, how many goods are found, and all facets."""
        filters = self._filters()
        found = self._all(filters)
        without = {name: self._all(filters, but=name) for name in filters}
        facets = {name: self._facet(name, without.get(name, found)) for name in CHOSEN_BY}
        rows = np.flatnonzero(found)
        return self._page(rows), len(rows), facets

    # --- columns ------------------------------------------------------------------------------------------------
    def _column(self, name: str) -> Column:
        """Return the values of one facet or filter."""
        if name not in self.unpacked:
            place = PLACES[name]
            part = self.found.numbers(place.column) >> np.uint64(place.shift) & np.uint64((1 << place.bits) - 1)
            self.unpacked[name] = part.astype(np.int64)
        return self.unpacked[name]

    @cached_property
    def _qualification(self) -> Column:
        """Qualifications as numbers; one that has ended is none."""
        return np.where(self._column("verified") >= day_number(self.today), self._column("qualification"), 1)

    @cached_property
    def _prices(self) -> Column:
        """The unit prices at the quantity, in minor units of each product's currency; not a number where unstated."""
        quantity, found = self.query.quantity, self.found.stated("price")
        for rank in range(1, self.ranks if quantity is not None else 1):
            reached = self.found.stated(f"from_{rank}") <= quantity
            if reached.any():
                found = np.where(reached, self.found.stated(f"price_{rank}"), found)
        return found

    # --- filters ------------------------------------------------------------------------------------------------
    def _all(self, filters: dict[str, Mask], but: str = "") -> Mask:
        """Return what passes all filters except ``but``."""
        found = np.ones(len(self.found), dtype=np.bool_)
        for name, passes in filters.items():
            if name != but:
                found &= passes
        return found

    def _filters(self) -> dict[str, Mask]:
        """Return for each filter that is set which goods pass it, under the name of the facet that leaves it out."""
        query = self.query
        found = {name: _among(self._column(name), numbers) for name, numbers in self._chosen().items()}
        if query.qualifications:
            found["qualification"] = _among(
                self._qualification, self.values.numbers("qualification", query.qualifications)
            )
        for name, is_set in ((SAMPLE, query.sample), (OWN_LOGO, query.own_logo)):
            if is_set:
                found[name] = (self._column("offers") & OFFERS[name]) != 0
        for name, most in (("moq", query.moq_max), ("lead", query.lead_max)):
            if most is not None:
                found[name] = self._column(name) <= most
        if (least := query.rating_min) is not None:
            rating = self._column("rating")
            found["rating"] = (rating >= least) & (rating != NO_RATING)
        if query.asks_price:
            found["currency"] = self._priced()
        return found

    def _chosen(self) -> dict[str, list[int]]:
        """Return the numbers of the words that are chosen, by column."""
        query = self.query
        words = {"country": query.countries, "province": query.provinces, "city": query.cities, "kind": query.kinds}
        chosen = {name: self.values.numbers(name, wanted) for name, wanted in words.items() if wanted}
        return chosen | ({"category": self.values.below(query.categories)} if query.categories else {})

    def _priced(self) -> Mask:
        query, prices = self.query, self._prices
        found = _among(self._column("currency"), self.values.numbers("currency", frozenset({query.currency})))
        found &= prices >= (0 if query.price_min is None else query.price_min)
        return found if query.price_max is None else found & (prices <= query.price_max)

    # --- counts -------------------------------------------------------------------------------------------------
    def _facet(self, name: str, mask: Mask) -> dict[str, int]:
        if name in OFFERS:
            many = int(np.count_nonzero(self._column("offers")[mask] & OFFERS[name]))
            return {"yes": many} if many else {}
        if name in self._edges:
            return self._figures(name, self._column(name)[mask])
        column = self._qualification if name == "qualification" else self._column(name)
        counts = np.bincount(column[mask])
        words = self.values.words[name]
        named = [(words[at], int(counts[at])) for at in np.flatnonzero(counts) if words[at]]
        return _most(_slugs(named) if name == "category" else dict(named))

    @cached_property
    def _edges(self) -> Borders:
        return borders(self.query)

    def _figures(self, name: str, values: Column) -> dict[str, int]:
        edges = self._edges[name]
        if (unstated := _UNSTATED.get(name)) is not None:
            values = values[values != unstated]
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
        return summed(name, edges, {low: int(counts[at]) for at, low in enumerate(edges, start=1)})

    # --- order --------------------------------------------------------------------------------------------------
    def _page(self, rows: NDArray[np.intp]) -> tuple[int, ...]:
        query = self.query
        if not self.in_order:
            rows = self._sorted(rows)
        return self.found.ids(rows[query.offset : query.offset + query.size].tolist())

    def _sorted(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        sort = self.query.sort
        if sort == "price":
            return rows[np.lexsort((self.found.numbers("id")[rows], self._prices[rows]))]
        name, largest_first = ORDERS.get(sort, ("browse", True))
        keys = self.found.numbers(name)[rows]
        return rows[np.argsort(~keys if largest_first else keys, kind="stable")]


def _among(column: Column, numbers: list[int]) -> Mask:
    """Return which values of ``column`` are among ``numbers``."""
    if len(numbers) == 1:
        return np.equal(column, numbers[0])
    return np.isin(column, numbers)


def _slugs(paths: list[tuple[str, int]]) -> dict[str, int]:
    """Count each category for all goods below it."""
    found: dict[str, int] = {}
    for path, many in paths:
        for slug in path.split("/"):
            found[slug] = found.get(slug, 0) + many
    return found


def _most(counts: dict[str, int]) -> dict[str, int]:
    """Return the most frequent values, as many as a facet may have."""
    if len(counts) <= FACET_VALUES:
        return counts
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES])
