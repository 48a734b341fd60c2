"""Goods are filtered, counted and put in order in columns: as a plain reading of the documents says it."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from caigou.adapters.tantivy_index.index import TantivyIndex
from caigou.adapters.tantivy_index.postings import _name
from caigou.adapters.tantivy_index.searching import Commit
from caigou.adapters.tantivy_index.values import NAME
from caigou.search.analysis import understand
from caigou.search.ports import (
    LEAD_BUCKETS,
    MOQ_BUCKETS,
    RATING_BUCKETS,
    Document,
    IndexNotReady,
    Query,
    Sort,
    Step,
)

TODAY = date(2026, 11, 22)
#: Goods that were deleted.
GONE = (3, 4, 5)
WORDS = ("red", "blue", "ceramic", "mug", "lamp", "纯棉", "毛巾", "竹")
SORTS: tuple[Sort, ...] = ("relevance", "price", "moq", "lead", "newest", "rating")


def goods(dice: random.Random, count: int) -> Iterator[Document]:
    for number in range(1, count + 1):
        moq = dice.choice((1, 2, 10, 50, 51, 500, 6_000))
        steps = [Step(moq * times, dice.randint(1, 400)) for times in (1, 5, 20)][: dice.randint(0, 3)]
        yield Document(
            id=number,
            title_en=" ".join(dice.sample(WORDS, 3)),
            kind=dice.choice(("factory", "trader", "")),
            qualification=dice.choice(("none", "licence_checked", "verified_factory")),
            verified_until=dice.choice((None, TODAY, TODAY - timedelta(1), TODAY + timedelta(9))),
            country=dice.choice(("CN", "GB", "")),
            province=dice.choice(("Zhejiang", "Fujian", "Hebei", "")),
            city=dice.choice(("Yiwu", "Jinhua", "")),
            categories=dice.choice(((), ("home",), ("home", "mugs"), ("home", "mugs", "tall"), ("toys",))),
            sample=dice.random() < 0.4,
            own_logo=dice.random() < 0.4,
            lead_days=dice.choice((None, 0, 3, 4, 15, 90)),
            rating=dice.choice((None, 0, 39, 40, 45, 50)),
            moq=moq,
            currency=dice.choice(("CNY", "USD")),
            steps=steps,
            quality=number * 37 % 161 / 161,  # no two alike, so that every order is one
        )


def question(dice: random.Random) -> Query:
    def some(*values: str) -> frozenset[str]:
        return frozenset(dice.sample(values, dice.randint(1, 2)))

    filters: dict[str, Any] = {
        "moq_max": dice.choice((1, 10, 37, 500, 2**50)),
        "lead_max": dice.choice((0, 3, 5, 60)),
        "rating_min": dice.choice((1, 40, 44, 50, 60)),
        "price_min": dice.randint(0, 300),
        "price_max": dice.randint(0, 300),
        "countries": some("CN", "GB", "nowhere"),
        "provinces": some("Zhejiang", "Fujian", "nowhere"),
        "cities": some("Yiwu", "Jinhua"),
        "qualifications": some("none", "licence_checked", "verified_factory"),
        "kinds": some("factory", "trader"),
        "categories": some("home", "mugs", "tall", "toys", "nothing"),
        "sample": True,
        "own_logo": True,
    }
    chosen = dice.sample(sorted(filters), dice.choice((0, 1, 1, 2, 3, 5)))
    return Query(
        text=" ".join(dice.sample(WORDS, dice.choice((0, 1, 1, 2)))),
        quantity=dice.choice((None, 1, 10, 60, 1_000)),
        sort=dice.choice(SORTS),
        page=dice.choice((1, 1, 2)),
        size=dice.choice((3, 20)),
        today=TODAY,
        **{name: filters[name] for name in chosen},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = list(goods(random.Random(7), 160))
    folder = tmp_path_factory.mktemp("narrowing") / "index"
    index = TantivyIndex(folder)
    index.rebuild(made[:100])
    index.write(made[100:], gone=GONE)  # a second part, and words that the first has not
    return folder


# --- a plain reading ------------------------------------------------------------------------------------------------
def price_of(one: Document, query: Query) -> int | None:
    reached = [step.minor for step in one.steps if step.from_quantity <= max(query.quantity or 0, one.moq)]
    return reached[-1] if reached else None


def passes_of(query: Query) -> dict[str, Callable[[Document], bool]]:
    """Return the filters that are set, by the facet that leaves them out."""

    def at_price(one: Document) -> bool:
        price = price_of(one, query)
        low, high = query.price_min or 0, 10**9 if query.price_max is None else query.price_max
        return one.currency == query.currency and price is not None and low <= price <= high

    found: dict[str, tuple[object, Callable[[Document], bool]]] = {
        "moq": (query.moq_max, lambda one: one.moq <= (query.moq_max or 0)),
        "lead": (query.lead_max, lambda one: one.lead_days is not None and one.lead_days <= (query.lead_max or 0)),
        "rating": (query.rating_min, lambda one: one.rating is not None and one.rating >= (query.rating_min or 0)),
        "country": (query.countries or None, lambda one: one.country in query.countries),
        "province": (query.provinces or None, lambda one: one.province in query.provinces),
        "city": (query.cities or None, lambda one: one.city in query.cities),
        "qualification": (query.qualifications or None, lambda one: qualification(one) in query.qualifications),
        "kind": (query.kinds or None, lambda one: one.kind in query.kinds),
        "category": (query.categories or None, lambda one: not query.categories.isdisjoint(one.categories)),
        "sample": (query.sample or None, lambda one: one.sample),
        "own_logo": (query.own_logo or None, lambda one: one.own_logo),
        "currency": (query.asks_price or None, at_price),
    }
    return {name: passes for name, (value, passes) in found.items() if value is not None}


def qualification(one: Document) -> str:
    return one.qualification if one.verified_until and one.verified_until >= TODAY else "none"


def up_to(usual: tuple[int, ...], limit: int | None) -> list[int]:
    return sorted({*usual, *(() if limit is None else (min(limit, 2**40 - 1),))})


def values_of(facet: str, query: Query, one: Document) -> list[str]:
    """Return the values of a facet under which a product is counted."""
    if facet == "moq":
        return [str(limit) for limit in up_to(MOQ_BUCKETS, query.moq_max) if one.moq <= limit]
    if facet == "lead":
        days = one.lead_days
        return [str(limit) for limit in up_to(LEAD_BUCKETS, query.lead_max) if days is not None and days <= limit]
    if facet == "rating":
        rating = one.rating
        return [str(low) for low in up_to(RATING_BUCKETS, query.rating_min) if rating is not None and rating >= low]
    if facet in {"sample", "own_logo"}:
        return ["yes"] if getattr(one, facet) else []
    if facet == "category":
        return list(one.categories)
    value = qualification(one) if facet == "qualification" else str(getattr(one, facet))
    return [value] if value else []


def order_of(query: Query, scores: dict[int, float]) -> Callable[[Document], tuple[float, ...]]:
    """Return what goods are ordered by; equal ones stand in no order."""
    orders: dict[str, Callable[[Document], tuple[float, ...]]] = {
        "price": lambda one: (price_of(one, query) or 0, one.id),
        "moq": lambda one: (one.moq,),
        "lead": lambda one: (9_999 if one.lead_days is None else one.lead_days,),
        "newest": lambda _one: (0,),
        "rating": lambda one: (-(one.rating or 0), -one.quality),
    }
    by_words: Callable[[Document], tuple[float, ...]] = lambda one: (-scores[one.id],)  # noqa: E731
    return orders.get(query.sort, by_words if query.text else lambda one: (-one.quality,))


def scores_of(commit: Commit, text: str) -> dict[int, float]:
    """Return what the engine itself scores for all words at once."""
    words = commit.build.words(commit.postings.planned(understand(text)))
    hits = commit.searcher.search(words, limit=500, weight_by_field="quality").hits
    ids = commit.searcher.fast_field_values("id", [address for _score, address in hits])
    return {int(pk or 0): score for pk, (score, _address) in zip(ids, hits, strict=True)}


def test_goods_are_filtered_counted_and_ordered_as_a_plain_reading_says(folder: Path) -> None:
    made = {document.id: document for document in goods(random.Random(7), 160) if document.id not in GONE}
    index = TantivyIndex(folder)
    commit = index._commit()
    dice, many = random.Random(11), 0
    for query in [question(dice) for _ in range(250)]:
        scores = scores_of(commit, query.text) if query.text else {}
        found = [one for one in made.values() if all(word in one.title_en.split() for word in query.text.split())]
        assert not query.text or {one.id for one in found} == set(scores), query
        tests, hits = passes_of(query), index.search(query)
        right = [one for one in found if all(passes(one) for passes in tests.values())]
        assert hits.total == len(right), query
        order = order_of(query, scores)
        page = sorted(map(order, right))[query.offset : query.offset + query.size]
        assert [order(made[pk]) for pk in hits.ids] == [pytest.approx(one, rel=1e-4) for one in page], query
        for facet, counts in hits.facets.items():
            others = [passes for name, passes in tests.items() if name != facet]
            seen = [one for one in found if all(passes(one) for passes in others)]
            assert counts == Counter(value for one in seen for value in values_of(facet, query, one)), (facet, query)
        many += hits.total > 0
    assert many > 100


@pytest.mark.slow
def test_an_index_that_was_searched_before_it_changed_answers_as_one_opened_after(tmp_path: Path) -> None:
    dice = random.Random(3)
    made = list(goods(dice, 1_500))
    old = TantivyIndex(tmp_path / "index")
    old.rebuild(made)
    asked = [replace(question(dice), sort=sort, least=least) for sort in SORTS[1:] for least in (None, 1)]
    for step in range(6):
        for query in asked:
            old.search(query)
        first = step * 20
        changed = [replace(one, title_en=f"{one.title_en} lamp", moq=7) for one in made[first : first + 8]]
        old.write(changed, gone=[one.id for one in made[first + 8 : first + 12]])
        for query in asked:
            now, then = TantivyIndex(tmp_path / "index").search(query), old.search(query)
            assert (now.total, now.facets) == (then.total, then.facets), (step, query)
            assert query.sort not in {"price", "rating"} or now.ids == then.ids, (step, query)
    assert old._commit().shelf.get(_name(understand("lamp").required[0])) is not None


def test_a_damaged_list_of_words_is_damage_of_the_index(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    index.rebuild(goods(random.Random(1), 5))
    (values,) = tmp_path.rglob(NAME)
    values.write_text(json.dumps({"not": "a list"})[:7])
    with pytest.raises(IndexNotReady):
        TantivyIndex(tmp_path / "index").search(Query(text="mug"))
    assert not TantivyIndex(tmp_path / "index").is_ready()
