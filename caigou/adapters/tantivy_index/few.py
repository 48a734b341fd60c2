"""Questions whose words find few goods: their columns are read, then filtered, counted and put in order here.

A pass of the engine costs a fixed price for each filter, each facet and each segment, which for some hundred goods is
many times that of looking at them. One pass finds what the words find, in its order; the filters are tried on that, and
a facet counts what no other filter than its own leaves out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import tantivy

from caigou.adapters.tantivy_index.buckets import Borders, borders, summed
from caigou.adapters.tantivy_index.counting import CHOSEN_BY, FACET_VALUES, Facets
from caigou.adapters.tantivy_index.schema import OFFERS, OWN_LOGO, SAMPLE
from caigou.adapters.tantivy_index.values import Values
from caigou.search.ports import Query

#: Where more are found, the engine's own counting is quicker.
FEW = 1_000
#: By which column each order goes, and whether the largest comes first.
ORDERS = {
    "moq": ("moq_order", False),
    "lead": ("lead_order", False),
    "newest": ("newest", True),
    "rating": ("rating_order", True),
}

Column = Sequence[Any]
Rows = Sequence[int]


@dataclass(kw_only=True)
class Few:
    """The goods at ``addresses`` and what ``query`` makes of them."""

    searcher: tantivy.Searcher
    values: Values
    #: The most steps that a ladder of prices has.
    ranks: int
    query: Query
    today: date
    addresses: list[tantivy.DocAddress]
    #: Columns that were read.
    read: dict[str, Column] = field(default_factory=dict)

    def answer(self, *, in_order: bool) -> tuple[tuple[int, ...], int, Facets]:
        """Return the ids of the page, how many goods are found, and all facets.

        ``in_order``: the goods came in the order that the query asks for.
        """
        rows, missing = self._rows()
        facets = {name: self._facet(name, missing.get(name, rows)) for name in CHOSEN_BY}
        return self._page(rows, in_order=in_order), len(rows), facets

    # --- columns ------------------------------------------------------------------------------------------------
    def _column(self, name: str) -> Column:
        found = self.read.get(name)
        if found is None:
            found = self.read[name] = self.searcher.fast_field_values(name, self.addresses)
        return found

    @cached_property
    def _qualification(self) -> Column:
        """Qualifications as numbers; one that has ended is none."""
        none, today = self.values.none, self.today.toordinal()
        pairs = zip(self._column("qualification_number"), self._column("verified_until"), strict=True)
        return [number if until >= today else none for number, until in pairs]

    @cached_property
    def _prices(self) -> Column:
        """The unit prices at the quantity, in minor units of each product's currency; None where none is stated."""
        quantity, found = self.query.quantity, list(self._column("price"))
        if quantity is None:
            return found
        for rank in range(1, self.ranks):
            steps = zip(self._column(f"from_{rank}"), self._column(f"price_{rank}"), strict=True)
            for row, (begins, price) in enumerate(steps):
                if begins is not None and begins <= quantity:
                    found[row] = price
        return found

    # --- filters ------------------------------------------------------------------------------------------------
    def _rows(self) -> tuple[Rows, dict[str, Rows]]:
        """Return what passes all filters, and for each filter what passes all others."""
        filters = self._filters()
        every = range(len(self.addresses))
        if not filters:
            return every, {}
        if len(filters) == 1:
            ((name, passes),) = filters.items()
            return [row for row in every if passes[row]], {name: every}
        missed = [0] * len(every)
        for bit, passes in enumerate(filters.values()):
            value = 1 << bit
            missed = [before if passed else before | value for before, passed in zip(missed, passes, strict=True)]
        rows = [row for row in every if not missed[row]]
        without: dict[str, Rows] = {
            name: [row for row in every if not missed[row] & ~(1 << bit)] for bit, name in enumerate(filters)
        }
        return rows, without

    def _filters(self) -> dict[str, Sequence[bool]]:
        """Return for each filter that is set which goods pass it, under the name of the facet that leaves it out."""
        query = self.query
        found = {name: self._among(f"{name}_number", wanted) for name, wanted in self._chosen().items()}
        if query.qualifications:
            wanted = self.values.numbers(query.qualifications)
            found["qualification"] = [number in wanted for number in self._qualification]
        for name, is_set in ((SAMPLE, query.sample), (OWN_LOGO, query.own_logo)):
            if is_set:
                found[name] = [bool(offered & OFFERS[name]) for offered in self._column("offers")]
        for name, most in (("moq", query.moq_max), ("lead", query.lead_max)):
            if most is not None:
                found[name] = [value is not None and value <= most for value in self._column(name)]
        if (least := query.rating_min) is not None:
            found["rating"] = [value is not None and value >= least for value in self._column("rating")]
        if query.asks_price:
            found["currency"] = self._priced()
        return found

    def _chosen(self) -> dict[str, frozenset[int]]:
        """Return the numbers of the words that are chosen, by column."""
        query, numbers = self.query, self.values.numbers
        words = {
            "country": query.countries,
            "province": query.provinces,
            "city": query.cities,
            "kind": query.kinds,
        }
        chosen = {name: numbers(wanted) for name, wanted in words.items() if wanted}
        return chosen | ({"category": self.values.below(query.categories)} if query.categories else {})

    def _among(self, column: str, wanted: frozenset[int]) -> Sequence[bool]:
        return [number in wanted for number in self._column(column)]

    def _priced(self) -> Sequence[bool]:
        query = self.query
        low = -1 if query.price_min is None else query.price_min
        high = float("inf") if query.price_max is None else query.price_max
        currency = self.values.numbers(frozenset({query.currency}))
        pairs = zip(self._column("currency_number"), self._prices, strict=True)
        return [number in currency and price is not None and low <= price <= high for number, price in pairs]

    # --- counts -------------------------------------------------------------------------------------------------
    def _facet(self, name: str, rows: Rows) -> dict[str, int]:
        if name in OFFERS:
            counts = self._counter(self._column("offers"), rows)
            many = sum(count for offered, count in counts.items() if offered & OFFERS[name])
            return {"yes": many} if many else {}
        if name in self._edges:
            return self._figures(name, self._counter(self._column(name), rows))
        column = self._qualification if name == "qualification" else self._column(f"{name}_number")
        words = self.values.words
        named = [(words[number], many) for number, many in self._counter(column, rows).items() if number is not None]
        return _most(_slugs(named) if name == "category" else dict(named))

    @cached_property
    def _edges(self) -> Borders:
        return borders(self.query)

    @staticmethod
    def _counter(column: Column, rows: Rows) -> Counter[Any]:
        return Counter(column if len(rows) == len(column) else map(column.__getitem__, rows))

    def _figures(self, name: str, counts: Counter[Any]) -> dict[str, int]:
        edges = self._edges[name]
        between: dict[int, int] = {}
        for value, count in counts.items():
            if value is not None and value >= edges[0]:
                low = edges[bisect_right(edges, value) - 1]
                between[low] = between.get(low, 0) + count
        return summed(name, edges, between)

    # --- order --------------------------------------------------------------------------------------------------
    def _page(self, rows: Rows, *, in_order: bool) -> tuple[int, ...]:
        query = self.query
        if not in_order:
            rows = self._sorted(rows)
        page = rows[query.offset : query.offset + query.size]
        ids = self.searcher.fast_field_values("id", [self.addresses[row] for row in page])
        return tuple(int(value) for value in ids if value is not None)

    def _sorted(self, rows: Rows) -> Rows:
        sort = self.query.sort
        if sort == "price":
            ids, prices = self._column("id"), self._prices
            return sorted(rows, key=lambda row: (prices[row], ids[row]))
        name, largest_first = ORDERS.get(sort, ("browse", True))
        return sorted(rows, key=self._column(name).__getitem__, reverse=largest_first)


def _slugs(paths: Sequence[tuple[str, int]]) -> Mapping[str, int]:
    """Count each category for all goods below it."""
    found: dict[str, int] = {}
    for path, many in paths:
        for slug in path.split("/"):
            found[slug] = found.get(slug, 0) + many
    return found


def _most(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the most frequent values, as many as a facet may have."""
    if len(counts) <= FACET_VALUES:
        return dict(counts)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES])
