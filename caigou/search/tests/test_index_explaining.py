"""Every search engine keeps the contract of ``caigou.search.ports.Index``: why a product is found, or not."""

from __future__ import annotations

from typing import Any

import pytest

from caigou.search.ports import Explanation, Index, Query
from caigou.search.tests.engines import HOLDER, LANTERN, LUNCH_BOX, MUG, TODAY, found


def explained(index: Index, text: str, product: int, **asked: Any) -> Explanation:
    return index.explain(Query(text=text, today=TODAY, **asked), product)


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("mug", MUG),
        ("stoneware mug wholesale", MUG),
        ("white hanging heart", HOLDER),
        ("white hanging zeppelin", HOLDER),
        ("陶瓷馬克杯", MUG),
        ("stainless steel lunch box", LUNCH_BOX),
    ],
)
def test_the_contributions_add_up_to_the_score(shelf: Index, text: str, product: int) -> None:
    told = explained(shelf, text, product)
    assert told.held
    assert told.matched
    assert told.score > 0
    assert sum(one.score for one in told.contributions) * told.factor == pytest.approx(told.score, rel=1e-3)
    assert [one for one in told.contributions if one.kind == "word"]


def test_an_explanation_names_the_words_and_what_meets_them(shelf: Index) -> None:
    told = explained(shelf, "white hanging zeppelin", HOLDER)
    words = {one.word: one for one in told.contributions if one.kind == "word"}
    assert list(words) == ["white", "hanging", "zeppelin"]
    assert words["zeppelin"].score == 0
    assert words["zeppelin"].ways == ()
    assert words["white"].ways[0].score > 0
    assert not [one for one in told.contributions if one.kind == "all" and one.score]
    whole = explained(shelf, "white hanging heart", HOLDER)
    assert [one.score > 0 for one in whole.contributions if one.kind == "all"] == [True]


def test_the_explained_rank_is_the_place_on_the_page(shelf: Index) -> None:
    for sort in ("relevance", "price", "moq"):
        for text in ("", "white", "杯"):
            shown = found(shelf, text, sort=sort, quantity=50)
            for place, product in enumerate(shown, start=1):
                told = explained(shelf, text, product, sort=sort, quantity=50)
                assert (told.rank, told.total) == (place, len(shown))


def test_scores_explained_fall_along_the_page(shelf: Index) -> None:
    scores = [explained(shelf, "white holder", product).score for product in found(shelf, "white holder")]
    assert scores == sorted(scores, reverse=True)


def test_an_explanation_says_which_filters_a_product_fails(shelf: Index) -> None:
    told = explained(shelf, "mug", MUG, moq_max=100, kinds=frozenset({"factory"}), provinces=frozenset({"Zhejiang"}))
    assert dict(told.filters) == {"moq_max": False, "kinds": True, "provinces": False}
    assert (told.matched, told.rank) == (True, None)
    told = explained(shelf, "mug", MUG, price_min=1, price_max=100, sample=True)
    assert dict(told.filters) == {"currency": True, "price": False, "sample": False}
    assert explained(shelf, "mug", LANTERN, price_max=900).filters["currency"] is False


def test_what_is_not_found_or_not_held_is_explained_too(shelf: Index) -> None:
    told = explained(shelf, "hanging zeppelin", HOLDER)
    assert (told.held, told.matched, told.rank) == (True, False, None)
    assert explained(shelf, "mug", 12345) == Explanation()
    assert explained(shelf, "😀", MUG).matched is False
    browsing = explained(shelf, "", MUG)
    assert (browsing.matched, browsing.rank, browsing.contributions) == (True, 1, ())
