"""How many goods are found, and how many each further choice would show: all facets of a question in one pass.

A facet is counted without its own filter. So a question with two filters takes three passes: itself with all facets
but the two, and one without either filter, which counts that one facet only. Passes are remembered, and who sets or
drops a filter mostly asks for what was counted before: then the remembered pass has the facet already.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import tantivy

from caigou.adapters.tantivy_index.memory import Memory
from caigou.adapters.tantivy_index.schema import OWN_LOGO, SAMPLE
from caigou.search.ports import LEAD_BUCKETS, MOQ_BUCKETS, RATING_BUCKETS, Query

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
_LARGEST = 2**40

Facets = dict[str, dict[str, int]]
#: The counts of one pass, and how many goods it saw.
Pass = tuple[int, Facets]


class Counting:
    """Counts for one question; ``found`` gives what a variation of its filters finds, ``known`` keeps passes."""

    def __init__(
        self, searcher: tantivy.Searcher, query: Query, today: date, found: Callable[[Query], tantivy.Query],
        known: Memory[Pass],
    ) -> None:  # fmt: skip
        self._searcher, self._query, self._today = searcher, query, today
        self._found, self._known = found, known
        #: The borders between the buckets; a limit that a person set is one of them.
        self._edges = {
            "moq": _up_to(MOQ_BUCKETS, query.moq_max),
            "lead": _up_to(LEAD_BUCKETS, query.lead_max),
            "rating": (*sorted({*RATING_BUCKETS, *_given(query.rating_min)}), _LARGEST),
        }

    def counts(self) -> Pass:
        """Return how many goods are found, and every facet without its own filter."""
        plain = replace(self._query, page=1, size=0, sort="price" if self._query.sort == "price" else "relevance")
        total, everything = self._known.answer(self._key(plain), lambda: self._count(plain, _open(plain)))
        facets = dict(everything)
        for name in CHOSEN_BY:
            if name not in facets:
                facets[name] = self._alone(_without(plain, name), name)
        return total, facets

    def _key(self, query: Query) -> tuple[Hashable, ...]:
        return (query, *self._edges.values())

    def _alone(self, query: Query, facet: str) -> dict[str, int]:
        """Return one facet of ``query``, which doesn't filter by it: out of the pass with all of them, if known."""
        whole = self._known.get(self._key(query))
        if whole is None:
            whole = self._known.answer((facet, *self._key(query)), lambda: self._count(query, [facet]))
        return whole[1][facet]

    def _count(self, query: Query, facets: Sequence[str]) -> Pass:
        wanted: dict[str, Any] = {"all": {"value_count": {"field": "id"}}}
        for name in facets:
            wanted |= self._aggregation(name)
        told: dict[str, Any] = self._searcher.aggregate(self._found(query), wanted)
        total = int(told["all"]["value"])
        return total, {name: self._facet(name, told, total) for name in facets}

    def _aggregation(self, facet: str) -> dict[str, Any]:
        if facet in (SAMPLE, OWN_LOGO):
            return {"has": _terms("has")}
        if edges := self._edges.get(facet):
            ranges = [{"from": low, "to": high} for low, high in pairwise(edges)]
            return {facet: {"range": {"field": facet, "ranges": ranges}}}
        if facet == "qualification":  # it ends: only those that count today
            still = {"field": "verified_until", "ranges": [{"from": self._today.toordinal()}]}
            return {facet: {"range": still, "aggs": {"it": _terms(facet)}}}
        return {facet: _terms(facet)}

    def _facet(self, name: str, told: dict[str, Any], total: int) -> dict[str, int]:
        if name in (SAMPLE, OWN_LOGO):
            many = _counts(told["has"]["buckets"]).get(name, 0)
            return {"yes": many} if many else {}
        buckets = told[name]["buckets"]
        if name in self._edges:
            return self._summed(name, {int(b.get("from", 0)): int(b["doc_count"]) for b in buckets if "to" in b})
        if name != "qualification":
            return _counts(buckets)
        counts = _counts(next((one["it"]["buckets"] for one in buckets if "from" in one), []))
        counts.pop("none", None)
        rest = total - sum(counts.values())
        return {**counts, "none": rest} if rest else counts

    def _summed(self, facet: str, counts: dict[int, int]) -> dict[str, int]:
        """Sum up what lies between the borders: "up to 50" holds what "up to 10" holds, "from 4.0" what "from 4.5"."""
        edges = self._edges[facet]
        pairs = [(high - 1, counts.get(low, 0)) for low, high in pairwise(edges)]
        if facet == "rating":
            pairs = [(low, counts.get(low, 0)) for low in reversed(edges[:-1])]
        running, found = 0, {}
        for limit, many in pairs:
            running += many
            if running:
                found[str(limit)] = running
        return found


def _open(query: Query) -> list[str]:
    """Return the facets by which ``query`` doesn't filter."""
    return [name for name, chosen_by in CHOSEN_BY.items() if not getattr(query, chosen_by)]


def _without(query: Query, facet: str) -> Query:
    """Return the question without the filter of one facet."""
    if facet == "currency":
        return replace(query, price_min=None, price_max=None, sort="relevance")
    chosen = getattr(query, CHOSEN_BY[facet])
    nothing: Any = frozenset() if isinstance(chosen, frozenset) else False if chosen is True else None
    return replace(query, **{CHOSEN_BY[facet]: nothing})


def _up_to(usual: tuple[int, ...], chosen: int | None) -> tuple[int, ...]:
    return (0, *(limit + 1 for limit in sorted({*usual, *_given(chosen)})))


def _given(limit: int | None) -> tuple[int, ...]:
    return () if limit is None else (max(0, min(limit, _LARGEST - 1)),)


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": FACET_VALUES}}


def _counts(buckets: list[dict[str, Any]]) -> dict[str, int]:
    return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
