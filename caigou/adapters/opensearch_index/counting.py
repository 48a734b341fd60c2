"""The facets of a question as aggregations, each without its own filter, and how their answer is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from caigou.adapters.opensearch_index.queries import Clause, at_quantity, verified
from caigou.adapters.opensearch_index.schema import LARGEST, OWN_LOGO, SAMPLE
from caigou.search.ports import LEAD_BUCKETS, MOQ_BUCKETS, PRICE_BUCKETS, RATING_BUCKETS, Query

#: A facet has at most this many values.
FACET_VALUES = 200
FACETS = (
    "qualification",
    "kind",
    "province",
    "country",
    "moq",
    "category",
    SAMPLE,
    OWN_LOGO,
    "lead",
    "rating",
    "currency",
)
#: The name under which the facets stand by which the query doesn't filter.
_OPEN = "open"
#: The name under which the bars of prices stand.
_PRICES = "prices"

Facets = dict[str, dict[str, int]]


class Counting:
    """The counts of one question with these ``filters``, by the name of the facet that is counted without each."""

    def __init__(self, query: Query, today: date, filters: Mapping[str, Clause]) -> None:
        self._filters, self._today, self._query = filters, today, query
        self._limits = {
            "moq": sorted({*MOQ_BUCKETS, *_given(query.moq_max)}),
            "lead": sorted({*LEAD_BUCKETS, *_given(query.lead_max)}),
            "rating": sorted({*RATING_BUCKETS, *_given(query.rating_min)}),
        }
        self._open = [name for name in FACETS if name not in filters]
        self._closed = [name for name in FACETS if name in filters]

    def asked(self) -> dict[str, Any]:
        """Return the aggregations to ask for, beside a query that has none of the filters."""
        groups = {_OPEN: self._open, **{name: [name] for name in self._closed}}
        asked = {group: self._group(group, facets) for group, facets in groups.items()}
        return {**asked, _PRICES: self._prices()} if self._query.with_prices else asked

    def _prices(self) -> dict[str, Any]:
        """Return the bars of prices at the quantity, of goods of the query's currency, whatever limits are set."""
        holding: list[Clause] = [{"term": {"currency": self._query.currency}}]
        holding += [clause for name, clause in self._filters.items() if name != "currency"]
        ends = [*PRICE_BUCKETS, None]
        ranges = [
            {"key": str(low), "from": low} | ({} if high is None else {"to": high}) for low, high in pairwise(ends)
        ]
        field = "price" if self._query.quantity is None else "steps.price"
        bars: dict[str, Any] = {"bars": {"range": {"field": field, "ranges": ranges}}}
        if self._query.quantity is not None:
            step = {"filter": {"bool": {"filter": at_quantity(self._query.quantity)}}, "aggs": bars}
            bars = {"steps": {"nested": {"path": "steps"}, "aggs": {"step": step}}}
        return {"filter": {"bool": {"filter": holding}}, "aggs": bars}

    def read(self, told: Mapping[str, Any]) -> Facets:
        """Return the counts out of the answer's aggregations."""
        found = self._facets(told[_OPEN], self._open)
        for name in self._closed:
            found |= self._facets(told[name], [name])
        if self._query.with_prices:
            prices = told[_PRICES]
            found["price"] = _counts((prices if "bars" in prices else prices["steps"]["step"])["bars"]["buckets"])
        return found

    def _group(self, group: str, facets: Iterable[str]) -> dict[str, Any]:
        holding = [clause for name, clause in self._filters.items() if name != group]
        inner: dict[str, Any] = {}
        for name in facets:
            inner |= self._aggregation(name)
        return {"filter": {"bool": {"filter": holding}} if holding else {"match_all": {}}, "aggs": inner}

    def _aggregation(self, facet: str) -> dict[str, Any]:
        if facet in (SAMPLE, OWN_LOGO):
            return {"has": _terms("has")}
        if limits := self._limits.get(facet):
            ranges = [
                {"key": str(at), "from": at} if facet == "rating" else {"key": str(at), "from": 0, "to": at + 1}
                for at in limits
            ]
            return {facet: {"range": {"field": facet, "ranges": ranges}}}
        if facet == "qualification":  # it ends: only those that count today
            return {facet: {"filter": verified(self._today), "aggs": {"it": _terms(facet)}}}
        return {facet: _terms(facet)}

    def _facets(self, told: Mapping[str, Any], facets: Iterable[str]) -> Facets:
        return {name: self._facet(name, told) for name in facets}

    def _facet(self, name: str, told: Mapping[str, Any]) -> dict[str, int]:
        if name in (SAMPLE, OWN_LOGO):
            many = _counts(told["has"]["buckets"]).get(name, 0)
            return {"yes": many} if many else {}
        if name != "qualification":
            return _counts(told[name]["buckets"])
        counts = _counts(told[name]["it"]["buckets"])
        counts.pop("none", None)
        rest = int(told["doc_count"]) - sum(counts.values())
        return {**counts, "none": rest} if rest else counts


def _given(limit: int | None) -> tuple[int, ...]:
    return () if limit is None else (max(0, min(limit, LARGEST)),)


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": FACET_VALUES}}


def _counts(buckets: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    return {str(one["key"]): int(one["doc_count"]) for one in buckets if one["doc_count"]}
