"""Why one product stands where it stands: the question of a search, asked again in parts of this product alone.

A part is asked as a question of its own, so its score is just what it adds: a score here is a sum of parts, and no part
depends on the others. All parts go to the server in one request.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

from caigou.adapters.opensearch_index import queries
from caigou.adapters.opensearch_index.queries import Clause
from caigou.adapters.opensearch_index.searching import Search
from caigou.adapters.opensearch_index.server import Server
from caigou.search.analysis import Asked, Term
from caigou.search.ports import DEEPEST, Contribution, Explanation, Met, Query

#: The filters of a query, by the name that the answer gives them and by that of their facet.
_FILTERS = {
    "moq_max": "moq",
    "lead_max": "lead",
    "rating_min": "rating",
    "qualifications": "qualification",
    "kinds": "kind",
    "countries": "country",
    "provinces": "province",
    "cities": "city",
    "categories": "category",
    "sample": "sample",
    "own_logo": "own_logo",
}
#: Scores of the engine have seven digits; less than this is no part.
_LEAST = 1e-4


class Explaining:
    """One query and one product."""

    def __init__(self, server: Server, index: str, query: Query, product_id: int) -> None:
        self._server, self._index, self._query, self._product = server, index, query, product_id
        self._search = Search(query, server.major)

    def told(self) -> Explanation:
        """Return what there is to say."""
        asked, words = self._search.asked, self._search.words
        it = self._only({"match_all": {}}) | {"docvalue_fields": ["quality"]}
        held, matched, *passed = self._server.searches(
            self._index, [it, self._only(words), *(self._only(one) for one in self._filters().values())]
        )
        if not held["hits"]["hits"]:
            return Explanation()
        quality = float(held["hits"]["hits"][0]["fields"]["quality"][0])
        score = _score(matched)
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
            filters={name: _score(one) is not None for name, one in zip(self._filters(), passed, strict=True)},
            rank=rank,
            total=total,
            raw=self._raw(words) if is_ranked else "",
        )

    def _only(self, clause: Clause) -> dict[str, Any]:
        """Return the question what ``clause`` gives this product."""
        it = {"ids": {"values": [str(self._product)]}}
        return {"query": {"bool": {"must": [clause], "filter": [it]}}, "size": 1, "_source": False}

    def _raw(self, words: Clause) -> str:
        told = self._server.explained(self._index, self._product, words)
        return json.dumps(told.get("explanation", {}), ensure_ascii=False, indent=2)

    # --- words --------------------------------------------------------------------------------------------------
    def _contributions(self, asked: Asked, score: float) -> Iterator[Contribution]:
        """Yield one for each word, one for having them all where that counts, and the rest of ``score``."""
        words = [*self._words("word", asked.required), *self._words("helping", asked.optional)]
        yield from words
        rest = score - sum(one.score for one in words)
        if min(self._query.least or asked.needed, len(asked.required)) < len(asked.required):
            bonus = queries.bonus(self._server.major)
            every = bonus if all(one.score for one in words if one.kind == "word") else 0.0
            rest -= every
            yield Contribution("all", every)
        if score and abs(rest) > _LEAST * max(1.0, score):
            yield Contribution("other", rest)

    def _words(self, kind: Literal["word", "helping"], terms: Sequence[Term]) -> list[Contribution]:
        ways = [queries.ways(term) for term in terms]
        parts = [
            part for term, some in zip(terms, ways, strict=True) for part in (queries.term_query(term), *_of(some))
        ]
        scores = map(_score, self._server.searches(self._index, [self._only(part) for part in parts]))
        told = []
        for term, some in zip(terms, ways, strict=True):
            whole = next(scores) or 0.0
            met = [
                Met(words, score)
                for (words, _query), score in zip(some, islice(scores, len(some)), strict=True)
                if score
            ]
            told.append(Contribution(kind, whole, term.token.text, tuple(sorted(met, key=lambda one: -one.score))))
        return told

    # --- filters and place --------------------------------------------------------------------------------------
    def _filters(self) -> dict[str, Clause]:
        query, found = self._query, self._search.filters
        told = {name: found[facet] for name, facet in _FILTERS.items() if facet in found}
        if query.asks_price:
            told |= {"currency": {"term": {"currency": query.currency}}, "price": queries.price(query)}
        return told

    def _place(self) -> tuple[int | None, int]:
        """Return the place in the order that is asked for, and how many goods are found."""
        search = Search(replace(self._query, page=1, size=DEEPEST), self._server.major)
        ids, total, _facets = search.read(self._server.search(self._index, search.body()))
        return (ids.index(self._product) + 1 if self._product in ids else None), total


def _score(told: dict[str, Any]) -> float | None:
    """Return the score of the one product, None where it wasn't found."""
    hits = told["hits"]["hits"]
    return float(hits[0]["_score"]) if hits else None


def _of(ways: Sequence[tuple[tuple[str, ...], Clause]]) -> list[Clause]:
    return [query for _words, query in ways]
