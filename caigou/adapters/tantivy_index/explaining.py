"""Why one product stands where it stands: the question of a search, asked again in parts of this product alone.

A part is asked as a question of its own, so its score is just what it adds: a score here is a sum of parts, and no part
depends on the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
import tantivy
from tantivy import Occur

from caigou.adapters.tantivy_index.narrowing import Narrowing
from caigou.adapters.tantivy_index.postings import Posting
from caigou.adapters.tantivy_index.searching import Commit
from caigou.search.analysis import Asked, Term, understand
from caigou.search.ports import DEEPEST, Contribution, Explanation, Met, Query
from caigou.search.scoring import ALL_TERMS

#: By the name of what a filter looks at: which attribute of ``Query`` sets it. Two prices set one.
_SET_BY = {
    "moq": "moq_max",
    "lead": "lead_max",
    "rating": "rating_min",
    "qualification": "qualifications",
    "kind": "kinds",
    "country": "countries",
    "province": "provinces",
    "city": "cities",
    "category": "categories",
}
#: Scores of the engine have seven digits; less than this is no part.
_LEAST = 1e-4


class Explaining:
    """One query and one product, in one commit of the index."""

    def __init__(self, commit: Commit, query: Query, product_id: int) -> None:
        self._commit, self._query, self._product = commit, query, product_id
        is_number = 0 <= product_id < 2**64
        schema = commit.index.schema
        it = tantivy.Query.term_query(schema, "id", product_id) if is_number else tantivy.Query.empty_query()
        self._it = tantivy.Query.const_score_query(it, 0.0)

    def told(self) -> Explanation:
        """Return what there is to say."""
        searcher, build = self._commit.searcher, self._commit.build
        found = searcher.search(self._it, limit=1, count=False).hits
        if not found:
            return Explanation()
        address = found[0][1]
        quality = float(searcher.fast_field_values("quality", [address])[0] or 0.0)
        asked = self._asked()
        words = tantivy.Query.all_query() if asked is None else build.words(asked, self._query.least)
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
            filters=self._filters(self._commit.columns.starts()[address.segment_ord] + address.doc),
            rank=rank,
            total=total,
            raw=str(words.explain(searcher, address).to_json()) if is_ranked else "",
        )

    def _asked(self) -> Asked | None:
        """Return what is searched for in the end; None where everything is."""
        if not self._query.text.strip():
            return None
        asked = understand(self._query.text)
        return asked if self._query.least else self._commit.postings.planned(asked)

    def _score(self, query: tantivy.Query) -> float | None:
        """Return what ``query`` gives the product, None where it doesn't find it."""
        whole = tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, self._it)])
        found = self._commit.searcher.search(whole, limit=1, count=False).hits
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
        ways = [(words, self._score(way)) for words, way in self._commit.build.ways(term)]
        met = sorted((Met(words, score) for words, score in ways if score), key=lambda way: -way.score)
        return Contribution(kind, self._score(self._commit.build.term(term)) or 0.0, term.token.text, tuple(met))

    # --- filters and place --------------------------------------------------------------------------------------
    def _filters(self, row: int) -> dict[str, bool]:
        alone = Posting(np.array([row]), np.zeros(1, dtype=np.float32))
        told = replace(self._narrowing(), found=alone).filters
        return {_SET_BY.get(name, name): bool(passes[0]) for name, passes in told.items()}

    def _narrowing(self) -> Narrowing:
        return self._commit.narrowing(self._query)

    def _place(self) -> tuple[int | None, int]:
        """Return the place in the order that is asked for, and how many goods are found."""
        narrowing = self._narrowing()
        ids = narrowing.page(0, DEEPEST)
        return (ids.index(self._product) + 1 if self._product in ids else None), narrowing.total
