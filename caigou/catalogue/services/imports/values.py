"""Single values of a row: texts, whole numbers, prices, yes and no; each is right or refused with its reason. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from caigou.catalogue.services.imports.problems import UNWANTED, RowRefused
from caigou.catalogue.services.imports.rows import Digits
from caigou.kernel.money import BadAmount, parse_money

MOST_UNITS: Final = 10_000_000
#: Characters of each text.
LENGTHS: Final[Mapping[str, int]] = {
    "external_id": 120, "supplier": 200, "title_en": 300, "title_zh": 200,
    "description_en": 10_000, "description_zh": 10_000,
    "category": 60, "unit": 20, "currency": 20, "drawing": 40,
}  # fmt: skip
_MULTI_LINE: Final = frozenset({"description_en", "description_zh"})
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
#: Letters by their kind, for which nothing is drawn: fillers of Korean.
_UNDRAWN: Final = frozenset("\u115f\u1160\u3164\uffa0")
_YES: Final = frozenset({"yes", "true", "1", "y", "是", "有"})
_NO: Final = frozenset({"no", "false", "0", "n", "否", "无"})


def blank(value: Any) -> bool:
    """Say whether a cell states nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def brief(value: Any) -> str:
    """Return what a reason repeats of ``value``; a huge number of a hostile file is not worth writing out."""
    try:
        return "…" if type(value) is int and abs(value) > 10**30 else str(value)[:200]
    except RecursionError:  # a list in a list in a list …
        return "…"


def clean(value: Any, field: str, most: int | None = None) -> str:
    """Return ``value`` as text in NFC without control characters, blanks collapsed; raises ``RowRefused``.

    HTML and formulas of spreadsheets stay the text that they are: pages escape, exports disarm.

    >>> clean("  Caf\\u0065\\u0301\\x07  mug ", "title_en")
    'Café mug'
    """
    if value is None:
        return ""
    if type(value) is int and abs(value) < 10**30:
        value = str(value)
    if not isinstance(value, str):
        raise RowRefused("not_text", field=field)
    value = str(value)  # what was a number of JSON is a text from here on
    limit = LENGTHS[field] if most is None else most
    text = value if value.isascii() else unicodedata.normalize("NFC", value)
    if text.isprintable():  # most texts: no other blank than the plain one, and nothing to take out
        if "  " in text or text[:1] == " " or text[-1:] == " ":
            text = " ".join(text.split())
    elif field in _MULTI_LINE:
        lines = UNWANTED.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        text = "\n".join(" ".join(line.split()) for line in lines).strip()
    else:
        text = " ".join(UNWANTED.sub("", text).split())
    if len(text) > limit:
        raise RowRefused("field_too_long", field=field, most=limit)
    return text


def readable(text: str) -> bool:
    """Say whether anybody can read ``text``: it has a letter or a digit, and not only some that nothing is drawn for.

    >>> readable("杯"), readable("2 in 1"), readable("\u200d\u2060"), readable("\u3164")
    (True, True, False, False)
    """
    return any(sign.isalnum() and sign not in _UNDRAWN for sign in text)


def whole(value: Any, field: str, least: int = 1, most: int = MOST_UNITS) -> int:
    """Return a whole number within its bounds; raises ``RowRefused``.

    >>> whole("240", "moq"), whole(24, "order_multiple")
    (240, 24)
    """
    if blank(value):
        raise RowRefused("missing", field=field)
    number = None
    if type(value) is int:
        number = value
    elif isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        number = int(value)
    if number is None or not least <= number <= most:
        raise RowRefused("bad_number", field=field, value=brief(value), least=least, most=most)
    return number


def price_minor(value: Any, currency: str) -> int:
    """Return a price above zero in minor units of ``currency``; raises ``RowRefused``.

    >>> price_minor("13.80", "CNY"), price_minor(Digits("0.9"), "USD"), price_minor(80, "JPY")
    (1380, 90, 80)
    """
    minor = amount_minor(value, currency)
    if minor <= 0:
        raise RowRefused("price_not_positive", value=brief(value))
    return minor


def amount_minor(value: Any, currency: str) -> int:
    """Return an exact amount in minor units of ``currency``, of either sign or zero; raises ``RowRefused``."""
    text = str(value) if type(value) is int and 0 <= value < 10**16 else value
    try:
        return parse_money(text, currency).minor
    except BadAmount:
        raise RowRefused("bad_price", value=brief(value), currency=currency) from None


def yes_or_no(value: Any) -> bool | None:
    """Return what a cell or a JSON value says, None for nothing; raises ``ValueError`` for anything else.

    >>> yes_or_no("是"), yes_or_no(False), yes_or_no("")
    (True, False, None)
    """
    if blank(value) or isinstance(value, bool):
        return value if isinstance(value, bool) else None
    word = str(value).strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(brief(value))


def listed(value: Any) -> list[Any]:
    """Return a JSON list, read from its text where a cell holds it; raises ``ValueError`` or ``TypeError``."""
    try:
        found = json.loads(value, parse_float=Digits) if isinstance(value, str) else value
    except RecursionError:
        raise ValueError("lists in lists without end") from None
    if not isinstance(found, list):
        raise TypeError("a list")
    return found
