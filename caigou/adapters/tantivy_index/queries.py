"""From what a person looks for to tantivy's queries. They are built from our own words, never by a query parser, so no
sign that a person types has a meaning of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import prod

import tantivy
from tantivy import FieldType, Occur

from caigou.adapters.tantivy_index.memory import Memory
from caigou.adapters.tantivy_index.schema import OWN_LOGO, SAMPLE
from caigou.search.analysis import Asked, Term, bigrams
from caigou.search.ports import Query
from caigou.search.scoring import ALL_TERMS, BIGRAM, TIE

#: So many goods are plenty: more than two pages.
PLENTY = 60
#: Fast-field value of a quantity or price that no engine number may exceed.
LARGEST = 2**62


#: Score and address of goods.
Hits = list[tuple[float, tantivy.DocAddress]]


def _key(asked: Asked) -> tuple[str, ...]:
    return tuple(term.token.text for term in (*asked.required, *asked.optional))


class Builder:
    """Builds the queries of searches over one commit; those for a word are kept, words come again and again."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, ranks: int) -> None:
        self._schema, self._searcher = schema, searcher
        #: How many price steps any product has.
        self.ranks = ranks
        self._terms: Memory[tantivy.Query] = Memory()
        self._plenty: Memory[bool] = Memory()

    # --- words --------------------------------------------------------------------------------------------------
    def _all(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Must, one) for one in queries])

    def _boosted(self, words: Sequence[str], boost: float) -> tantivy.Query:
        found = [tantivy.Query.term_query(self._schema, "words", word, index_option="freq") for word in words]
        return tantivy.Query.boost_query(self._all(found), boost)

    def ways(self, term: Term) -> list[tuple[tuple[str, ...], tantivy.Query]]:
        """Return each way to meet ``term``: its words and the query for it."""
        found = [(way.words, self._boosted(way.words, way.weight)) for way in term.ways]
        if term.token.is_han and not term.plain and len(term.token.text) > 2:
            pairs = tuple(dict.fromkeys(bigrams(term.token.text)))
            found.append((pairs, self._boosted(pairs, BIGRAM)))
        return found

    def term(self, term: Term) -> tantivy.Query:
        """Match one word of the query in any of its ways; the best way counts, the others a part."""
        return self._terms.answer(term, lambda: self._anyhow(term))

    def _anyhow(self, term: Term) -> tantivy.Query:
        ways = [query for _words, query in self.ways(term)]
        return ways[0] if len(ways) == 1 else tantivy.Query.disjunction_max_query(ways, TIE)

    def planned(self, asked: Asked) -> Asked:
        """Return what is searched for: where plenty of goods say it as it was written, nobody looks further.

        They are found by its translations as well, for what a title means in the other language is indexed with it; the
        other ways to say a word cost twice as much and count the same goods double.
        """
        written = asked.as_written()
        has_plenty = self._plenty.answer(
            _key(asked), lambda: self._may_have_plenty(written) and len(self._hits(written, PLENTY)) >= PLENTY
        )
        return written if has_plenty else asked

    def _may_have_plenty(self, asked: Asked) -> bool:
        """Whether plenty of goods would have the words if each stood anywhere by chance: looking costs more."""
        every = max(1, self._searcher.num_docs)
        shares = [self._searcher.doc_freq("words", term.token.key) / every for term in asked.required]
        return every * prod(sorted(shares, reverse=True)[: asked.needed]) >= PLENTY

    def first(self, asked: Asked, limit: int) -> Hits:
        """Return the best goods for ``asked`` as it is planned, ``limit`` at most, as (score, address)."""
        key = _key(asked)
        if key not in self._plenty:
            written = asked.as_written()
            hits = self._hits(written, max(limit, PLENTY)) if self._may_have_plenty(written) else []
            if self._plenty.answer(key, lambda: len(hits) >= PLENTY):
                return hits[:limit]
        return self._hits(self.planned(asked), limit)

    def _hits(self, asked: Asked, limit: int) -> Hits:
        found = self._searcher.search(self.words(asked), limit=limit, count=False, weight_by_field="quality")
        return found.hits

    def words(self, asked: Asked, least: int | None = None) -> tantivy.Query:
        """Match two thirds of the required words, or ``least`` of them: what is found, and in which order."""
        if not asked.required:
            return tantivy.Query.empty_query()
        required = [self.term(term) for term in asked.required]
        every, helping = self._all(required), [self.term(term) for term in asked.optional]
        found, needed = every, min(least or asked.needed, len(required))
        if needed < len(required):
            some = [(Occur.Should, one) for one in required]
            found = tantivy.Query.boolean_query(some, minimum_number_should_match=needed)
            helping.append(tantivy.Query.const_score_query(every, ALL_TERMS))
        if not helping:
            return found
        return tantivy.Query.boolean_query([(Occur.Must, found), *((Occur.Should, one) for one in helping)])

    # --- filters ------------------------------------------------------------------------------------------------
    def _between(self, field: str, low: int | None, high: int | None) -> tantivy.Query:
        return tantivy.Query.range_query(
            self._schema,
            field,
            FieldType.Unsigned,
            lower_bound=None if low is None else max(0, min(low, LARGEST)),
            upper_bound=None if high is None else max(0, min(high, LARGEST)),
        )

    def _any(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        return (
            queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])
        )

    def _keyword(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, index_option="basic")

    def verified(self, today: date) -> tantivy.Query:
        """Goods of suppliers whose qualification still counts today."""
        return self._between("verified_until", today.toordinal(), None)

    def _qualified(self, values: frozenset[str], today: date) -> tantivy.Query:
        found = [
            self._all([self._keyword("qualification", value), self.verified(today)]) for value in values - {"none"}
        ]
        if "none" in values:
            found.append(self._keyword("qualification", "none"))
            found.append(self._between("verified_until", None, today.toordinal() - 1))
        return self._any(found)

    def at_quantity(self, rank: int, quantity: int) -> tantivy.Query:
        """Goods whose price at ``quantity`` is that of step ``rank``: each product has exactly one such rank."""
        reached = [(Occur.Must, self._between(f"from_{rank}", None, quantity))]
        if rank + 1 < self.ranks:
            reached.append((Occur.MustNot, self._between(f"from_{rank + 1}", None, quantity)))
        return tantivy.Query.boolean_query(reached)

    def _price(self, query: Query) -> tantivy.Query:
        low, high = query.price_min, query.price_max
        if low is None and high is None:
            return self._between("price", 0, None)
        if query.quantity is None:
            return self._between("price", low, high)
        # What is too dear or too cheap is left out: an engine seeks in that, but reads a choice of ranges to the end.
        wrong = [
            self._all([self.at_quantity(rank, query.quantity), outside])
            for rank in range(self.ranks)
            for outside in self._outside(f"price_{rank}", low, high)
        ]
        stated = self._between("price", 0, None)
        return tantivy.Query.boolean_query([(Occur.Must, stated), *((Occur.MustNot, one) for one in wrong)])

    def _outside(self, field: str, low: int | None, high: int | None) -> list[tantivy.Query]:
        found = []
        if low is not None and low > 0:
            found.append(self._between(field, None, low - 1))
        if high is not None and high < LARGEST:
            found.append(self._between(field, max(high, -1) + 1, None))
        return found

    def filters(self, query: Query, today: date, *, but: str = "") -> list[tantivy.Query]:
        """Return the filters of ``query``, without the one that a facet named ``but`` leaves open."""
        found = self._keywords(query)
        for name, low, high in (
            ("moq", None, query.moq_max),
            ("lead", None, query.lead_max),
            ("rating", query.rating_min, None),
        ):
            if (low, high) != (None, None):
                found[name] = self._between(name, low, high)
        if query.qualifications:
            found["qualification"] = self._qualified(query.qualifications, today)
        if query.asks_price:
            found["currency"] = self._keyword("currency", query.currency)
            found["price"] = self._price(query)
        left_out = {"currency", "price"} if but == "currency" else {but}
        return [one for name, one in found.items() if name not in left_out]

    def _keywords(self, query: Query) -> dict[str, tantivy.Query]:
        found = {
            name: self._any([self._keyword(name, value) for value in sorted(values)])
            for name, values in (
                ("country", query.countries),
                ("province", query.provinces),
                ("city", query.cities),
                ("kind", query.kinds),
                ("category", query.categories),
            )
            if values
        }
        offered = ((SAMPLE, query.sample), (OWN_LOGO, query.own_logo))
        return found | {name: self._keyword("has", name) for name, wanted in offered if wanted}

    def whole(self, words: tantivy.Query, filters: Sequence[tantivy.Query]) -> tantivy.Query:
        """Join words and filters; filters never change the score."""
        if not filters:
            return words
        silent = [(Occur.Must, tantivy.Query.const_score_query(one, 0.0)) for one in filters]
        return tantivy.Query.boolean_query([(Occur.Must, words), *silent])
