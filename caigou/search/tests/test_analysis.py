"""Words, units, scripts and the lexicon."""

from __future__ import annotations

from collections import Counter

import pytest

from caigou.search import analysis
from caigou.search.analysis import MAX_TERMS, NAMED, TITLE, index_words, understand
from caigou.search.lexicon import LEXICON, BadLexicon, Lexicon, lexicon, read_rows
from caigou.search.ports import Document
from caigou.search.text import normalise


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("ＬＥＤ燈帶", "led灯带"),
        ("350 ML", "350ml"),
        ("350毫升", "350ml"),
        ("1.5 litres", "1.5l"),
        ("10 × 15 厘米", "10x15cm"),
        ("max 12 inches", "max 12inch"),
        ("Men’s Café", "mens cafe"),
        ("5 mugs", "5 mugs"),
        ("3 in 1", "3 in 1"),
        ("tray, 10.5 in", "tray, 10.5inch"),
        ("20x30″", "20x30inch"),
        ("an 8in hose", "an 8inch hose"),
        ("4in x 6 in x 1", "4inch x 6inch x 1"),
        ("5 feet", "5ft"),
        ("12 盎司", "12oz"),
    ],
)
def test_text_has_one_spelling(written: str, clean: str) -> None:
    assert normalise(written).split() == clean.split()


def test_a_bilingual_title_is_indexed_in_both_languages_once() -> None:
    words = index_words(Document(id=1, title_en="Ceramic mugs 350 ml", title_zh="陶瓷马克杯 350ML"))
    assert {words.count(word) for word in ("ceram", "mug", "350ml", "陶瓷", "马克杯")} == {TITLE}
    assert {words.count(pair) for pair in ("瓷马", "克杯")} == {words.count(one) for one in "陶瓷马克"} == {1}


def test_a_word_counts_once_where_it_counts_most() -> None:
    said = Document(
        id=1, title_en="Mug", attributes="ceramic ; mug", description="A glazed ceramic mug", external_id="x9"
    )
    words = index_words(said)
    assert [words.count(word) for word in ("mug", "ceram", "x9", "glaze")] == [TITLE, NAMED, NAMED, 1]


def test_the_longest_phrase_gives_the_sense() -> None:
    assert "热水袋" in index_words(Document(id=1, title_en="Hot water bottle"))
    assert [term.token.text for term in understand("热水袋").required] == ["热水袋"]
    assert understand("hot water bottle").also == ("热水袋",)


def test_words_of_the_trade_are_wanted_but_not_needed() -> None:
    asked = understand("wholesale mugs")
    assert [term.token.key for term in asked.required] == ["mug"]
    assert [term.token.key for term in asked.optional] == ["wholesal"]
    assert [term.token.key for term in understand("批发").required] == ["批发"]


def test_a_size_is_also_looked_for_in_other_units() -> None:
    for asked, titled in (("parasol 9 ft", "2.7m"), ("30cm pan", "12inch"), ("500ml flask", "0.5l"), ("1斤", "500g")):
        ways = {way.words: way.weight for term in understand(asked).required for way in term.ways}
        assert 0 < ways[(titled,)] < 1, asked
    (term,) = understand("20000mah").required
    assert len(term.ways) == 1


def test_numbers_that_are_multiplied_are_one_word_of_the_query_met_by_each_of_them_whatever_the_unit() -> None:
    for asked in ("20x25.5 filter", "filter 20 x 25.5", "20 × 25.5 filter"):
        size = next(term for term in understand(asked).required if term.token.text == "20x25.5")
        ways = {way.words: way.weight for way in size.ways}
        assert {("20", "25.5"), ("20inch", "25.5inch"), ("20ft", "25.5ft")} < ways.keys(), asked
    assert "x" not in [term.token.text for term in understand("20 in. x 25 in. filter").required]
    assert "x" in [term.token.text for term in understand("x ray film").required]


def test_a_title_has_each_number_of_a_size_once_and_its_sizes_side_by_side() -> None:
    words = index_words(Document(id=1, title_en="Filter 20 in. x 3/8 in.", title_zh="过滤网 30*40.5cm"))
    assert [words.count(word) for word in ("20inch", "3/8inch", "30x40.5cm")] == [TITLE] * 3
    assert [words.count(word) for word in ("20", "3/8", "30", "40.5", "40.5cm", "20inch+3/8inch")] == [1] * 6
    assert "3" not in words


def test_empty_words_don_t_count() -> None:
    assert [term.token.text for term in understand("a set of the mugs").required] == ["set", "mugs"]
    assert [term.token.text for term in understand("the").required] == ["the"]


@pytest.mark.parametrize(("terms", "needed"), [("a1", 1), ("a1 b2", 2), ("a1 b2 c3", 2), ("a1 b2 c3 d4", 3)])
def test_two_thirds_of_the_words_are_needed(terms: str, needed: int) -> None:
    assert understand(terms).needed == needed


def test_a_pasted_page_is_cut() -> None:
    assert len(understand("word " * 5_000 + " ".join(map(str, range(5_000)))).required) <= MAX_TERMS


def test_the_lexicon_has_enough_lines_and_none_twice() -> None:
    rows = list(read_rows(LEXICON.read_text(encoding="utf-8").splitlines()))
    assert len(rows) >= 1_500
    assert sum(bool(row.never) for row in rows) >= 40, "senses to avoid"
    assert Counter(row.kind for row in rows).keys() == {"product", "material", "attribute", "colour", "place", "trade"}
    assert len({(row.english[0], row.chinese[0]) for row in rows}) == len(rows)
    for english, chinese, _kind, _never in rows:
        assert len(set(english)) == len(english)
        assert len(set(chinese)) == len(chinese)
        assert all(word.isascii() for word in english)
        assert any(not word.isascii() for word in chinese)


@pytest.mark.slow
def test_every_word_of_the_lexicon_is_understood() -> None:
    """The segmenter keeps each entry whole, so that a person who types it is given its translation."""
    for english, chinese, _kind, _never in read_rows(LEXICON.read_text(encoding="utf-8").splitlines()):
        for word, other in [*((one, chinese[0]) for one in english), *((one, english[0]) for one in chinese)]:
            assert other in understand(word).also, word


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("mug", "separated by tabs"),
        ("mug\t马克杯", "separated by tabs"),
        ("mug|\t马克杯\tproduct", "separated by tabs"),
        ("\t马克杯\tproduct", "separated by tabs"),
        ("mug\t马克杯\tproduct\t", "separated by tabs"),
        ("mug\t马克杯\tproduct\tmug rack\tmore", "separated by tabs"),
        ("mug\t马克杯\tthing", "the kind is 'thing'"),
        ("mug\t马克杯\tproduct\tmug rack|mug", "'mug' can't mean this and not mean it"),
    ],
)
def test_a_broken_line_is_named(line: str, told: str) -> None:
    with pytest.raises(BadLexicon, match=f"line 2: .*{told}"):
        list(read_rows(["# a remark", line]))


BOOK = Lexicon(
    [
        "cup\t杯子|杯\tproduct\tsuction cup|吸盘",
        "suction cup\t吸盘\tproduct",
        "suit\t西装\tproduct\t套房",
        "bird\t鸟\tproduct",
        "house\t房子\tproduct\tbird house",
    ]
)


def test_a_word_doesn_t_mean_in_a_phrase_what_the_lexicon_rules_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "lexicon", lambda: BOOK)
    hook = index_words(Document(id=1, title_en="Suction cup hook"))
    assert (hook.count("cup"), hook.count("hook"), hook.count("吸盘")) == (1, TITLE, NAMED)
    assert "杯子" not in hook
    assert index_words(Document(id=1, title_en="Cup with suction cup")).count("cup") == TITLE
    assert "cup" not in index_words(Document(id=1, title_zh="吸盘挂钩"))
    assert BOOK.further("套房") == {"apart", "flat"}, "suite and suit have one stem"
    (_suction, cup) = understand("suction cup").required
    assert {way.words for way in cup.ways} == {("cup",), ("吸盘",)}
    (bird, house) = understand("bird house").required
    assert ("鸟",) in {way.words for way in bird.ways}
    assert {way.words for way in house.ways} == {("hous",)}


def test_the_digest_names_the_lexicon() -> None:
    assert len(lexicon().digest) == 12


def test_what_was_cut_before_is_cut_alike_again_and_long_texts_are_not_remembered() -> None:
    book = lexicon()
    again = [book.keys("蓝色陶瓷马克杯 Mugs 350 ml SKU-7") for _time in range(2)]
    assert again[0] == again[1] == ["蓝色", "陶瓷", "马克", "马克杯", "mug", "350ml", "sku", "7"]
    before = len(book.inner)
    assert book.keys("杯" * 2_000)
    assert len(book.inner) == before
