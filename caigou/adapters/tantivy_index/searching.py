"""One search in one commit of the index: the page in its order, and the counts."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import tantivy
from tantivy import Order

from caigou.adapters.tantivy_index.counting import Counting, Pass
from caigou.adapters.tantivy_index.few import Few, Found
from caigou.adapters.tantivy_index.memory import Memory
from caigou.adapters.tantivy_index.queries import Builder
from caigou.adapters.tantivy_index.values import Values
from caigou.kernel.clock import now
from caigou.search.analysis import Asked, understand
from caigou.search.ports import DEEPEST, Query

_ORDERS = {
    "moq": ("moq", Order.Asc),
    "lead": ("lead_order", Order.Asc),
    "newest": ("newest", Order.Desc),
    "rating": ("rating_order", Order.Desc),
}


class Search:
    """One search: one question for the page, one for all counts, and a small one for each filter that is set."""

    def __init__(self, searcher: tantivy.Searcher, build: Builder, query: Query) -> None:
        self._searcher = searcher
        self._build = build
        self._query = query
        self._today: date = query.today or now().date()

    @cached_property
    def asked(self) -> Asked | None:
        """What is searched for; None browses everything."""
        asked = self._typed
        return asked if asked is None or self._query.least else self._build.planned(asked)

    @cached_property
    def _typed(self) -> Asked | None:
        return understand(self._query.text) if self._query.text.strip() else None

    @cached_property
    def _words(self) -> tantivy.Query:
        """What is found whatever the filters; built once for the page and all passes, if any is needed."""
        return tantivy.Query.all_query() if self.asked is None else self._build.words(self.asked, self._query.least)

    def found(self, few: int) -> Found | None:
        """Return what the words find, filters or not; None when that is more than ``few`` goods."""
        if self._typed is None and self._searcher.num_docs > few:
            return None
        if self._typed is None or self._query.least:
            found = self._searcher.search(self._words, limit=few + 1, count=False, weight_by_field="quality").hits
        else:
            found = self._build.first(self._typed, few + 1)
        if len(found) > few:
            return None
        return Found(self._searcher, [address for _score, address in found])

    def few(self, found: Found, values: Values) -> Few:
        """Return what the filters leave of ``found``."""
        return Few(
            found=found,
            values=values,
            ranks=self._build.ranks,
            query=self._query,
            today=self._today,
            in_order=self._query.sort == "relevance" and bool(self._query.text.strip()),
        )

    def page(self) -> tuple[int, ...]:
        """Return the ids of the page in order; nothing beyond ``DEEPEST``."""
        query = self._query
        if query.offset + query.size > DEEPEST:
            return ()
        if query.sort == "price":
            return self._by_price()
        if query.sort in _ORDERS:
            return self._ordered(*_ORDERS[query.sort])
        if self.asked is None:
            return self._ordered("browse", Order.Desc)
        whole = self._matching(filters=self._filters())
        found = self._searcher.search(
            whole, limit=query.size, offset=query.offset, count=False, weight_by_field="quality"
        )
        return self._ids([address for _score, address in found.hits])

    def _filters(self, but: str = "") -> list[tantivy.Query]:
        return self._build.filters(self._query, self._today, but=but)

    def _matching(self, *more: tantivy.Query, filters: list[tantivy.Query]) -> tantivy.Query:
        """What is found."""
        return self._build.whole(self._words, [*filters, *more])

    # --- order --------------------------------------------------------------------------------------------------
    def _ordered(self, field: str, order: Order) -> tuple[int, ...]:
        query = self._query
        whole = self._matching(filters=self._filters())
        found = self._searcher.search(
            whole, limit=query.size, offset=query.offset, count=False, order_by_field=field, order=order
        )
        return self._ids([address for _value, address in found.hits])

    def _by_price(self) -> tuple[int, ...]:
        """Order by the price at the quantity: each product is in one rank's list, the lists are merged."""
        query, quantity = self._query, self._query.quantity
        filters = self._filters()
        if quantity is None:
            lists = [("price", self._matching(filters=filters))]
        else:
            at = self._build.at_quantity
            lists = [
                (f"price_{rank}", self._matching(at(rank, quantity), filters=filters))
                for rank in range(self._build.ranks)
            ]
        end = query.offset + query.size
        found: list[tuple[int, int]] = []
        for name, narrowed in lists:
            hits = self._searcher.search(narrowed, limit=end, count=False, order_by_field=name, order=Order.Asc).hits
            found += zip((price for price, _address in hits), self._ids([hit[1] for hit in hits]), strict=True)
        return tuple(product_id for _price, product_id in sorted(found)[query.offset : end])

    def _ids(self, addresses: list[tantivy.DocAddress]) -> tuple[int, ...]:
        values = self._searcher.fast_field_values("id", addresses)
        return tuple(int(value) for value in values if value is not None)

    # --- counts -------------------------------------------------------------------------------------------------
    def counts(self, known: Memory[Pass]) -> Pass:
        """Return how many goods are found, and every facet, each without its own filter; ``known`` keeps passes."""

        def found(query: Query) -> tantivy.Query:
            return self._build.whole(self._words, self._build.filters(query, self._today))

        return Counting(self._searcher, self._query, self._today, found, known).counts()
