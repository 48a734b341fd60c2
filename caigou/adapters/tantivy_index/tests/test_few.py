"""Few goods are filtered, counted and put in order here, many by the engine: nobody may see a difference."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from caigou.adapters.tantivy_index.index import TantivyIndex
from caigou.adapters.tantivy_index.values import NAME
from caigou.search.ports import Document, IndexNotReady, Query, Sort, Step

TODAY = date(2026, 11, 22)
WORDS = ("red", "blue", "ceramic", "mug", "lamp", "纯棉", "毛巾", "竹")
#: Orders that leave goods equal, and what they order by.
TIES: dict[str, Callable[[Document], object]] = {
    "moq": lambda one: one.moq,
    "lead": lambda one: one.lead_days,
    "newest": lambda one: one.updated_at,
    "rating": lambda one: one.rating or 0,
}
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
    dice = random.Random(7)
    made = list(goods(dice, 160))
    folder = tmp_path_factory.mktemp("few") / "index"
    index = TantivyIndex(folder)
    index.rebuild(made[:100])
    index.write(made[100:], gone=[3, 4, 5])  # a second segment, and words that the first has not
    return folder


def test_few_goods_and_many_are_answered_alike(folder: Path) -> None:
    made = {document.id: document for document in goods(random.Random(7), 160)}
    here, engine = TantivyIndex(folder, few=500), TantivyIndex(folder, few=0)
    dice = random.Random(11)
    asked = [question(dice) for _ in range(250)]
    for query in asked:
        one, other = here.search(query), engine.search(query)
        assert one.total == other.total, query
        for name in other.facets:
            assert one.facets[name] == other.facets[name], (name, query)
        if query.sort in TIES:  # equal ones stand in no order
            assert [TIES[query.sort](made[pk]) for pk in one.ids] == [TIES[query.sort](made[pk]) for pk in other.ids]
        else:
            assert one.ids == other.ids, query
    assert sum(here.search(query).total > 0 for query in asked) > 100


def test_a_text_that_finds_many_is_answered_by_the_engine(folder: Path) -> None:
    index = TantivyIndex(folder, few=10)
    whole = TantivyIndex(folder, few=0)
    for query in (Query(text="mug", today=TODAY), Query(text="mug", moq_max=10, today=TODAY)):
        assert replace(index.search(query)) == whole.search(query)
        assert index.search(query).total > 10 or query.moq_max


def test_a_damaged_list_of_words_is_damage_of_the_index(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    index.rebuild(goods(random.Random(1), 5))
    (values,) = tmp_path.rglob(NAME)
    values.write_text(json.dumps({"not": "a list"})[:7])
    with pytest.raises(IndexNotReady):
        TantivyIndex(tmp_path / "index").search(Query(text="mug"))
    assert not TantivyIndex(tmp_path / "index").is_ready()
