"""Behind a short page: goods with some of the words and goods near in meaning, fused, uncounted, on every engine."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from caigou.search.answering import Answer, answer
from caigou.search.behind import SHORT
from caigou.search.meaning.nearest import Near
from caigou.search.ports import Document, Index, Query, Step

QUILLOP, TARNEL, WRAP, CABLE, MUG = range(1, 6)
GOODS = (
    Document(id=QUILLOP, title_en="Cashmere quillop with fringe", kind="factory", steps=[Step(1, 900)]),
    Document(id=TARNEL, title_en="Silk tarnel with print"),
    Document(id=WRAP, title_zh="羊毛披肩"),
    Document(id=CABLE, title_en="Charging cable 2 m"),
    Document(id=MUG, title_en="Ceramic mug", external_id="DH-M350"),
)
#: Nearest first, the hit itself among them. No lexicon knows what the words of the titles mean.
NEAR = (QUILLOP, WRAP, TARNEL)


class Meanings:
    """Names the same goods as nearest to every text, and remembers what it was asked."""

    def __init__(self, near: Sequence[int] = NEAR, nearness: float = 0.9) -> None:
        self.near, self.nearness, self.asked = near, nearness, list[str]()

    def __call__(self, text: str, most: int) -> list[Near]:
        self.asked.append(text)
        return [Near(one, self.nearness) for one in self.near][:most]


@pytest.fixture
def index(empty: Index) -> Index:
    empty.rebuild(GOODS)
    return empty


def ask(index: Index, query: Query, meanings: Meanings, *, exact: bool = False) -> Answer:
    return answer(index, query, exact=exact, nearest=meanings)


def test_goods_near_in_meaning_stand_behind_those_found_and_are_counted_nowhere(index: Index) -> None:
    told = ask(index, Query(text="quillop"), Meanings())
    assert (told.hits.ids, told.hits.total) == ((QUILLOP,), 1)
    assert (told.more, told.close) == ((WRAP, TARNEL), frozenset({WRAP, TARNEL}))
    assert told.hits.facets["kind"] == {"factory": 1}, "counts are of what was found"
    assert answer(index, Query(text="quillop")).more == (), "without meanings one word leaves nothing behind"


def test_words_and_meanings_are_fused_by_rank(index: Index) -> None:
    told = ask(index, Query(text="cashmere quillop with print cable"), Meanings((TARNEL, WRAP)))
    assert told.more[0] == TARNEL, "it has one of the words and is nearest in meaning"
    assert set(told.more) == {TARNEL, WRAP, CABLE} - set(told.hits.ids)
    assert told.close == {WRAP}, "what has some of the words wasn't brought by its meaning alone"


def test_where_no_word_is_known_the_meaning_alone_answers_and_nothing_is_called_found(index: Index) -> None:
    told = ask(index, Query(text="zorbelin"), Meanings())
    assert (told.hits.total, told.more, told.close) == (0, NEAR, frozenset(NEAR))
    assert ask(index, Query(text="zorbelin"), Meanings(nearness=0.2)).more == (), "as near as any two titles are"


def test_a_meaning_is_never_asked_where_it_can_only_do_harm(index: Index) -> None:
    quillops = [Document(id=100 + one, title_en=f"Quillop no {one}") for one in range(SHORT)]
    for asked, exact in (
        (Query(text="quillop", kinds=frozenset({"factory"})), False),
        (Query(text="quillop", moq_max=9), False),
        (Query(text="quillop", sort="moq"), False),
        (Query(text="quillop", page=2), False),
        (Query(text="quillop"), True),
        (Query(text="DH-M350"), False),
        (Query(text="2 m"), False),
        (Query(text=""), False),
    ):
        meanings = Meanings()
        told = ask(index, asked, meanings, exact=exact)
        assert (told.more, meanings.asked) == ((), []), asked
    index.write(quillops)
    meanings = Meanings()
    assert ask(index, Query(text="quillop"), meanings).more == ()
    assert meanings.asked == [], "a page that is full needs nothing behind it"


def test_what_was_meant_is_asked_not_what_was_typed_and_the_page_is_never_longer(index: Index) -> None:
    index.write([Document(id=QUILLOP, title_en="Cashmere quillop", completions=["w quillop", "w cashmere"])])
    meanings = Meanings()
    told = ask(index, Query(text="cahsmere quillop", size=2), meanings)
    assert (told.corrected, meanings.asked) == ("cashmere quillop", ["cashmere quillop"])
    assert len(told.hits.ids) + len(told.more) == 2
