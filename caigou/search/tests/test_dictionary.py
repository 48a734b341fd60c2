"""CC-CEDICT behind the trade lexicon."""

from __future__ import annotations

from caigou.search.analysis import index_words
from caigou.search.dictionary import Dictionary
from caigou.search.lexicon import lexicon
from caigou.search.ports import Document

LINES = (
    "# CC-CEDICT",
    "套房 套房 [tao4 fang2] /suite; apartment; flat/",
    "熱熔膠 热熔胶 [re4 rong2 jiao1] /hot melt adhesive/hot glue/",
    "王 王 [Wang2] /surname Wang/",
    "義烏 义乌 [Yi4 wu1] /Yiwu, city in Zhejiang/",
    "杯具 杯具 [bei1 ju4] /cup/(slang) (pun on 悲劇|悲剧[bei1 ju4]) so bad/terrible; bummer/",
    "耳機 耳机 [er3 ji1] /headphones/earphones/telephone receiver/headset/",
)


def test_a_word_has_its_first_plain_meanings_and_names_have_none() -> None:
    book = Dictionary(LINES)
    assert book.meanings("套房") == ["suite", "apartment", "flat"]
    assert book.meanings("热熔胶") == ["hot melt adhesive", "hot glue"]
    assert book.meanings("耳机") == ["headphones", "earphones", "telephone receiver"]
    assert book.meanings("杯具")[0] == "cup"
    assert not any("pun" in meaning for meaning in book.meanings("杯具"))
    assert [book.meanings(word) for word in ("义乌", "王", "没有", "龥龥", "")] == [[], [], [], [], []]
    assert Dictionary(()).meanings("套房") == []


def test_only_words_that_the_trade_lexicon_lacks_are_looked_up_and_count_once() -> None:
    said = Document(id=1, title_zh="复古门票")
    assert not lexicon().meanings(("门票",))
    words = index_words(said)
    assert words.count("ticket") == 1
    mug = index_words(Document(id=1, title_zh="马克杯"))
    assert mug.count("mug") == 2, "our own lexicon counts more"
    assert not lexicon().further("mug")
