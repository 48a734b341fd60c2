"""What was meant by a word that no product has, and what is shown where nothing has all words: on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from caigou.search.answering import Answer, answer
from caigou.search.ports import Document, Index, Query, Step
from caigou.search.spelling import slips
from caigou.search.tests.engines import ENGINES, opened

CERAMIC, CHINESE, STEEL, KOHLER, STAND, WAFFLE = range(1, 7)
GOODS = (
    Document(
        id=CERAMIC,
        title_en="Ceramic mug with handle",
        completions=["w ceramic", "w mug", "w ceramic mug", "w handle"],
        kind="factory",
        moq=100,
        steps=[Step(100, 1380)],
    ),
    Document(id=CHINESE, title_zh="陶瓷马克杯", kind="trader", steps=[Step(1, 900)]),
    Document(id=STEEL, title_en="Stainless steel bottle", completions=["w stainless steel bottle", "w steel"]),
    Document(id=KOHLER, title_en="Kohler tap 350ml", completions=["w kohler", "w tap"]),
    Document(id=STAND, title_en="Cake stand", completions=["w cake stand"]),
    Document(id=WAFFLE, title_en="Waffle cloth", completions=["w waffle", "w cloth"]),
)


@pytest.fixture(params=sorted(ENGINES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    made = opened(request.param, tmp_path / "index")
    made.rebuild(GOODS)
    return made


def ask(index: Index, text: str, *, exact: bool = False, kind: str = "", moq: int | None = None) -> Answer:
    kinds = frozenset({kind} if kind else ())
    return answer(index, Query(text=text, kinds=kinds, moq_max=moq), exact=exact)


def test_a_word_that_no_product_has_is_taken_for_the_one_it_is_a_slip_of(index: Index) -> None:
    for typed, meant, product in (
        ("cermaic mgu", "ceramic mug", CERAMIC),
        ("Cermaic Mug", "ceramic Mug", CERAMIC),
        ("ceramic muug", "ceramic mug", CERAMIC),
        ("kphler", "kohler", KOHLER),
        ("okhler tap", "kohler tap", KOHLER),
        ("stainles steel botle", "stainless steel bottle", STEEL),
        ("cakestandd", "", None),
        ("stainlesssteel", "stainless steel", STEEL),
        ("sta inless bottle", "stainless bottle", STEEL),
    ):
        told = ask(index, typed)
        assert told.corrected == meant, typed
        assert told.hits.ids[:1] == ((product,) if product else ()), typed


def test_goods_with_a_chinese_title_alone_are_found_by_a_misspelt_english_word(index: Index) -> None:
    index.write(gone=[CERAMIC])
    told = ask(index, "cermaic")
    assert (told.corrected, told.hits.ids) == ("ceramic", (CHINESE,))


def test_a_correction_costs_no_word_that_some_product_has_and_touches_no_number(index: Index) -> None:
    for typed in ("mug", "steel", "陶瓷", "350mk", "x359831", "mg", "qqqqqq", "???", "", "tea"):
        told = ask(index, typed)
        assert (told.corrected, told.suggestion, told.query.text) == ("", "", typed), typed


def test_the_exact_text_can_be_asked_for(index: Index) -> None:
    told = ask(index, "cermaic mgu", exact=True)
    assert (told.corrected, told.relaxed, told.hits.ids) == ("", (), ())
    assert ask(index, "waffle bottle", exact=True).hits.ids == ()


def test_where_the_rest_finds_goods_a_clear_reading_is_taken_and_a_doubtful_one_offered(index: Index) -> None:
    clasp = Document(id=11, title_en="Red carved clasp", completions=["w red", "w carved", "w clasp"])
    index.write([clasp])
    assert ask(index, "red carvex clasp").corrected == "red carved clasp"
    index.write([Document(id=12, title_en="Red carver clasp", completions=["w carver"])])
    told = ask(index, "red carvex clasp")
    assert (told.corrected, told.suggestion) in {("", "red carved clasp"), ("", "red carver clasp")}
    assert set(told.hits.ids) == {11, 12}, "what was typed was searched"
    assert not ask(index, "red clasq clasp").suggestion, "a short word with a wrong letter is a word of its own"
    assert ask(index, "red carved clisp").corrected == "red carved clasp", "a product has all the words of it"
    assert ask(index, "red carved calsp").corrected == "red carved clasp", "swapped letters are clear in a short one"


def test_forms_of_one_word_are_no_rivals(index: Index) -> None:
    index.write([Document(id=11, title_en="Red clasps, clasp", completions=["w clasp", "w clasps", "w red"])])
    assert ask(index, "red claspn ceramic steel").suggestion == ""
    assert ask(index, "red claspn").corrected in {"red clasp", "red clasps"}


def test_filters_stay_when_a_word_is_corrected(index: Index) -> None:
    told = ask(index, "cermaic", kind="trader")
    assert (told.corrected, told.hits.ids) == ("ceramic", (CHINESE,))
    told = ask(index, "kohlerr", kind="factory")
    assert (told.corrected, told.hits.total) == ("kohler", 0)


def test_where_nothing_has_all_words_goods_with_some_of_them_are_found_and_named(index: Index) -> None:
    told = ask(index, "waffle bottle")
    assert told.relaxed == ("waffle", "bottle")
    assert set(told.hits.ids) == {WAFFLE, STEEL}
    told = ask(index, "zzzzzz ceramic qqqqqq mug")
    assert told.relaxed == ("ceramic", "mug")
    assert set(told.hits.ids) == {CERAMIC, CHINESE}, "both words before one of them"
    assert ask(index, "zzzzzz").relaxed == ()


def test_a_misprint_that_stands_in_a_title_is_read_where_nothing_has_all_words(index: Index) -> None:
    pool = [Document(id=one, title_en=f"Pool vacuum no {one}", completions=["w pool", "w vacuum"]) for one in (11, 12)]
    index.write([*pool, Document(id=13, title_en="Waffle vaccum", completions=["w vaccum"])])
    told = ask(index, "pool vaccum")
    assert (told.corrected, set(told.hits.ids)) == ("pool vacuum", {11, 12})
    assert ask(index, "waffle vaccum").corrected == "", "a product has both words"
    assert ask(index, "ceramic vaccum").corrected == "", "nothing has both words of the reading"
    assert ask(index, "pool vaccum", exact=True).corrected == ""
    index.write([Document(id=14, title_en="Vaccum bottle")])
    assert ask(index, "pool vaccum").corrected == "", "as many goods say so as the reading finds"


def test_two_known_words_are_read_as_one_where_only_so_a_product_has_them(index: Index) -> None:
    index.write([Document(id=at, title_en=title) for at, title in ((11, "Weathervane"), (12, "Vane"), (13, "Weather"))])
    assert ask(index, "weather vane").relaxed == ("weather", "vane"), "one product is no more than have the word"
    index.write([Document(id=14, title_en="Copper weathervane")])
    told = ask(index, "weather vane")
    assert (told.corrected, set(told.hits.ids)) == ("weathervane", {11, 14})


def test_a_filter_is_never_dropped_and_words_are_kept_where_only_a_filter_is_in_the_way(index: Index) -> None:
    told = ask(index, "ceramic mug", moq=50, kind="factory")
    assert (told.relaxed, told.hits.total) == ((), 0)
    told = ask(index, "waffle mug", kind="trader")
    assert (told.relaxed, told.hits.ids) == (("waffle", "mug"), (CHINESE,))


def test_slips_are_counted_as_a_person_makes_them() -> None:
    for typed, word, many in (
        ("lihgt", "light", 1),
        ("refridgerator", "refrigerator", 1),
        ("dinasaur", "dinosaur", 1),
        ("accomodaton", "accommodation", 2),
        ("mug", "mug", 0),
        ("mug", "vase", 3),
        ("abcdef", "ghijkl", 3),
    ):
        assert slips(typed, word, 2) == many, (typed, word)
        assert slips(word, typed, 2) == many, (word, typed)


def test_behind_a_short_page_stand_goods_with_some_of_the_words_uncounted(index: Index) -> None:
    told = ask(index, "ceramic mug steel handle")
    assert (told.hits.ids, told.hits.total) == ((CERAMIC,), 1)
    assert (set(told.more), told.relaxed) == ({CHINESE, STEEL}, ())
    assert told.hits.facets["moq"].get("10", 0) == 0, "counts are of what was found"
    assert ask(index, "cermaic mug").more == (), "all that has one of the words has both"
    for narrowed in (
        ask(index, "ceramic mug steel handle", exact=True),
        ask(index, "ceramic mug steel handle", kind="factory"),
        ask(index, "steel"),
        answer(index, Query(text="ceramic mug steel handle", sort="moq")),
        answer(index, Query(text="ceramic mug steel handle", page=2)),
    ):
        assert narrowed.more == ()
