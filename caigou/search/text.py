"""From what a person typed to clean words: one way for titles and for queries, whatever the engine.

NFKC folds full-width letters, traditional characters become simplified ones, units are written in one way
("350 毫升" and "350 ML" are both ``350ml``). No dictionary and no database here.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC
from snowballstemmer import stemmer  # type: ignore[import-untyped]

#: Longer words are cut: nobody searches for them, and engines refuse terms of many kilobytes.
MAX_WORD = 64

_HAN = "㐀-䶿一-鿿豈-\ufaff\U00020000-\U0003134f々〇"
#: Numbers of a size stay together: ``1.5l``, ``3/8inch``, ``30x83.5x24.5cm``.
_PIECE = re.compile(rf"[{_HAN}]+|(?=\d+[./x]\d)\d+(?:[./]\d+)?(?:x\d+(?:[./]\d+)?)*[a-z]*|[^\W_{_HAN}]+")
_HAS_HAN = re.compile(rf"[{_HAN}]")
#: Whatever falls apart into a letter and a mark; most Chinese titles have none, and taking them apart is slow.
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f\u0370-\u1aff\u1dc0-\u1fff]")
# Each begins with the characters that it may begin with and looks back only then: far quicker than looking first.
_APOSTROPHE = re.compile(r"['’ʼ](?<=\w.)(?=\w)")
_DIGIT = re.compile(r"\d")
#: Behind a number: inches as a sign, as "in" without a blank, or where nothing follows that would make it the word; or
#: "times".
_BEHIND = re.compile(
    r"\d(?:(?P<inches>\s?(?:[\"″”]|′′|(?<=\d)in(?![a-z0-9])|in(?=\s*(?:[,;.)/|]|$|x\s*\d))))|\s*[×x*]\s*(?=\d))"
)
_UNITS = {
    "毫升": "ml", "升": "l", "毫米": "mm", "厘米": "cm", "公分": "cm", "米": "m", "英寸": "inch", "寸": "inch",
    "千克": "kg", "公斤": "kg", "毫克": "mg", "克": "g", "毫安": "mah", "瓦": "w", "伏": "v",
    "斤": "jin", "英尺": "ft", "盎司": "oz", "磅": "lb", "加仑": "gal",
    "millilitre": "ml", "milliliter": "ml", "litre": "l", "liter": "l", "millimetre": "mm", "millimeter": "mm",
    "centimetre": "cm", "centimeter": "cm", "metre": "m", "meter": "m", "inch": "inch", "inches": "inch",
    "kilogram": "kg", "gram": "g", "watt": "w", "volt": "v",
    "foot": "ft", "feet": "ft", "yard": "yd", "ounce": "oz", "pound": "lb", "pint": "pint", "quart": "qt",
    "gallon": "gal", "gm": "g", "mtr": "m", "ltr": "l",
}  # fmt: skip
_LONG_UNITS = "|".join(sorted((unit for unit in _UNITS if unit.isascii()), key=len, reverse=True))
_HAN_UNITS = "|".join(sorted((unit for unit in _UNITS if not unit.isascii()), key=len, reverse=True))
_SHORT_UNITS = "ml|cl|l|mm|cm|m|kg|mg|g|gsm|oz|lb|mah|w|v|ft|yd|qt|gal|gb|pcs"
_UNIT = re.compile(
    rf"(\d(?<![a-wyz_.\d]\d)\d*(?:\.\d+)?)[\s-]*(?:(?P<long>{_LONG_UNITS})s?(?![a-z0-9])"
    rf"|(?P<short>{_SHORT_UNITS})(?![a-z0-9])|(?P<han>{_HAN_UNITS}))"
)
_lock = threading.Lock()


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """The characters that differ in simplified script: a text without any needs no conversion, which is slow."""
    every = [chr(code) for first, last in ((0x4E00, 0x9FFF), (0x3400, 0x4DBF)) for code in range(first, last + 1)]
    changed = str(_to_simplified().convert(",".join(every))).split(",")
    return frozenset(old for old, new in zip(every, changed, strict=True) if old != new)


def has_han(text: str) -> bool:
    """Say whether ``text`` has a Chinese character."""
    return _HAS_HAN.search(text) is not None


def simplified(text: str) -> str:
    """Return ``text`` with traditional characters replaced by simplified ones.

    >>> simplified("陶瓷馬克杯批發")
    '陶瓷马克杯批发'
    """
    if text.isascii() or _traditional().isdisjoint(text):
        return text
    with _lock:
        return str(_to_simplified().convert(text))


def _fold_accents(text: str) -> str:
    if text.isascii() or not _ACCENTED.search(text):
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _sign(match: re.Match[str]) -> str:
    return match[0][0] + ("inch " if match["inches"] else "x")


def _unit(match: re.Match[str]) -> str:
    name = match["long"] or match["han"]
    return f"{match[1]}{_UNITS[name] if name else match['short']} "


def normalise(text: str) -> str:
    """Return ``text`` in the one spelling that is indexed and searched.

    >>> normalise("ＭＵＧ 350 毫升, 10 × 15 cm"), normalise("Children’s CAFÉ")
    ('mug 350ml , 10x15cm', 'childrens cafe')
    """
    clean = text.lower() if text.isascii() else _fold_accents(simplified(unicodedata.normalize("NFKC", text)).lower())
    if "'" in clean or "’" in clean or "ʼ" in clean:
        clean = _APOSTROPHE.sub("", clean)
    if _DIGIT.search(clean):
        clean = _UNIT.sub(_unit, _BEHIND.sub(_sign, clean))
    return clean.strip()


def pieces(normalised: str) -> list[str]:
    """Return a normalised text in order as stretches of Han characters without a blank and words of other scripts.

    Punctuation, emoji and control characters are dropped.

    >>> pieces("led灯带 t-light, 1.5l %_")
    ['led', '灯带', 't', 'light', '1.5l']
    >>> pieces("1 3/8inch pipe, 30x83.5cm")
    ['1', '3/8inch', 'pipe', '30x83.5cm']
    """
    return _PIECE.findall(normalised)


@cache
def _english() -> object:
    return stemmer("english")


def stem(word: str) -> str:
    """Return the English stem of a lower-case word.

    >>> stem("candles"), stem("350ml"), stem("x359831")
    ('candl', '350ml', 'x359831')
    """
    if word[-1:].isdigit():  # an item number: no ending of English is a digit, and finding that out is slow
        return word
    return _stem(word)


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    with _lock:  # the stemmer keeps the word that it works on in itself
        return str(_english().stemWord(word))  # type: ignore[attr-defined]
