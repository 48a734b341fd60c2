"""How many goods are found, and how many each further choice would show, where the engine counts: many goods.

All facets of a question are counted in one pass where that can be.

A facet is counted without its own filter. The pass without one filter sees what the filter leaves out beside what it
lets through, so it counts that facet, and within the filter's bucket all the others: one filter costs no second pass.
Each further filter takes a small pass of its own, which counts one facet. Passes are remembered, and who sets or drops
a filter mostly asks for what was counted before: then the remembered pass has the facet already.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import tantivy

from caigou.adapters.tantivy_index.buckets import borders, filter_range, summed
from caigou.adapters.tantivy_index.memory import Memory
from caigou.adapters.tantivy_index.schema import OWN_LOGO, SAMPLE
from caigou.search.ports import Query

#: A facet has at most this many values.
FACET_VALUES = 200
#: Which attribute of ``Query`` sets the filter that a facet leaves out.
CHOSEN_BY = {
    "qualification": "qualifications",
    "kind": "kinds",
    "province": "provinces",
    "country": "countries",
    "moq": "moq_max",
    "category": "categories",
    SAMPLE: "sample",
    OWN_LOGO: "own_logo",
    "lead": "lead_max",
    "rating": "rating_min",
    "currency": "asks_price",
}

Facets = dict[str, dict[str, int]]
#: The counts of one pass, and how many goods it saw.
Pass = tuple[int, Facets]
#: An aggregation, and by which sign and value the bucket that counts is known.
_Step = tuple[dict[str, Any], str, Any]


class Counting:
    """Counts for one question; ``found`` gives what a variation of its filters finds, ``known`` keeps passes."""

    def __init__(
        self, searcher: tantivy.Searcher, query: Query, today: date, found: Callable[[Query], tantivy.Query],
        known: Memory[Pass],
    ) -> None:  # fmt: skip
        self._searcher, self._query, self._today = searcher, query, today
        self._found, self._known = found, known
        self._edges = borders(query)
        self._still = {"field": "verified_until", "ranges": [{"from": today.toordinal()}]}

    def counts(self) -> Pass:
        """Return how many goods are found, and every facet without its own filter."""
        plain = replace(self._query, page=1, size=0, sort="price" if self._query.sort == "price" else "relevance")
        total, everything = self._known.answer(self._key(plain), lambda: self._whole(plain))
        facets = dict(everything)
        for name in CHOSEN_BY:
            if name not in facets:
                facets[name] = self._alone(_without(plain, name), name)
        return total, facets

    def _key(self, query: Query) -> tuple[Hashable, ...]:
        return (query, *self._edges.values())

    def _whole(self, query: Query) -> Pass:
        """Return all facets of ``query`` by which it doesn't filter, and one of the others where that costs nothing."""
        for facet in CHOSEN_BY:
            path = self._path(query, facet)
            if path and self._key(without := _without(query, facet)) not in self._known:
                return self._within(path, query, without, facet)
        return self._count(query, _open(query))

    def _alone(self, query: Query, facet: str) -> dict[str, int]:
        """Return one facet of ``query``, which doesn't filter by it: out of the pass with all of them, if known."""
        whole = self._known.get(self._key(query))
        if whole is None:
            whole = self._known.answer((facet, *self._key(query)), lambda: self._count(query, [facet]))
        return whole[1][facet]

    def _count(self, query: Query, facets: Sequence[str]) -> Pass:
        told: dict[str, Any] = self._searcher.aggregate(self._found(query), self._wanted(facets))
        return self._read(told, facets)

    def _within(self, path: Sequence[_Step], query: Query, without: Query, facet: str) -> Pass:
        """Count ``facet`` of ``without``, and within the bucket at the end of ``path`` the open facets of ``query``."""
        inner = self._wanted(_open(query))
        for aggregation, _sign, _value in reversed(path):
            inner = {"within": {**aggregation, "aggs": inner}}
        told: dict[str, Any] = self._searcher.aggregate(self._found(without), self._wanted([facet]) | inner)
        within: dict[str, Any] | None = told
        for _aggregation, sign, value in path:
            buckets = within["within"]["buckets"] if within else ()
            within = next((bucket for bucket in buckets if bucket.get(sign) == value), None)
        total, facets = self._read(within, _open(query)) if within else (0, {name: {} for name in _open(query)})
        return total, facets | self._read(told, [facet])[1]

    def _path(self, query: Query, facet: str) -> list[_Step]:
        """Return the way to the bucket that holds just what the filter lets through, if one bucket does."""
        chosen: Any = getattr(query, CHOSEN_BY[facet])
        if not _is_set(chosen) or facet == "currency":
            return []
        if facet in (SAMPLE, OWN_LOGO):
            return [_only("has", facet)]
        if facet in self._edges:
            stretch = filter_range(facet, chosen)
            if stretch is None:
                return []
            low, high = stretch
            sign = ("from", low) if facet == "rating" else ("to", high)
            return [({"range": {"field": facet, "ranges": [{"from": low, "to": high}]}}, *sign)]
        if len(chosen) > 1 or "none" in chosen:  # several buckets, or what is in none
            return []
        still = [] if facet != "qualification" else [({"range": self._still}, "from", self._today.toordinal())]
        return [*still, _only(facet, *chosen)]

    def _wanted(self, facets: Sequence[str]) -> dict[str, Any]:
        wanted = self._aggregation("moq")  # every product has one, so its buckets hold all that is found
        for name in facets:
            wanted |= self._aggregation(name)
        return wanted

    def _read(self, told: dict[str, Any], facets: Sequence[str]) -> Pass:
        total = sum(int(bucket["doc_count"]) for bucket in told["moq"]["buckets"])
        return total, {name: self._facet(name, told, total) for name in facets}

    def _aggregation(self, facet: str) -> dict[str, Any]:
        if facet in (SAMPLE, OWN_LOGO):
            return {"has": _terms("has")}
        if edges := self._edges.get(facet):
            ranges = [{"from": low, "to": high} for low, high in pairwise(edges)]
            return {facet: {"range": {"field": facet, "ranges": ranges}}}
        if facet == "qualification":  # it ends: only those that count today
            return {facet: {"range": self._still, "aggs": {"it": _terms(facet)}}}
        return {facet: _terms(facet)}

    def _facet(self, name: str, told: dict[str, Any], total: int) -> dict[str, int]:
        if name in (SAMPLE, OWN_LOGO):
            many = _counts(told["has"]["buckets"]).get(name, 0)
            return {"yes": many} if many else {}
        buckets = told[name]["buckets"]
        if name in self._edges:
            between = {int(b.get("from", 0)): int(b["doc_count"]) for b in buckets if "to" in b}
            return summed(name, self._edges[name], between)
        if name != "qualification":
            return _counts(buckets)
        counts = _counts(next((one["it"]["buckets"] for one in buckets if "from" in one), []))
        counts.pop("none", None)
        rest = total - sum(counts.values())
        return {**counts, "none": rest} if rest else counts


def _open(query: Query) -> list[str]:
    """Return the facets by which ``query`` doesn't filter."""
    return [name for name, chosen_by in CHOSEN_BY.items() if not _is_set(getattr(query, chosen_by))]


def _is_set(chosen: Any) -> bool:
    return bool(chosen) or (chosen is not None and not isinstance(chosen, (bool, frozenset)))  # a limit of 0 is one


def _without(query: Query, facet: str) -> Query:
    """Return the question without the filter of one facet."""
    if facet == "currency":
        return replace(query, price_min=None, price_max=None, sort="relevance")
    chosen = getattr(query, CHOSEN_BY[facet])
    nothing: Any = frozenset() if isinstance(chosen, frozenset) else False if chosen is True else None
    return replace(query, **{CHOSEN_BY[facet]: nothing})


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": FACET_VALUES}}


def _only(field: str, value: str) -> _Step:
    return {"terms": {"field": field, "size": 1, "include": [value]}}, "key", value


def _counts(buckets: list[dict[str, Any]]) -> dict[str, int]:
    return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
