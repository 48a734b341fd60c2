"""From what a person looks for to tantivy's queries. They are built from our own words, never by a query parser, so no
sign that a person types has a meaning of its own."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy
from tantivy import Occur

from caigou.search.analysis import Asked, Term, bigrams
from caigou.search.scoring import ALL_TERMS, BIGRAM, TIE


class Builder:
    """Builds the queries for words, alone and together."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self.schema = schema

    def _all(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Must, one) for one in queries])

    def _boosted(self, words: Sequence[str], boost: float) -> tantivy.Query:
        found = [tantivy.Query.term_query(self.schema, "words", word, index_option="freq") for word in words]
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
        ways = [query for _words, query in self.ways(term)]
        return ways[0] if len(ways) == 1 else tantivy.Query.disjunction_max_query(ways, TIE)

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
