"""Every search engine keeps the contract of ``caigou.search.ports.Index``: what is found for what is typed."""

from __future__ import annotations

from typing import Any

import pytest

from caigou.search.ports import Document, Index, Query, Step
from caigou.search.tests.engines import (
    CAKE_STAND,
    DRESS,
    GOODS,
    HOLDER,
    LANTERN,
    LUNCH_BOX,
    MUG,
    TEE,
    THERMOS,
    TODAY,
    found,
)


# --- words ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("mug", MUG),
        ("ceramic mugs", MUG),
        ("lunch box", LUNCH_BOX),
        ("lunchbox", LUNCH_BOX),
        ("stainless steel lunch box", LUNCH_BOX),
        ("kids lunch box", LUNCH_BOX),
        ("bento", LUNCH_BOX),
    ],
)
def test_english_words_find_a_chinese_title(shelf: Index, text: str, product: int) -> None:
    assert found(shelf, text)[:1] == [product]


@pytest.mark.parametrize(
    ("text", "product"),
    [("灯笼", LANTERN), ("烛台", HOLDER), ("茶蜡烛台", HOLDER), ("蛋糕架", CAKE_STAND), ("白色灯笼", LANTERN)],
)
def test_chinese_words_find_an_english_title(shelf: Index, text: str, product: int) -> None:
    assert found(shelf, text)[:1] == [product]


@pytest.mark.parametrize(
    ("text", "product"), [("陶瓷馬克杯", MUG), ("兒童飯盒", LUNCH_BOX), ("連衣裙", DRESS), ("保溫杯", THERMOS)]
)
def test_traditional_characters_find_simplified_ones(shelf: Index, text: str, product: int) -> None:
    assert found(shelf, text)[:1] == [product]


@pytest.mark.parametrize(
    "text", ["clothing wholesale", "服装批发", "服裝批發", "wholesale clothes", "apparel supplier"]
)
def test_the_same_goods_are_found_in_both_languages_with_or_without_words_of_the_trade(shelf: Index, text: str) -> None:
    assert DRESS in found(shelf, text)


@pytest.mark.parametrize("text", ["500ml", "500 ml", "500 ML", "500毫升", "５００ｍｌ", "500-ml"])
def test_a_unit_is_found_however_it_is_written(shelf: Index, text: str) -> None:
    assert found(shelf, text) == [THERMOS]


@pytest.mark.parametrize("text", ["t-light holder", "T LIGHT HOLDERS", "tealight holder", "tea light holder"])
def test_a_hyphen_or_a_plural_is_no_obstacle(shelf: Index, text: str) -> None:
    assert HOLDER in found(shelf, text)


@pytest.mark.parametrize("text", ["T恤", "t-shirt", "tshirt", "短袖", "childrens tee"])
def test_mixed_scripts_are_found_as_one_word(shelf: Index, text: str) -> None:
    assert TEE in found(shelf, text)


@pytest.mark.parametrize("text", ["杯", "马", "裙"])
def test_one_chinese_character_finds_titles_that_have_it(shelf: Index, text: str) -> None:
    titles = {document.id: document.title_zh for document in GOODS}
    having = {product for product, title in titles.items() if text in title}
    assert having
    assert having <= set(found(shelf, text))


def test_a_chinese_word_that_no_dictionary_has_is_found_by_its_characters(shelf: Index) -> None:
    assert MUG in found(shelf, "陶瓷杯")


def test_the_code_of_the_seller_finds_the_product(shelf: Index) -> None:
    assert found(shelf, "dh-m350")[:1] == [MUG]


def test_words_of_the_description_find_but_count_less_than_the_title(index: Index) -> None:
    index.write([Document(id=99, title_en="Hand carved stoneware", steps=[Step(1, 1)])])
    assert found(index, "stoneware") == [99, MUG]


def test_all_words_count_more_than_one_of_them(shelf: Index) -> None:
    assert found(shelf, "white hanging heart")[0] == HOLDER


def test_two_thirds_of_the_words_are_enough_and_fewer_are_not(shelf: Index) -> None:
    assert HOLDER in found(shelf, "white hanging zeppelin")
    assert found(shelf, "hanging zeppelin") == []


def test_goods_of_better_known_suppliers_stand_first_among_equals(empty: Index) -> None:
    empty.rebuild(Document(id=place, title_en="Blue vase", quality=place / 10) for place in range(1, 6))
    assert found(empty, "blue vase") == [5, 4, 3, 2, 1]


def test_nothing_is_asked_so_everything_is_shown_best_known_first(shelf: Index) -> None:
    shown = found(shelf)
    assert sorted(shown) == sorted(document.id for document in GOODS)
    assert shown[:2] == [MUG, LUNCH_BOX]


# --- hostile input ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "%",
        "_",
        "\\",
        "'",
        '"',
        "*",
        "?",
        ".",
        "!!!",
        "😀",
        "\x00",
        "\u202e",
        "()",
        "[",
        "AND",
        "a:b",
        "/*",
        "--",
        "。，",
        "\u200b",
    ],
)
def test_no_sign_is_a_wildcard_and_none_breaks_the_search(shelf: Index, text: str) -> None:
    assert found(shelf, text) == []


@pytest.mark.parametrize(
    "text",
    ["mug'; drop table", "mu%g", "mug*", '"mug"', "mug\x00", "+mug -mug", "title:mug", "mug😀", "mug^1e9", "mug~9"],
)
def test_signs_beside_words_are_read_past(shelf: Index, text: str) -> None:
    assert isinstance(shelf.search(Query(text=text, today=TODAY)).total, int)
    assert shelf.is_ready()


@pytest.mark.parametrize(
    "text", ["mug " * 5_000, "马克杯" * 5_000, "x" * 100_000, " ".join(f"w{n}" for n in range(5_000))]
)
def test_five_thousand_words_are_answered(shelf: Index, text: str) -> None:
    shelf.search(Query(text=text, today=TODAY))
    assert shelf.is_ready()


@pytest.mark.parametrize("number", [0, 1, 2**31, 2**63, 2**80])
def test_any_number_is_answered(shelf: Index, number: int) -> None:
    every: tuple[dict[str, Any], ...] = (
        {"quantity": number},
        {"price_max": number},
        {"price_min": number},
        {"moq_max": number},
    )
    for asked in every:
        found(shelf, sort="price", **asked)
    assert shelf.is_ready()


def test_an_unknown_filter_value_finds_nothing(shelf: Index) -> None:
    assert found(shelf, provinces=frozenset({"Atlantis'; --"})) == []
