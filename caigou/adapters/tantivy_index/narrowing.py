"""What a question makes of the goods that its words found: filtered, counted and put in order, in columns.

A facet counts what no other filter than its own leaves out, so that the other values can still be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from caigou.adapters.tantivy_index.buckets import Borders, borders, summed
from caigou.adapters.tantivy_index.columns import Column, Columns, Rows
from caigou.adapters.tantivy_index.parts import Mask
from caigou.adapters.tantivy_index.postings import Posting
from caigou.adapters.tantivy_index.schema import OFFERS, OWN_LOGO, SAMPLE
from caigou.adapters.tantivy_index.values import NO_LEAD, NO_RATING, Values, day_number
from caigou.search.ports import PRICE_BUCKETS, Query

#: A facet has at most this many values.
FACET_VALUES = 200
#: So few are read one by one more quickly than by numpy.
_FEW_VALUES = 40
FACETS = (
    *("qualification", "kind", "province", "country", "moq", "category", SAMPLE, OWN_LOGO, "lead", "rating"),
    "currency",
)
#: Lower ends of the bars of prices, as columns hold prices: one more than they say.
_ENDS = np.array(PRICE_BUCKETS, dtype=np.int64) + 1
#: Filters that one facet leaves out together.
_TOGETHER = {"price": "currency"}

Facets = dict[str, dict[str, int]]


@dataclass(kw_only=True)
class Narrowing:
    """``found`` in the order of its rows; its scores order it where the question is one of words."""

    found: Posting
    columns: Columns
    values: Values
    #: The most steps that a ladder of prices has.
    ranks: int
    query: Query
    today: date
    _here: dict[str, Column] = field(default_factory=dict, init=False)

    def column(self, name: str) -> Column:
        """Return a column of what was found."""
        if name not in self._here:
            self._here[name] = self.columns.of(name)[self.found.rows]
        return self._here[name]

    # --- filters ------------------------------------------------------------------------------------------------
    @cached_property
    def filters(self) -> Mapping[str, Mask]:
        """For each filter that is set which goods pass it, by the name of what it looks at."""
        query = self.query
        found = {name: _among(self.column(name), numbers) for name, numbers in self._chosen().items()}
        if query.qualifications:
            wanted = self.values.numbers("qualification", query.qualifications)
            found["qualification"] = _among(self._qualifications()[self.found.rows], wanted)
        for name, is_set in ((SAMPLE, query.sample), (OWN_LOGO, query.own_logo)):
            if is_set:
                found[name] = (self.column("offers") & OFFERS[name]) != 0
        if query.moq_max is not None:
            found["moq"] = self.column("moq") <= query.moq_max
        if query.lead_max is not None:
            found["lead"] = self.column("lead") <= min(query.lead_max, NO_LEAD - 1)
        if query.rating_min is not None:
            rating = self.column("rating")
            found["rating"] = (rating >= query.rating_min) & (rating != NO_RATING)
        if query.asks_price:
            found["currency"] = _among(
                self.column("currency"), self.values.numbers("currency", frozenset({query.currency}))
            )
            found["price"] = self._priced()
        return found

    def _qualifications(self) -> Column:
        """Qualifications of all goods, as numbers."""
        return self.columns.qualifications(day_number(self.today))

    def _chosen(self) -> dict[str, list[int]]:
        """Return the numbers of the words that are chosen, by column."""
        query = self.query
        words = {"country": query.countries, "province": query.provinces, "city": query.cities, "kind": query.kinds}
        chosen = {name: self.values.numbers(name, wanted) for name, wanted in words.items() if wanted}
        return chosen | ({"category": self.values.below(query.categories)} if query.categories else {})

    def _priced(self) -> Mask:
        low, high = self.query.price_min, self.query.price_max
        prices = self.columns.prices(self.query.quantity, self.ranks)[self.found.rows]
        found: Mask = prices > max(0, low or 0)  # prices are one more than they say, and 0 where unstated
        return found if high is None else found & (prices <= max(-1, high) + 1)

    def _passing(self, but: str = "") -> Mask | None:
        """Return what passes all filters, except those that the facet ``but`` leaves out; None where that is all."""
        masks = [mask for name, mask in self.filters.items() if _TOGETHER.get(name, name) != but]
        if not masks:
            return None
        found = masks[0]
        for mask in masks[1:]:
            found = found & mask
        return found

    def _left(self, but: str = "") -> Rows:
        """Return the rows that pass, as ``_passing``."""
        mask = self._passing(but)
        return self.found.rows if mask is None else self.found.rows[mask]

    @cached_property
    def left(self) -> Rows:
        """The rows of all goods that pass all filters."""
        return self._left()

    @property
    def total(self) -> int:
        """How many goods pass."""
        return len(self.left)

    # --- counts -------------------------------------------------------------------------------------------------
    def facets(self) -> Facets:
        """Return how many goods each value of each facet has."""
        own = {_TOGETHER.get(name, name) for name in self.filters}
        found = {name: self._facet(name, self._left(name) if name in own else self.left) for name in FACETS}
        return {**found, "price": self._prices()} if self.query.with_prices else found

    def _prices(self) -> dict[str, int]:
        """Return how many goods of the query's currency each bar of prices has, whatever limits are set."""
        wanted = self.values.numbers("currency", frozenset({self.query.currency}))
        mask = _among(self.column("currency"), wanted)
        for name, passing in self.filters.items():
            if name not in ("currency", "price"):
                mask = mask & passing
        prices = self.columns.prices(self.query.quantity, self.ranks)[self.found.rows[mask]]
        counts = np.bincount(np.searchsorted(_ENDS, prices, side="right"), minlength=len(_ENDS) + 1)
        return {str(low): many for low, many in zip(PRICE_BUCKETS, counts[1:].tolist(), strict=True) if many}

    def _facet(self, name: str, rows: Rows) -> dict[str, int]:
        if name in self._edges:
            return self._figures(name, rows)
        if name in OFFERS:
            many = int(np.count_nonzero(self.columns.of("offers")[rows] & OFFERS[name]))
            return {"yes": many} if many else {}
        column = self._qualifications() if name == "qualification" else self.columns.of(name)
        counts, words = np.bincount(column[rows]), self.values.words[name]
        if name == "category":
            slugs = self.values.slugs
            counts = slugs.counted(counts)
            return _most(counts, slugs.words, are_sorted=True)
        return _most(counts, words)

    @cached_property
    def _edges(self) -> Borders:
        return borders(self.query)

    def _figures(self, name: str, rows: Rows) -> dict[str, int]:
        edges = self._edges[name]
        counts = np.bincount(self.columns.bucket(name, edges)[rows], minlength=len(edges) + 1).tolist()
        return summed(name, edges, {low: counts[at] for at, low in enumerate(edges, start=1)})

    # --- order --------------------------------------------------------------------------------------------------
    def page(self, start: int, end: int) -> tuple[int, ...]:
        """Return the ids from place ``start`` up to ``end``."""
        first = _first(self._keys(), end)[start:]
        return tuple(self.columns.of("id")[self.left[first]].tolist())

    def _keys(self) -> list[Column]:
        """Return what the goods left are ordered by, the least first, the most telling key first; then go rows."""
        sort, of, rows = self.query.sort, self.columns.of, self.left
        if sort == "price":
            return [self.columns.prices(self.query.quantity, self.ranks)[rows], of("id")[rows]]
        if sort in ("moq", "lead"):
            return [of(sort)[rows]]
        if sort == "newest":
            return [~of("newest")[rows]]
        if sort == "rating":
            rating = of("rating")[rows]
            return [~np.where(rating == NO_RATING, np.uint8(0), rating), ~of("quality")[rows]]
        if self.query.text.strip():
            mask = self._passing()
            return [-(self.found.scores if mask is None else self.found.scores[mask])]
        return [~of("quality")[rows], ~of("newest")[rows]]


def _first(keys: list[Column], count: int) -> Rows:
    """Return the places of the first ``count`` by ``keys``; where many are to be ordered, only those near the front."""
    first = keys[0]
    near = np.arange(len(first))
    if 4 * count < len(first):
        near = np.flatnonzero(first <= np.partition(first, count - 1)[count - 1])
    order = np.lexsort([near, *(key[near] for key in reversed(keys))])
    return near[order[:count]]


def _among(column: Column, numbers: list[int]) -> Mask:
    """Return which values of ``column`` are among ``numbers``."""
    if len(numbers) == 1:
        return np.equal(column, numbers[0])
    return np.isin(column, numbers)


def _most(counts: NDArray[np.intp], words: Sequence[str], *, are_sorted: bool = False) -> dict[str, int]:
    """Return the most frequent of ``words``, as many as a facet may have; the first word says nothing."""
    if len(counts) <= _FEW_VALUES:
        return {word: many for word, many in zip(words[1:], counts[1:].tolist(), strict=False) if many}
    at = counts.nonzero()[0]
    if len(at) and at[0] == 0:
        at = at[1:]
    if len(at) > FACET_VALUES:
        if not are_sorted:
            at = np.array(sorted(at.tolist(), key=words.__getitem__))
        at = at[np.argsort(-counts[at], kind="stable")[:FACET_VALUES]]
    return dict(zip([words[one] for one in at.tolist()], counts[at].tolist(), strict=True))
