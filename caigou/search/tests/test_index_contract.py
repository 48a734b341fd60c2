"""What every search engine must keep: the contract of ``caigou.search.ports.Index``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caigou.search.ports import Document, Explanation, Index, IndexNotReady, Query, Step
from caigou.search.tests.engines import (
    CAKE_STAND,
    DRESS,
    ENGINES,
    GOODS,
    HOLDER,
    LANTERN,
    LUNCH_BOX,
    MUG,
    TEE,
    THERMOS,
    TODAY,
    kept,
    opened,
)


@pytest.fixture(params=sorted(ENGINES))
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return opened(request.param, tmp_path / "index")


@pytest.fixture
def index(empty: Index) -> Index:
    empty.rebuild(GOODS)
    return empty


@pytest.fixture(scope="module", params=sorted(ENGINES))
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The same goods for all tests that only read."""
    made = opened(request.param, tmp_path_factory.mktemp("shelf"))
    made.rebuild(GOODS)
    return made


def found(index: Index, text: str = "", **asked: Any) -> list[int]:
    return list(index.search(Query(text=text, today=TODAY, **asked)).ids)


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


# --- filters and facets -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "products"),
    [
        ({"moq_max": 6}, {LANTERN, HOLDER, CAKE_STAND}),
        ({"moq_max": 50}, {LANTERN, HOLDER, CAKE_STAND, LUNCH_BOX, TEE}),
        ({"provinces": frozenset({"Zhejiang"})}, {LUNCH_BOX, THERMOS}),
        ({"provinces": frozenset({"Zhejiang", "Fujian"})}, {LUNCH_BOX, THERMOS, MUG}),
        ({"cities": frozenset({"Yiwu"})}, {LUNCH_BOX}),
        ({"countries": frozenset({"GB"})}, {LANTERN, HOLDER, CAKE_STAND}),
        ({"kinds": frozenset({"factory"})}, {MUG, DRESS, THERMOS}),
        ({"qualifications": frozenset({"licence_checked"})}, {LUNCH_BOX}),
        ({"qualifications": frozenset({"verified_factory", "licence_checked"})}, {LUNCH_BOX, MUG}),
        ({"kinds": frozenset({"factory"}), "moq_max": 100}, {DRESS, THERMOS}),
        ({"kinds": frozenset({"factory"}), "provinces": frozenset({"Zhejiang"}), "moq_max": 100}, {THERMOS}),
        ({"text": "杯", "provinces": frozenset({"Fujian"})}, {MUG}),
    ],
)
def test_filters_hold_together(shelf: Index, asked: dict[str, Any], products: set[int]) -> None:
    hits = shelf.search(Query(today=TODAY, **asked))
    assert set(hits.ids) == products
    assert hits.total == len(products)


def test_a_qualification_that_ended_yesterday_counts_as_none(shelf: Index) -> None:
    assert THERMOS not in found(shelf, qualifications=frozenset({"verified_factory"}))
    assert THERMOS in found(shelf, qualifications=frozenset({"none"}))
    assert MUG not in found(shelf, qualifications=frozenset({"none"}))


def test_facets_count_what_each_further_choice_would_show(shelf: Index) -> None:
    facets = shelf.search(Query(today=TODAY)).facets
    assert facets["qualification"] == {"verified_factory": 1, "licence_checked": 1, "none": 6}
    assert facets["kind"] == {"factory": 3, "trader": 5}
    assert facets["province"] == {"Fujian": 1, "Zhejiang": 2, "Guangdong": 2}
    assert facets["country"] == {"CN": 5, "GB": 3}
    assert facets["currency"] == {"CNY": 5, "GBP": 3}
    assert facets["moq"] == {"10": 3, "50": 5, "100": 7, "500": 8, "1000": 8, "5000": 8}


def test_a_facet_is_counted_without_its_own_filter_but_with_the_others(shelf: Index) -> None:
    facets = shelf.search(
        Query(today=TODAY, provinces=frozenset({"Zhejiang"}), kinds=frozenset({"factory"}), moq_max=100)
    ).facets
    assert facets["province"] == {"Zhejiang": 1, "Guangdong": 1}
    assert facets["kind"] == {"factory": 1, "trader": 1}
    assert facets["moq"] == {"100": 1, "500": 1, "1000": 1, "5000": 1}
    assert facets["qualification"] == {"none": 1}


STATED = (
    Document(id=201, title_en="Vase", categories=["home", "vases"], sample=True, lead_days=3, rating=48),
    Document(id=202, title_en="Vase", categories=["home"], own_logo=True, lead_days=15, rating=40),
    Document(id=203, title_en="Vase", categories=["toys"], sample=True, own_logo=True, lead_days=16),
    Document(id=204, title_en="Vase"),
)


@pytest.mark.parametrize(
    ("asked", "products"),
    [
        ({"categories": frozenset({"home"})}, {201, 202}),
        ({"categories": frozenset({"vases", "toys"})}, {201, 203}),
        ({"sample": True}, {201, 203}),
        ({"own_logo": True, "sample": True}, {203}),
        ({"lead_max": 15}, {201, 202}),
        ({"lead_max": 14}, {201}),
        ({"rating_min": 40}, {201, 202}),
        ({"rating_min": 41}, {201}),
        ({"rating_min": 1}, {201, 202}),
    ],
)
def test_what_nobody_stated_passes_no_filter(empty: Index, asked: dict[str, Any], products: set[int]) -> None:
    empty.rebuild(STATED)
    assert set(found(empty, **asked)) == products


def test_what_was_stated_is_counted_and_nothing_else(empty: Index) -> None:
    empty.rebuild(STATED)
    facets = empty.search(Query(today=TODAY, lead_max=15)).facets
    assert facets["lead"] == {"3": 1, "7": 1, "15": 2, "30": 3, "60": 3}
    assert facets["category"] == {"home": 2, "vases": 1}
    assert (facets["sample"], facets["own_logo"]) == ({"yes": 1}, {"yes": 1})
    assert empty.search(Query(today=TODAY)).facets["rating"] == {"40": 2, "45": 1, "48": 1}


@pytest.mark.parametrize(
    ("sort", "first", "last"), [("lead", [201, 202, 203], [204]), ("rating", [201, 202], [203, 204])]
)
def test_goods_that_state_nothing_come_last(empty: Index, sort: Any, first: list[int], last: list[int]) -> None:
    empty.rebuild(STATED)
    shown = found(empty, sort=sort)
    assert shown[: len(first)] == first
    assert set(shown[len(first) :]) == set(last)


# --- prices -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("quantity", "price"),
    [(None, 1380), (1, 1380), (240, 1380), (719, 1380), (720, 1260), (1439, 1260), (1440, 1190), (10**9, 1190)],
)
def test_the_price_at_my_quantity_is_exact_at_each_step(shelf: Index, quantity: int | None, price: int) -> None:
    def hit(low: int | None, high: int | None) -> bool:
        return found(shelf, "mug", quantity=quantity, price_min=low, price_max=high) == [MUG]

    assert hit(price, price)
    assert hit(None, price)
    assert hit(price, None)
    assert not hit(None, price - 1)
    assert not hit(price + 1, None)


def test_below_the_moq_the_price_is_that_of_the_moq(shelf: Index) -> None:
    """The ladder starts at 1, but 100 is the least that can be bought: nobody pays the first step's 30.00."""
    for quantity in (None, 1, 99, 100, 999):
        assert found(shelf, "500ml", quantity=quantity, price_min=2500, price_max=2500) == [THERMOS]
    assert found(shelf, "500ml", quantity=1000, price_max=2100) == [THERMOS]


def test_a_ladder_that_starts_above_the_moq_still_has_a_price(empty: Index) -> None:
    empty.rebuild([Document(id=1, title_en="Vase", moq=10, steps=[Step(100, 900), Step(200, 800)])])
    for quantity in (None, 1, 10, 99, 199):
        assert found(empty, quantity=quantity, price_min=900, price_max=900) == [1]
    assert found(empty, quantity=200, price_max=800) == [1]


def test_prices_of_another_currency_are_not_compared(shelf: Index) -> None:
    assert set(found(shelf, price_max=500, currency="GBP")) == {LANTERN, HOLDER}
    assert found(shelf, price_max=500) == []
    assert shelf.search(Query(today=TODAY, price_max=500)).facets["currency"] == {"CNY": 5, "GBP": 3}


def test_sorting_by_price_takes_the_price_at_my_quantity(index: Index) -> None:
    assert found(index, sort="price") == [MUG, TEE, LUNCH_BOX, THERMOS, DRESS]
    assert found(index, sort="price", quantity=1000) == [MUG, TEE, LUNCH_BOX, THERMOS, DRESS]
    index.write([Document(id=50, title_en="Vase", moq=10, steps=[Step(10, 5000), Step(1000, 100)])])
    assert found(index, sort="price", quantity=999)[-1] == 50
    assert found(index, sort="price", quantity=1000)[0] == 50


def test_goods_without_a_price_are_shown_until_prices_are_compared(index: Index) -> None:
    index.write([Document(id=60, title_en="Nameless vase", currency="CNY")])
    assert found(index, "nameless vase") == [60]
    assert found(index, "nameless vase", sort="price") == []


def test_sorting_by_moq_starts_with_the_smallest(shelf: Index) -> None:
    assert found(shelf, sort="moq") == [CAKE_STAND, LANTERN, HOLDER, TEE, LUNCH_BOX, DRESS, THERMOS, MUG]


# --- pages ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", ["relevance", "price", "moq"])
@pytest.mark.parametrize("text", ["", "vase"])
@pytest.mark.parametrize("quantity", [None, 77])
def test_pages_hold_each_product_once(empty: Index, sort: Any, text: str, quantity: int | None) -> None:
    empty.rebuild(
        Document(id=n, title_en="Vase", moq=n % 3 + 1, steps=[Step(1, n % 4 + 1), Step(50 + n, n % 5 + 1)])
        for n in range(1, 96)
    )
    empty.write([Document(id=n, title_en="Vase", moq=1, steps=[Step(1, 2)]) for n in range(96, 101)])
    pages = [found(empty, text, sort=sort, quantity=quantity, page=page, size=10) for page in range(1, 12)]
    assert [len(page) for page in pages] == [10] * 10 + [0]
    assert sorted(product for page in pages for product in page) == list(range(1, 101))


def test_a_page_beyond_the_deepest_is_empty_but_counted(index: Index) -> None:
    hits = index.search(Query(page=10**6, today=TODAY))
    assert (hits.ids, hits.total) == ((), len(GOODS))


# --- completions ------------------------------------------------------------------------------------------------------
COMPLETED = (
    Document(id=301, title_en="Red glass vase", completions=["glass", "glass vase", "vase", "玻璃", "p boli\t玻璃"]),
    Document(id=302, title_en="Blue glass vase", completions=["glass", "glass vase", "vase"]),
    Document(id=303, title_en="Blue glass mug", completions=["glass", "glass mug", "mug", "g.*", "g*", "g_a%"]),
    Document(id=304, title_en="Nameless"),
)


def completed(index: Index, prefix: str, limit: int = 10, **asked: Any) -> list[tuple[str, int]]:
    return [(one.text, one.goods) for one in index.completions(prefix, limit, **asked)]


def test_completions_are_ranked_by_how_many_goods_have_them(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    expected = [("glass", 3), ("glass vase", 2), ("glass mug", 1)]
    assert completed(empty, "gl") == expected
    assert completed(empty, "gl", 2) == expected[:2]
    assert completed(empty, "glass v") == [("glass vase", 2)]
    assert completed(empty, "玻") == [("玻璃", 1)]
    assert completed(empty, "p bo") == [("p boli\t玻璃", 1)]
    assert completed(empty, "v") == [("vase", 2)]


def test_a_prefix_is_taken_letter_by_letter(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    assert completed(empty, "g.") == [("g.*", 1)]
    assert completed(empty, "g*") == [("g*", 1)]
    for prefix in ("", ".", "*", "?", "%", "_", "[", "g[", "(", "\\", '"', "a|v", "GLASS", "lass", "\x00", "x" * 5_000):
        assert completed(empty, prefix) == []


def test_completions_within_words_count_only_goods_that_those_find(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    assert completed(empty, "glass ", within="blue") == [("glass mug", 1), ("glass vase", 1)]
    assert completed(empty, "v", within="red") == [("vase", 1)]
    assert completed(empty, "v", within="mug") == []


def test_goods_that_are_gone_or_changed_complete_nothing(empty: Index) -> None:
    empty.rebuild(COMPLETED)
    empty.write([Document(id=302, title_en="Blue jar", completions=["glass", "jar"])], gone=[303])
    assert completed(empty, "gl") == [("glass", 2), ("glass vase", 1)]
    assert completed(empty, "j") == [("jar", 1)]
    assert completed(empty, "m") == []


# --- explaining -------------------------------------------------------------------------------------------------------
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


# --- writing ----------------------------------------------------------------------------------------------------------
def test_a_change_replaces_and_a_deletion_removes_in_one_commit(index: Index) -> None:
    index.write([Document(id=MUG, title_en="Blue vase", steps=[Step(1, 100)])], gone=[LANTERN, 12345])
    assert found(index, "mug") == []
    assert found(index, "vase") == [MUG]
    assert LANTERN not in found(index)
    assert index.search(Query(today=TODAY)).total == len(GOODS) - 1


def test_writing_twice_changes_nothing_more(index: Index) -> None:
    for _again in range(2):
        index.write(GOODS[:3])
        index.write(GOODS[3:5])
    assert index.search(Query(today=TODAY)).total == len(GOODS)


def test_the_last_of_two_documents_with_one_id_counts(index: Index) -> None:
    index.write([Document(id=70, title_en="Red vase"), Document(id=70, title_en="Green vase")])
    assert found(index, "red vase") == []
    assert found(index, "green vase") == [70]


def test_without_an_index_nothing_is_answered_or_written(empty: Index) -> None:
    assert not empty.is_ready()
    assert empty.generation() == 0
    with pytest.raises(IndexNotReady):
        empty.search(Query())
    with pytest.raises(IndexNotReady):
        empty.write(GOODS)
    with pytest.raises(IndexNotReady):
        empty.completions("mug", 5)
    with pytest.raises(IndexNotReady):
        empty.explain(Query(text="mug"), MUG)


def test_an_empty_catalogue_is_a_sound_index(empty: Index) -> None:
    assert empty.rebuild([]) == 0
    assert empty.is_ready()
    hits = empty.search(Query(text="mug", sort="price", quantity=5))
    assert (hits.ids, hits.total) == ((), 0)


def test_a_rebuild_switches_in_one_step(index: Index) -> None:
    before = index.generation()

    def half() -> Iterator[Document]:
        yield GOODS[0]
        assert index.search(Query(today=TODAY)).total == len(GOODS)  # a reader still has the old one, whole
        yield GOODS[1]

    assert index.rebuild(half()) == 2
    assert index.generation() == before + 1
    assert index.search(Query(today=TODAY)).total == 2


def test_a_rebuild_that_fails_leaves_the_old_index(index: Index) -> None:
    def broken() -> Iterator[Document]:
        yield GOODS[0]
        raise RuntimeError("the database went away")

    before = index.generation()
    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert index.generation() == before
    assert index.search(Query(today=TODAY)).total == len(GOODS)
    index.write(GOODS[:1])


def test_many_rebuilds_leave_nothing_behind_that_is_not_needed(
    request: pytest.FixtureRequest, index: Index, tmp_path: Path
) -> None:
    for _again in range(4):
        index.rebuild(GOODS[:2])
    assert index.search(Query(today=TODAY)).total == 2
    assert kept(request.node.callspec.params["empty"], tmp_path / "index") <= 2


def test_a_reader_in_another_process_sees_each_commit_and_each_rebuild(
    request: pytest.FixtureRequest, index: Index, tmp_path: Path
) -> None:
    name = request.node.callspec.params["empty"]
    command = [sys.executable, "-c", READER, name, str(tmp_path / "index")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        told = reader.stdout

        def seen() -> int:
            print(file=reader.stdin, flush=True)
            return int(told.readline())

        totals = [seen()]
        index.write([Document(id=90, title_en="One more")])
        totals.append(seen())
        index.write(gone=[90, MUG])
        totals.append(seen())
        index.rebuild(GOODS[:3])
        totals.append(seen())
        reader.stdin.close()
    assert totals == [8, 9, 7, 3]


READER = """
import sys
from pathlib import Path
from caigou.search.ports import Query
from caigou.search.tests.engines import opened
index = opened(sys.argv[1], Path(sys.argv[2]))
for _line in sys.stdin:
    print(index.search(Query()).total, flush=True)
"""
