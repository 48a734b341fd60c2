"""How Chinese sounds: pinyin without tones, of one character after the other.

The readings come from pypinyin's table of characters, read once and kept as two bytes a character: the package itself
would add 56 MB to every process, this adds less than one.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

PACKAGE = "pypinyin"
#: Before a sound in the index: no word that a person types begins with it.
MARK = "~"
_FIRST, _LAST = 0x4E00, 0x9FFF
_ENTRY = re.compile(r'"(\d+)":\s*"([^",]+)')
#: Readings as goods are called, the usual one first, where the table begins with another one or goods have two.
_OF_GOODS = {
    "长": ("chang", "zhang"), "调": ("tiao", "diao"), "弹": ("tan", "dan"), "模": ("mo", "mu"), "乐": ("le", "yue"),
    "薄": ("bao", "bo"), "粘": ("zhan", "nian"), "茄": ("qie",), "刨": ("bao",), "重": ("zhong", "chong"),
    "便": ("bian", "pian"), "行": ("xing", "hang"), "铛": ("cheng", "dang"), "降": ("jiang",), "削": ("xiao", "xue"),
    "绿": ("lv",), "数": ("shu",), "率": ("lv",),
}  # fmt: skip
#: Sounds that many speakers and keyboards don't tell apart.
_ALIKE = re.compile(r"(?<=[zcs])h|(?<=[aei]n)g(?![aeiouv])")


def _plain(reading: str) -> str:
    """Return ``lǚ`` as it is typed: ``lv``."""
    marks = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(sign for sign in marks if not unicodedata.combining(sign))


@cache
def _readings() -> tuple[array[int], list[str]]:
    """The number of each character's reading, and the readings; number 0 is "none"."""
    package = find_spec(PACKAGE)  # found, not imported
    folder = package and package.submodule_search_locations
    if not folder:
        raise ModuleNotFoundError(f"{PACKAGE} isn't installed; it has the sounds of Chinese characters")
    numbers, known = array("H", bytes(2 * (_LAST - _FIRST + 1))), {"": 0}
    # Found piece by piece: as one object the file would take 10 MB.
    for entry in _ENTRY.finditer((Path(folder[0]) / "pinyin_dict.json").read_text(encoding="utf-8")):
        code = int(entry[1])
        if _FIRST <= code <= _LAST:
            numbers[code - _FIRST] = known.setdefault(_plain(entry[2]), len(known))
    return numbers, list(known)


@cache  # at most as many as there are characters
def _sounds_of(sign: str) -> tuple[str, ...]:
    if sign in _OF_GOODS:
        return _OF_GOODS[sign]
    if not _FIRST <= ord(sign) <= _LAST:
        return ()
    numbers, known = _readings()
    found = known[numbers[ord(sign) - _FIRST]]
    return (found,) if found else ()


def syllables(han: str) -> list[str]:
    """Return the usual sound of each character of simplified Chinese; empty where one has none.

    >>> syllables("马克杯")
    ['ma', 'ke', 'bei']
    """
    found = [_sounds_of(sign)[:1] for sign in han]
    return [one[0] for one in found] if all(found) else []


def every_sound(han: str) -> Iterator[str]:
    """Yield the joined sounds of a word: one, or two where one of its characters has two readings."""
    said = syllables(han)
    if not said:
        return
    yield "".join(said)
    for at, sign in enumerate(han):
        for other in _sounds_of(sign)[1:]:
            yield "".join((*said[:at], other, *said[at + 1 :]))


def alike(sound: str) -> str:
    """Return a sound without what many speakers don't tell apart.

    >>> alike("chuanglian"), alike("shangen")
    ('cuanlian', 'sangen')
    """
    return _ALIKE.sub("", sound)


def index_sounds(han: str) -> set[str]:
    """Return the words by which a stretch of a Chinese title is found by sound: syllables and neighbouring pairs.

    >>> sorted(index_sounds("马克杯"))
    ['~bei', '~ke', '~kebei', '~ma', '~make']
    """
    found: set[str] = set()
    before: tuple[str, ...] = ()
    for sign in han:  # plain loops: this is done for every title
        said = _sounds_of(sign)
        for one in said:
            found.add(MARK + one)
            for other in before:
                found.add(MARK + other + one)
        before = said
    return found


def wanted_sounds(said: list[str]) -> tuple[str, ...]:
    """Return the words of the index that a title with these syllables side by side has."""
    if len(said) == 1:
        return (MARK + said[0],)
    return tuple(dict.fromkeys(MARK + one + other for one, other in pairwise(said)))


@cache
def _syllable() -> re.Pattern[str]:
    known = {one for one in _readings()[1] if re.search("[aeiouv]", one)}
    known.update(sound for sounds in _OF_GOODS.values() for sound in sounds)
    return re.compile("|".join(sorted(known, key=lambda one: (-len(one), one))))


@lru_cache(maxsize=1_024)
def spelt(word: str) -> tuple[str, ...]:
    """Return the syllables of a word in pinyin, empty when it can't be pinyin.

    >>> spelt("makebei"), spelt("xianglian"), spelt("mugs")
    (('ma', 'ke', 'bei'), ('xiang', 'lian'), ())
    """
    if not word.isascii() or not word.isalpha() or len(word) > 40:
        return ()
    return _spelt_from(word) or ()


@lru_cache(maxsize=1_024)
def _spelt_from(rest: str) -> tuple[str, ...] | None:
    """Take the longest syllable from which the rest can be spelt, too."""
    if not rest:
        return ()
    for end in range(min(6, len(rest)), 0, -1):
        if _syllable().fullmatch(rest, 0, end):
            more = _spelt_from(rest[end:])
            if more is not None:
                return (rest[:end], *more)
    return None
