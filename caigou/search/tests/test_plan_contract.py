"""What every search engine must keep so that search can mend a misspelt word and relax a query that finds nothing."""

from __future__ import annotations

import pytest

from caigou.search.ports import Document, Index, IndexNotReady, Query
from caigou.search.tests.engines import CAKE_STAND, HOLDER, LANTERN, MUG, TODAY


def asked(text: str, least: int | None = None) -> Query:
    return Query(text=text, today=TODAY, least=least)


def test_an_answer_names_the_words_that_no_product_has(index: Index) -> None:
    for text, unknown in (
        ("white lantren", ("lantren",)),
        ("Lantrens  zeppelin", ("lantrens", "zeppelin")),
        ("white lantern", ()),
        ("mug wholesale", ()),
        ("bento", ()),
        ("灯笼", ()),
        ("", ()),
        ("???", ()),
    ):
        assert index.search(asked(text)).unknown == unknown, text


def test_a_word_is_unknown_whatever_the_filters_and_known_once_a_product_has_it(index: Index) -> None:
    filtered = Query(text="lantern zeppelin", kinds=frozenset({"factory"}), today=TODAY)
    assert index.search(filtered).unknown == ("zeppelin",)
    index.write([Document(id=99, title_en="Zeppelin")])
    assert index.search(filtered).unknown == ()


def test_an_index_says_which_words_it_has(index: Index) -> None:
    assert index.known(["lantern", "zeppelin", "灯笼", "饭盒", "飞艇", "", "*", "lan*"]) == {"lantern", "灯笼", "饭盒"}
    assert index.known([]) == frozenset()


def test_an_index_that_is_not_there_knows_no_word_and_says_so(empty: Index) -> None:
    with pytest.raises(IndexNotReady):
        empty.known(["lantern"])


def test_a_query_may_ask_for_fewer_of_its_words(index: Index) -> None:
    text = "white cakestand zeppelin airship"
    assert index.search(asked(text)).ids == ()
    assert set(index.search(asked(text, least=1)).ids) == {LANTERN, HOLDER, CAKE_STAND}
    assert index.search(asked(text, least=2)).ids == ()


def test_of_fewer_words_more_are_better_and_counts_are_of_what_is_found(index: Index) -> None:
    hits = index.search(asked("white metal zeppelin airship", least=1))
    assert hits.ids == (LANTERN, HOLDER)
    assert (hits.total, hits.facets["kind"]) == (2, {"trader": 2})
    assert index.search(asked("mug", least=5)).ids == (MUG,)


def test_a_number_alone_finds_a_size_behind_one_that_is_that_number(index: Index) -> None:
    index.write([Document(id=98, title_en="Screen door 36in"), Document(id=99, title_en="Screen door 36")])
    assert index.search(asked("screen door 36")).ids == (99, 98)
    assert index.search(asked("screen door 36 inch")).ids[:1] == (98,)


@pytest.mark.parametrize("text", ["20x25x1 filter", "air filter 20 x 25 x 1", "20 in x 25 in x 1 in filter"])
def test_a_size_is_found_however_its_numbers_are_written(index: Index, text: str) -> None:
    index.write(
        [
            Document(id=97, title_en="Air filter 20 in. x 20 in. x 1 in."),
            Document(id=98, title_en="Air filter 20 in. x 25 in. x 1 in."),
            Document(id=99, title_zh="空气过滤器 20*25*1英寸", title_en="Air filter"),
        ]
    )
    assert {*index.search(asked(text)).ids[:2]} == {98, 99}
    assert not index.search(asked(text)).unknown


def test_half_an_inch_is_neither_one_nor_two(index: Index) -> None:
    index.write([Document(id=97, title_en="Hex bit 1 in. 2 pieces"), Document(id=98, title_en="Hex bit 1/2 in.")])
    assert index.search(asked("1/2 hex bit")).ids[:1] == (98,)


def test_an_english_word_itself_is_better_than_one_that_means_the_same(index: Index) -> None:
    index.write([Document(id=99, title_en="Wallet"), Document(id=97, title_zh="钱包")])
    assert index.search(asked("wallet")).ids == (99, 97)


def test_words_side_by_side_as_in_the_query_are_better_than_the_same_words_apart(index: Index) -> None:
    apart, beside = "Garden box with a glass flower", "Glass with a garden flower box"
    index.write([Document(id=98, title_en=apart), Document(id=99, title_en=beside)])
    assert index.search(asked("flower box")).ids == (99, 98)
    assert index.search(asked("flower box for garden")).ids[:1] == (99,)
    assert index.search(asked("glass flower")).ids == (98, 99)
