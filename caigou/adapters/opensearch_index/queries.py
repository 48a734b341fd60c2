"""From what a person looks for to OpenSearch's queries. They are built from our own words, never by a query parser, so
no sign that a person types has a meaning of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from caigou.adapters.opensearch_index.schema import LARGEST, OWN_LOGO, SAMPLE
from caigou.search.analysis import Asked, Term, bigrams
from caigou.search.ports import Query
from caigou.search.scoring import ALL_TERMS, BIGRAM, FACTOR, TIE

Clause = dict[str, Any]

NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}


def _all(clauses: Sequence[Clause], boost: float = 1.0) -> Clause:
    return {"bool": {"must": list(clauses), "boost": boost}}


# --- words ------------------------------------------------------------------------------------------------------------
def _way(words: Sequence[str], boost: float) -> Clause:
    if len(words) == 1:
        return {"term": {"words": {"value": words[0], "boost": boost}}}
    return _all([{"term": {"words": {"value": word}}} for word in words], boost)


def ways(term: Term) -> list[tuple[tuple[str, ...], Clause]]:
    """Return each way to meet ``term``: its words and the query for it."""
    found = [(way.words, _way(way.words, way.weight)) for way in term.ways]
    if term.token.is_han and len(term.token.text) > 2:
        pairs = tuple(dict.fromkeys(bigrams(term.token.text)))
        found.append((pairs, _way(pairs, BIGRAM)))
    return found


def term_query(term: Term) -> Clause:
    """Match one word of the query in any of its ways; the best way counts, the others a part."""
    found = [query for _words, query in ways(term)]
    return found[0] if len(found) == 1 else {"dis_max": {"queries": found, "tie_breaker": TIE}}


def _named(clause: Clause, name: str) -> Clause:
    """Return the query under a name that each hit which meets it will bear."""
    [(kind, told)] = clause.items()
    return {kind: {"words": {**told["words"], "_name": name}}} if kind == "term" else {kind: {**told, "_name": name}}


def bonus(major: int) -> float:
    """Return what having all words adds: since version 3, OpenSearch's BM25 lacks the factor k₁ + 1."""
    return ALL_TERMS / FACTOR if major >= 3 else ALL_TERMS


def words(asked: Asked, least: int | None, major: int) -> Clause:
    """Match two thirds of the required words, or ``least`` of them: what is found, and in which order.

    A hit bears the places of the required words that it meets as names.
    """
    if not asked.required:
        return NOTHING
    required = [_named(term_query(term), str(place)) for place, term in enumerate(asked.required)]
    helping = [term_query(term) for term in asked.optional]
    needed = min(least or asked.needed, len(required))
    found = _all(required)
    if needed < len(required):
        every = _all([term_query(term) for term in asked.required])
        helping.append({"constant_score": {"filter": every, "boost": bonus(major)}})
        found = {"bool": {"should": required, "minimum_should_match": needed}}
    return {"bool": {"must": [found], "should": helping}} if helping else found


def weighed(found: Clause) -> Clause:
    """Multiply the score by ln(2 + quality), which orders as log₂ does."""
    return {
        "function_score": {
            "query": found,
            "field_value_factor": {"field": "quality", "modifier": "ln2p", "missing": 0},
            "boost_mode": "multiply",
        }
    }


# --- filters ----------------------------------------------------------------------------------------------------------
def between(field: str, low: int | None, high: int | None) -> Clause:
    """Match numbers from ``low`` to ``high``, both inclusive; None is open."""
    limits = {"gte": low, "lte": high}
    return {"range": {field: {sign: max(0, min(at, LARGEST)) for sign, at in limits.items() if at is not None}}}


def verified(today: date) -> Clause:
    """Match goods of suppliers whose qualification still counts today."""
    return between("verified_until", today.toordinal(), None)


def _qualified(values: frozenset[str], today: date) -> Clause:
    found: list[Clause] = []
    if stated := sorted(values - {"none"}):
        found.append({"bool": {"filter": [{"terms": {"qualification": stated}}, verified(today)]}})
    if "none" in values:
        found += [{"term": {"qualification": "none"}}, between("verified_until", None, today.toordinal() - 1)]
    return {"bool": {"should": found, "minimum_should_match": 1}}


def at_quantity(quantity: int) -> list[Clause]:
    """Match the one step of a ladder that holds at ``quantity``."""
    until = {"range": {"steps.until": {"gt": min(quantity, LARGEST)}}}
    return [between("steps.from", None, quantity), until]


def price(query: Query) -> Clause:
    """Match goods with a price between the limits, inclusive, at the quantity or at the MOQ."""
    low, high = query.price_min, query.price_max
    if low is None and high is None:
        return between("price", 0, None)
    if query.quantity is None:
        return between("price", low, high)
    step = [*at_quantity(query.quantity), between("steps.price", low, high)]
    return {"nested": {"path": "steps", "query": {"bool": {"filter": step}}}}


def filters(query: Query, today: date) -> dict[str, Clause]:
    """Return each filter of ``query`` under the name of the facet that is counted without it; others by their own."""
    found: dict[str, Clause] = {
        name: {"terms": {name: sorted(values)}}
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
    found |= {name: {"term": {"has": name}} for name, wanted in offered if wanted}
    for name, low, high in (
        ("moq", None, query.moq_max),
        ("lead", None, query.lead_max),
        ("rating", query.rating_min, None),
    ):
        if (low, high) != (None, None):
            found[name] = between(name, low, high)
    if query.qualifications:
        found["qualification"] = _qualified(query.qualifications, today)
    if query.asks_price:
        found["currency"] = {"bool": {"filter": [{"term": {"currency": query.currency}}, price(query)]}}
    return found
