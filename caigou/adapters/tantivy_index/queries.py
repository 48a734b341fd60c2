"""From what a person looks for to tantivy's queries. They are built from our own words, never by a query parser, so no
sign that a person types has a meaning of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import tantivy
from tantivy import FieldType, Occur

from caigou.adapters.tantivy_index.memory import Memory
from caigou.adapters.tantivy_index.schema import OWN_LOGO, SAMPLE, TEXT_FIELDS
from caigou.search.analysis import Asked, Term, Way, bigrams
from caigou.search.ports import Query
from caigou.search.text import has_han

#: How much a word counts by where it stands (docs/search.md).
NAMED, RAW, BIGRAM, UNIGRAM = 0.45, 0.3, 0.4, 0.1
TIE, PHRASE, ALL_TERMS = 0.6, 0.3, 8.0
#: What is found at all scores this much: goods that only their description names come last, the better known first.
FOUND = 0.1
#: Fast-field value of a quantity or price that no engine number may exceed.
LARGEST = 2**62


class Builder:
    """Builds the queries of searches over one commit; those for a word are kept, words come again and again."""

    def __init__(self, schema: tantivy.Schema, ranks: int) -> None:
        self._schema = schema
        #: How many price steps any product has.
        self.ranks = ranks
        self._terms: Memory[tantivy.Query] = Memory()

    # --- words --------------------------------------------------------------------------------------------------
    def _word(self, field: str, word: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, word, index_option=TEXT_FIELDS[field])

    def _all(self, queries: Sequence[tantivy.Query]) -> tantivy.Query:
        return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Must, one) for one in queries])

    def _boosted(self, words: Sequence[tuple[str, str]], boost: float) -> tantivy.Query:
        return tantivy.Query.boost_query(self._all([self._word(field, word) for field, word in words]), boost)

    def _way(self, way: Way) -> list[tantivy.Query]:
        title = [("zh_word" if has_han(word) else "en_stem", word) for word in way.words]
        named = [("named", word) for word in way.words]
        return [self._boosted(title, way.weight), self._boosted(named, way.weight * NAMED)]

    def term(self, term: Term) -> tantivy.Query:
        """Match one word of the query in any of its ways; the best way counts, the others a part."""
        return self._terms.answer(term, lambda: self._scored(term))

    def _scored(self, term: Term) -> tantivy.Query:
        found = [query for way in term.ways for query in self._way(way)]
        text = term.token.text
        if not term.token.is_han:
            found.append(self._boosted([("en_raw", text)], RAW))
        else:
            if pairs := bigrams(text):
                found.append(self._boosted([("zh_bi", pair) for pair in dict.fromkeys(pairs)], BIGRAM))
            found.append(self._boosted([("zh_uni", character) for character in dict.fromkeys(text)], UNIGRAM))
        return tantivy.Query.disjunction_max_query(found, TIE)

    def _met(self, term: Term, field: str) -> tantivy.Query:
        """Match one word of the query in any of its ways in a field that has the words of others; no score."""
        return self._terms.answer((field, term), lambda: self._anyhow(term, field))

    def _anyhow(self, term: Term, field: str) -> tantivy.Query:
        ways = [self._all([self._word(field, word) for word in way.words]) for way in term.ways]
        text = term.token.text
        if term.token.is_han:  # whose pairs stand somewhere, its characters stand there too
            ways.append(self._all([self._word("zh_uni", character) for character in dict.fromkeys(text)]))
        return self._any(ways)

    def matching(self, asked: Asked) -> tantivy.Query:
        """Match two thirds of the required words: what is found, whatever its order. A few short lists, no scores."""
        if not asked.required:
            return tantivy.Query.empty_query()
        required = [self._met(term, "any") for term in asked.required]
        if len(required) == 1:
            return required[0]
        return tantivy.Query.boolean_query(
            [(Occur.Should, query) for query in required], minimum_number_should_match=asked.needed
        )

    def words(self, asked: Asked, found: tantivy.Query) -> tantivy.Query:
        """Match ``found``, which is ``matching``; where and how a word stands, and neighbours, make the score."""
        score = [self.term(term) for term in (*asked.required, *asked.optional)]
        if asked.required:
            every = self._all([self._met(term, "named") for term in asked.required])
            score.append(tantivy.Query.const_score_query(every, ALL_TERMS))
        score += [
            tantivy.Query.boost_query(tantivy.Query.phrase_query(self._schema, "en_stem", list(pair)), PHRASE)
            for pair in asked.phrases
        ]
        score += [self._boosted([("zh_bi", pair)], BIGRAM) for pair in asked.bigrams]
        flat = tantivy.Query.const_score_query(found, FOUND)
        return tantivy.Query.boolean_query([(Occur.Must, flat), *((Occur.Should, query) for query in score)])

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
        until = tantivy.Query.range_query(
            self._schema, f"until_{rank}", FieldType.Unsigned, lower_bound=min(quantity, LARGEST), include_lower=False
        )
        return self._all([self._between(f"from_{rank}", None, quantity), until])

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
