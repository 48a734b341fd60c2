"""The fields of one product row: each is checked by itself, with a reason and what would be right.

What makes a product unsellable (no name, no price, a quantity that can't be ordered) refuses the row. What is only
nice to know (carton, lead time, attributes) is left out with a note when it can't be used. Pure: no database.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caigou.catalogue.services.imports.problems import UNWANTED, Problem, RowRefused, problem
from caigou.catalogue.services.imports.rows import Digits
from caigou.kernel.money import CURRENCIES, BadAmount, parse_money

MOST_UNITS: Final = 10_000_000
MOST_TIERS: Final = 20
MOST_ATTRIBUTES: Final = 60
MOST_OF_ATTRIBUTE: Final = 300
#: Characters of each text.
LENGTHS: Final[Mapping[str, int]] = {
    "external_id": 120, "supplier": 200, "title_en": 300, "title_zh": 200,
    "description_en": 10_000, "description_zh": 10_000,
    "category": 60, "unit": 20, "currency": 20, "drawing": 40,
}  # fmt: skip
#: Least and most of what may be left out: pieces, millimetres, grams, days, a step of the colour wheel.
STATED: Final[Mapping[str, tuple[int, int]]] = {
    "carton_pieces": (1, 1_000_000), "carton_length_mm": (1, 20_000), "carton_width_mm": (1, 20_000),
    "carton_height_mm": (1, 20_000), "carton_weight_g": (1, 50_000_000), "lead_days": (0, 3_650), "hue": (0, 11),
}  # fmt: skip
COLUMNS: Final = frozenset({*LENGTHS, *STATED, "moq", "order_multiple", "tiers", "price", "attributes", "carton"})
_MULTI_LINE: Final = frozenset({"description_en", "description_zh"})
_ATTRIBUTE: Final = ("name_en", "name_zh", "value_en", "value_zh")
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a row says about a product, checked; ``tiers`` are (from quantity, minor units), rising by quantity."""

    external_id: str
    supplier: str
    category: str
    values: Mapping[str, Any]
    tiers: tuple[tuple[int, int], ...]


def product_row(values: Mapping[str, Any]) -> tuple[ProductRow, list[Problem]]:
    """Return the product that a row describes, with notes on what had to be left out; raises ``RowRefused``."""
    flat = _flat(values)
    texts = {field: clean(flat.get(field), field) for field in LENGTHS}
    for field in ("external_id", "currency"):
        if not texts[field]:
            raise RowRefused("missing", field=field)
    if not texts["title_en"] and not texts["title_zh"]:
        raise RowRefused("no_title")
    currency = texts["currency"]
    if currency not in CURRENCIES or currency == "PTS":
        raise RowRefused("bad_currency", value=currency)
    moq = whole(flat.get("moq"), "moq")
    multiple = 1 if _blank(flat.get("order_multiple")) else whole(flat["order_multiple"], "order_multiple")
    tiers = _tiers(flat, moq, currency)
    notes: list[Problem] = []
    fields: dict[str, Any] = {
        **{field: texts[field] for field in LENGTHS if field not in ("external_id", "supplier", "category")},
        **{field: _stated(flat.get(field), field, notes) for field in STATED},
        "moq": moq,
        "order_multiple": multiple,
        "attributes": _attributes(flat.get("attributes"), notes),
    }
    fields["unit"] = fields["unit"] or "piece"
    fields["hue"] = fields["hue"] or 0
    return ProductRow(texts["external_id"], texts["supplier"], texts["category"], fields, tiers), notes


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


def whole(value: Any, field: str, least: int = 1, most: int = MOST_UNITS) -> int:
    """Return a whole number within its bounds; raises ``RowRefused``.

    >>> whole("240", "moq"), whole(24, "order_multiple")
    (240, 24)
    """
    if _blank(value):
        raise RowRefused("missing", field=field)
    number = None
    if type(value) is int:
        number = value
    elif isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        number = int(value)
    if number is None or not least <= number <= most:
        raise RowRefused("bad_number", field=field, value=_brief(value), least=least, most=most)
    return number


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _brief(value: Any) -> str:
    """A huge number of a hostile file is not worth writing out."""
    try:
        return "…" if type(value) is int and abs(value) > 10**30 else str(value)[:200]
    except RecursionError:  # a list in a list in a list …
        return "…"


def _flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    carton = values.get("carton")
    if isinstance(carton, Mapping):
        return {**values, **{f"carton_{name}": value for name, value in carton.items()}}
    return values


def _stated(value: Any, field: str, notes: list[Problem]) -> int | None:
    least, most = STATED[field]
    if _blank(value):
        return None
    try:
        return whole(value, field, least, most)
    except RowRefused:
        notes.append(problem("left_out", field=field, value=_brief(value)))
        return None


def _tiers(values: Mapping[str, Any], moq: int, currency: str) -> tuple[tuple[int, int], ...]:
    pairs = _pairs(values.get("tiers"))
    if not pairs and not _blank(values.get("price")):
        pairs = [(moq, values["price"])]
    if not pairs:
        raise RowRefused("no_tiers")
    if len(pairs) > MOST_TIERS:
        raise RowRefused("too_many_tiers", most=MOST_TIERS)
    tiers: list[tuple[int, int]] = []
    for quantity, text in pairs:
        start = whole(quantity, "tiers")
        price = price_minor(text, currency)
        if tiers and start <= tiers[-1][0]:
            raise RowRefused("tiers_not_rising", quantity=start)
        if tiers and price > tiers[-1][1]:
            raise RowRefused("tier_price_rises", quantity=start)
        tiers.append((start, price))
    return tuple(tiers)


def _pairs(value: Any) -> Sequence[tuple[Any, Any]]:
    """Return (quantity, price) pairs as they stand, from ``100:13.80|500:12.60`` or a list of objects."""
    if _blank(value):
        return []
    if isinstance(value, str):
        parts = [part.partition(":") for part in value.split("|")]
        if not all(colon for _start, colon, _price in parts):
            raise RowRefused("bad_tiers", value=value)
        return [(start, price) for start, _colon, price in parts]
    if not isinstance(value, list) or not all(isinstance(tier, dict) for tier in value):
        raise RowRefused("bad_tiers", value=_brief(value))
    return [(tier.get("from"), tier.get("price")) for tier in value[: MOST_TIERS + 1]]


def price_minor(value: Any, currency: str) -> int:
    """Return a price above zero in minor units of ``currency``; raises ``RowRefused``.

    >>> price_minor("13.80", "CNY"), price_minor(Digits("0.9"), "USD"), price_minor(80, "JPY")
    (1380, 90, 80)
    """
    text = str(value) if type(value) is int and 0 <= value < 10**16 else value
    try:
        minor = parse_money(text, currency).minor
    except BadAmount:
        raise RowRefused("bad_price", value=_brief(value), currency=currency) from None
    if minor <= 0:
        raise RowRefused("price_not_positive", value=_brief(value))
    return minor


def _attributes(value: Any, notes: list[Problem]) -> list[dict[str, str]]:
    """Return the attributes that can be shown; what can't be read is left out with a note."""
    if _blank(value) or value == []:
        return []
    try:
        pairs = _attribute_list(value)
        attributes = [_attribute(pair) for pair in pairs]
    except (ValueError, TypeError, RowRefused):
        notes.append(problem("left_out", field="attributes", value=_brief(value)))
        return []
    if len(attributes) > MOST_ATTRIBUTES:
        notes.append(problem("left_out", field="attributes", value=f"{len(attributes)} > {MOST_ATTRIBUTES}"))
    return attributes[:MOST_ATTRIBUTES]


def _attribute_list(value: Any) -> list[Any]:
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return [_attribute_of_text(part) for part in value.split(";") if part.strip()]
    try:
        listed = json.loads(value, parse_float=Digits) if isinstance(value, str) else value
    except RecursionError:
        raise ValueError("lists in lists without end") from None
    if not isinstance(listed, list):
        raise TypeError("attributes are a list")
    return listed


def _attribute_of_text(part: str) -> dict[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise ValueError(part)
    language = "zh" if _CHINESE.search(name) else "en"
    return {f"name_{language}": name, f"value_{language}": value}


def _attribute(pair: Any) -> dict[str, str]:
    if not isinstance(pair, dict):
        raise TypeError("an attribute is an object")
    texts = {field: clean(pair.get(field), field, most=MOST_OF_ATTRIBUTE) for field in _ATTRIBUTE}
    if not (texts["name_en"] or texts["name_zh"]) or not (texts["value_en"] or texts["value_zh"]):
        raise ValueError("an attribute has a name and a value")
    return texts
