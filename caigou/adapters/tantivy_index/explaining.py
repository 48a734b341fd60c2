"""Why one product stands where it stands: the question of a search, asked again in parts of this product alone.

A part is asked as a question of its own, so its score is just what it adds: a score here is a sum of parts, and no part
depends on the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import tantivy
from tantivy import Occur

from caigou.adapters.tantivy_index.memory import Memory
from caigou.adapters.tantivy_index.queries import Builder
from caigou.adapters.tantivy_index.searching import Search
from caigou.kernel.clock import now
from caigou.search.analysis import Asked, Term
from caigou.search.ports import DEEPEST, Contribution, Explanation, Met, Query
from caigou.search.scoring import ALL_TERMS

#: Attributes of ``Query`` that filter by themselves; prices filter together with their currency.
_FILTERS = (
    *("moq_max", "lead_max", "rating_min", "qualifications", "kinds", "countries", "provinces", "cities"),
    *("categories", "sample", "own_logo"),
)
#: Scores of the engine have seven digits; less than this is no part.
_LEAST = 1e-4


class Explaining:
    """One query and one product, in one commit of the index."""

    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, build: Builder, query: Query, product_id: int
    ) -> None:
        self._searcher, self._build, self._query, self._product = searcher, build, query, product_id
        self._today = query.today or now().date()
        is_number = 0 <= product_id < 2**64
        it = tantivy.Query.term_query(schema, "id", product_id) if is_number else tantivy.Query.empty_query()
        self._it = tantivy.Query.const_score_query(it, 0.0)

    def told(self) -> Explanation:
        """Return what there is to say."""
        found = self._searcher.search(self._it, limit=1, count=False).hits
        if not found:
            return Explanation()
        address = found[0][1]
        quality = float(self._searcher.fast_field_values("quality", [address])[0] or 0.0)
        asked = Search(self._searcher, self._build, self._query).asked
        words = tantivy.Query.all_query() if asked is None else self._build.words(asked, self._query.least)
        score = self._score(words)
        is_ranked = asked is not None and score is not None
        factor = math.log2(2.0 + quality)
        rank, total = self._place()
        return Explanation(
            held=True,
            matched=score is not None,
            contributions=() if asked is None else tuple(self._contributions(asked, score or 0.0)),
            quality=quality,
            factor=factor,
            score=(score or 0.0) * factor if is_ranked else 0.0,
            filters=dict(self._filters()),
            rank=rank,
            total=total,
            raw=str(words.explain(self._searcher, address).to_json()) if is_ranked else "",
        )

    def _score(self, query: tantivy.Query) -> float | None:
        """Return what ``query`` gives the product, None where it doesn't find it."""
        whole = tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, self._it)])
        found = self._searcher.search(whole, limit=1, count=False).hits
        return float(found[0][0]) if found else None

    # --- words --------------------------------------------------------------------------------------------------
    def _contributions(self, asked: Asked, score: float) -> Iterator[Contribution]:
        """Yield one for each word, one for having them all where that counts, and the rest of ``score``."""
        words = [self._word(term, "word") for term in asked.required]
        words += [self._word(term, "helping") for term in asked.optional]
        yield from words
        rest = score - sum(one.score for one in words)
        if min(self._query.least or asked.needed, len(asked.required)) < len(asked.required):
            bonus = ALL_TERMS if all(one.score for one in words if one.kind == "word") else 0.0
            rest -= bonus
            yield Contribution("all", bonus)
        if score and abs(rest) > _LEAST * max(1.0, score):
            yield Contribution("other", rest)

    def _word(self, term: Term, kind: Literal["word", "helping"]) -> Contribution:
        ways = [(words, self._score(way)) for words, way in self._build.ways(term)]
        met = sorted((Met(words, score) for words, score in ways if score), key=lambda way: -way.score)
        return Contribution(kind, self._score(self._build.term(term)) or 0.0, term.token.text, tuple(met))

    # --- filters and place --------------------------------------------------------------------------------------
    def _filters(self) -> Iterator[tuple[str, bool]]:
        query, nothing = self._query, Query()
        for name in _FILTERS:
            value: Any = getattr(query, name)
            if value != getattr(nothing, name):
                alone = replace(nothing, **{name: value})
                yield name, self._passes(self._build.filters(alone, self._today)[0])
        if query.asks_price:
            prices = replace(
                nothing,
                currency=query.currency,
                quantity=query.quantity,
                price_min=query.price_min,
                price_max=query.price_max,
                sort="price",
            )
            for name, one in zip(("currency", "price"), self._build.filters(prices, self._today), strict=True):
                yield name, self._passes(one)

    def _passes(self, one: tantivy.Query) -> bool:
        return self._score(tantivy.Query.const_score_query(one, 0.0)) is not None

    def _place(self) -> tuple[int | None, int]:
        """Return the place in the order that is asked for, and how many goods are found."""
        search = Search(self._searcher, self._build, replace(self._query, page=1, size=DEEPEST))
        ids, (total, _facets) = search.page(), search.counts(Memory())
        return (ids.index(self._product) + 1 if self._product in ids else None), total
