"""Pinyin, and Chinese typed with a wrong character of the same sound."""

from __future__ import annotations

import random
import subprocess
import sys

from caigou.search.analysis import index_words, understand
from caigou.search.ports import Document
from caigou.search.sounds import MARK, index_sounds, spelt
from caigou.search.text import normalise, pieces


def asked_for(text: str) -> list[str]:
    return [term.token.text for term in understand(text).required]


def test_pinyin_is_read_as_the_words_of_the_lexicon() -> None:
    for typed in ("makebei", "ma ke bei", "Make bei"):
        assert asked_for(typed) == ["马克杯"], typed
    assert asked_for("lanya erji") == ["蓝牙", "耳机"] or asked_for("lanya erji") == ["蓝牙耳机"]
    assert asked_for("chuanglian") == asked_for("cuanglian") == asked_for("chuanlian") == ["窗帘"]
    assert understand("chuanglian").also == ("窗帘", "curtain"), "the page says which word was heard"


def test_english_words_stay_english() -> None:
    for typed in ("linen fan", "made of wool", "a pen", "women shoes", "table"):
        assert all(word.isascii() for word in asked_for(typed)), typed
    ways = [way for term in understand("linen fan women").required for way in term.ways]
    assert not any(word.startswith(MARK) for way in ways for word in way.words), "known words cost nothing more"


def test_a_wrong_character_of_the_same_sound_is_read_as_the_word_that_there_is() -> None:
    assert asked_for("雨散") == ["雨伞"]
    assert asked_for("陶瓷马刻杯") == ["陶瓷", "马克杯"]
    assert ("雨散",) in {way.words for way in understand("雨散").required[0].ways}, "what was typed is looked for, too"
    assert asked_for("马克杯") == ["马克杯"]
    assert asked_for("西安杯 洗岸") != ["线"], "one syllable or two"
    assert asked_for("整竹") == ["整竹"], "zhengzhu is no 珍珠: not one character is right"
    assert [way.words for way in understand("香熏").required[0].ways][:2] == [("香熏",), ("香薰",)]
    assert len(understand("材质").required[0].ways) <= 3, "a word that there is sounds like too much"


def test_a_word_that_no_lexicon_has_is_found_by_its_sound() -> None:
    title = set(index_words(Document(id=1, title_zh="禾苗牌琉璃盏")))
    (term,) = understand("liulizhan").required
    assert any(set(way.words) <= title for way in term.ways)
    assert index_sounds("琉璃盏") == {"~liu", "~li", "~zhan", "~liuli", "~lizhan"}


def test_no_typed_word_looks_like_a_sound_of_the_index() -> None:
    assert all(MARK not in piece for piece in pieces(normalise("~ma ~~ke ～bei")))


def test_a_very_long_word_is_looked_at_only_once() -> None:
    assert spelt("an" * 19 + "x") == ()
    assert spelt("an" * 10_000) == ()


def test_whatever_is_typed_is_heard_without_a_fault() -> None:
    dice = random.Random(1688)
    signs = [
        *"马克杯西安线雨伞散鱼竿发长行儿女绿𠀀々〇",
        *"abegnouixz ",
        "xian",
        "makebei",
        "lve",
        "nv",
        "9ft",
        "~ma",
        "ü",
    ]
    for _time in range(1_000):
        asked = understand("".join(dice.choices(signs, k=dice.randint(1, 12))))
        assert all(way.words and way.weight > 0 for term in asked.required for way in term.ways)


def test_sounds_cost_a_process_little() -> None:
    code = (
        "import sys; from caigou.search.sounds import syllables; syllables('杯');"
        "assert 'pypinyin' not in sys.modules, 'it would cost 56 MB'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
