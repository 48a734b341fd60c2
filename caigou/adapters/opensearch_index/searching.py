"""One search is one request: the page in its order, the total and all facets."""

from __future__ import annotations

from datetime import date
from typing import Any

from caigou.adapters.opensearch_index import queries
from caigou.adapters.opensearch_index.counting import Counting, Facets
from caigou.kernel.clock import now
from caigou.search.analysis import Asked, understand
from caigou.search.ports import DEEPEST, Query

_BY_ID = {"id": "asc"}
#: Sorting keys; each ends with one that no two goods share, so that pages hold each product once.
_ORDERS: dict[str, list[dict[str, Any]]] = {
    "browse": [{"quality": "desc"}, {"updated": "desc"}, _BY_ID],
    "relevance": [{"_score": "desc"}, _BY_ID],
    "moq": [{"moq": "asc"}, _BY_ID],
    "lead": [{"lead": {"order": "asc", "missing": "_last"}}, _BY_ID],
    "rating": [{"rating": {"order": "desc", "missing": "_last"}}, {"quality": "desc"}, _BY_ID],
    "newest": [{"updated": "desc"}, {"id": "desc"}],
}


class Search:
    """What one question asks of the server; ``read`` makes plain values of its answer."""

    def __init__(self, query: Query, major: int) -> None:
        self.query = query
        self.today: date = query.today or now().date()
        self.asked: Asked | None = understand(query.text) if query.text.strip() else None
        self.words = queries.EVERYTHING if self.asked is None else queries.words(self.asked, query.least, major)
        self.filters = queries.filters(query, self.today)
        self._counting = Counting(query, self.today, self.filters)

    def body(self) -> dict[str, Any]:
        """Return the question: filters come after the words, so that each facet may leave out its own."""
        query = self.query
        is_deep = query.offset + query.size > DEEPEST
        body: dict[str, Any] = {
            "query": queries.weighed(self.words) if self._is_ranked else self.words,
            "from": 0 if is_deep else query.offset,
            "size": 0 if is_deep else query.size,
            "sort": self._order(),
            "track_total_hits": query.counted,
            "_source": False,
            "aggs": self._counting.asked() if query.counted else {},
        }
        if self.filters:
            body["post_filter"] = {"bool": {"filter": list(self.filters.values())}}
        return body

    def read(self, told: dict[str, Any]) -> tuple[tuple[int, ...], int, Facets]:
        """Return the ids of the page, the total and the facets."""
        ids = tuple(int(hit["_id"]) for hit in told["hits"]["hits"])
        if not self.query.counted:
            return ids, len(ids), {}
        return ids, int(told["hits"]["total"]["value"]), self._counting.read(told["aggregations"])

    def met(self, told: dict[str, Any]) -> bool:
        """Whether the goods of the page have all required words among them, so that none needs to be looked up."""
        names = {name for hit in told["hits"]["hits"] for name in hit.get("matched_queries", ())}
        return self.asked is None or len(names) == len(self.asked.required)

    @property
    def _is_ranked(self) -> bool:
        return self.query.sort == "relevance" and self.asked is not None

    def _order(self) -> list[dict[str, Any]]:
        query = self.query
        if query.sort == "price":
            return [self._by_price(), _BY_ID]
        if query.sort == "relevance" and self.asked is None:
            return _ORDERS["browse"]
        return _ORDERS[query.sort]

    def _by_price(self) -> dict[str, Any]:
        if self.query.quantity is None:
            return {"price": "asc"}
        step = {"path": "steps", "filter": {"bool": {"filter": queries.at_quantity(self.query.quantity)}}}
        return {"steps.price": {"order": "asc", "mode": "min", "nested": step}}
