"""What is nice to know about goods: attributes, samples, customisation, ratings, HS hint, where it was read.

What can't be used is left out with a note; the product is taken all the same. Pure: no database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from caigou.catalogue.services.imports.problems import Problem, RowRefused, problem
from caigou.catalogue.services.imports.values import MOST_UNITS, amount_minor, blank, brief, clean, listed, yes_or_no
from caigou.catalogue.services.imports.values import whole as _whole

MOST_ATTRIBUTES: Final = 60
MOST_OF_ATTRIBUTE: Final = 300
MOST_CUSTOMISATIONS: Final = 12
#: Of one product; 1688 takes as many.
MOST_PICTURES: Final = 15
MOST_NOTE: Final = 300
_MOST_COUNT: Final = 999_999_999
#: Least and most of what may be left out: pieces, millimetres, grams, days, units, steps of wheel and variation.
STATED: Final[Mapping[str, tuple[int, int]]] = {
    "carton_pieces": (1, 1_000_000), "carton_length_mm": (1, 20_000), "carton_width_mm": (1, 20_000),
    "carton_height_mm": (1, 20_000), "carton_weight_g": (1, 50_000_000), "weight_g": (1, 50_000_000),
    "lead_days": (0, 3_650), "sold": (0, _MOST_COUNT), "hue": (0, 11), "look": (0, 3),
}  # fmt: skip
SAMPLE_COUNTS: Final = {"sample_most": (1, 1_000), "sample_days": (0, 365)}
#: What a supplier changes for a buyer.
CUSTOMISATIONS: Final = ("logo", "packaging", "colour", "size", "material", "design")
#: The columns that this module reads.
DETAILS: Final = frozenset(
    {*STATED, *SAMPLE_COUNTS, "attributes", "customisation", "hs_code", "pictures", "rating_average", "rating_count",
     "sample_offered", "sample_price", "source_url"}
)  # fmt: skip
_ATTRIBUTE: Final = ("name_en", "name_zh", "value_en", "value_zh")
_CHINESE = re.compile("[\u3400-\u9fff]")
_HS = re.compile(r"[0-9]{6,10}", re.ASCII)
_URL = re.compile(r"https?://[!-~]{1,490}", re.ASCII)
_STARS = re.compile(r"([0-5])(?:\.([0-9])[0-9]?)?", re.ASCII)
#: The least that a picture's name may look like; it is looked up among the pictures handed in, never opened.
_PICTURE = re.compile(r"[^/\\\x00-\x1f|]{1,180}\.(?:jpe?g|png|webp)", re.IGNORECASE)

Values = Mapping[str, Any]
Notes = list[Problem]


def details(row: Values, currency: str, notes: Notes) -> dict[str, Any]:
    """Return the columns of the product that say these things; empty where the row states nothing."""
    customisation = _customisation(row.get("customisation"), currency, notes)
    found: dict[str, Any] = {
        field: None if (said := row.get(field)) is None else stated(said, field, *bounds, notes)
        for field, bounds in STATED.items()
    }
    return {
        **found,
        **_sample(row, currency, notes),
        **_rating(row, notes),
        "hue": found["hue"] or 0,
        "look": found["look"] or 0,
        "attributes": _attributes(row.get("attributes"), notes),
        "customisation": customisation,
        "own_logo": any(kind["kind"] == "logo" for kind in customisation),
        "hs_code": _matching(row.get("hs_code"), "hs_code", _HS, notes, without=". "),
        "source_url": _matching(row.get("source_url"), "source_url", _URL, notes),
    }


def left_out(field: str, value: Any, notes: Notes) -> None:
    """Note that a part can't be used."""
    notes.append(problem("left_out", field=field, value=brief(value)))


def stated(value: Any, field: str, least: int, most: int, notes: Notes) -> int | None:
    """Return a whole number; None, with a note unless nothing was stated, when it isn't one within its bounds."""
    if type(value) is int and least <= value <= most:
        return value
    if blank(value):
        return None
    try:
        return _whole(value, field, least, most)
    except RowRefused:
        left_out(field, value, notes)
        return None


def _matching(value: Any, field: str, form: re.Pattern[str], notes: Notes, *, without: str = "") -> str:
    if blank(value):
        return ""
    text = "".join(sign for sign in str(value).strip() if sign not in without) if len(str(value)) <= 600 else ""
    if form.fullmatch(text):
        return text
    left_out(field, value, notes)
    return ""


def _sample(row: Values, currency: str, notes: Notes) -> dict[str, Any]:
    """Whether one sample can be had, at what price; ``sample`` of JSON was spread over the columns before."""
    nothing = {"sample_offered": None, "sample_price_minor": None, "sample_most": None, "sample_days": None}
    price = None
    try:
        offered = yes_or_no(row.get("sample_offered"))
        if not blank(row.get("sample_price")):
            price = amount_minor(row["sample_price"], currency)
    except (ValueError, RowRefused):
        left_out("sample", row.get("sample_price") or row.get("sample_offered"), notes)
        return nothing
    offered = True if offered is None and price is not None else offered
    if price is not None and (price < 0 or not offered):
        left_out("sample_price", row["sample_price"], notes)
        price = None
    counts = {field: stated(row.get(field), field, *bounds, notes) for field, bounds in SAMPLE_COUNTS.items()}
    if not offered:
        return {**nothing, "sample_offered": offered}
    return {"sample_offered": True, "sample_price_minor": price, **counts}


def _rating(row: Values, notes: Notes) -> dict[str, Any]:
    """Return the average in tenths of a star; a hundredth is cut off, so that no rating looks better than it is."""
    average, count = row.get("rating_average"), row.get("rating_count")
    nothing = {"rating_tenths": None, "rating_count": 0}
    if blank(average) and blank(count):
        return nothing
    found = _STARS.fullmatch(str(average).strip()[:9])
    tenths = int(found[1]) * 10 + int(found[2] or 0) if found else 99
    number = stated(count, "rating_count", 0, _MOST_COUNT, notes)
    if tenths > 50 or not number:
        left_out("rating", f"{brief(average)} / {brief(count)}", notes)
        return nothing
    return {"rating_tenths": tenths, "rating_count": number}


def _customisation(value: Any, currency: str, notes: Notes) -> list[dict[str, Any]]:
    """Return what can be made to order, from ``logo:500|packaging:1000`` or a JSON list of objects."""
    if blank(value) or value == []:
        return []
    try:
        if isinstance(value, str) and not value.lstrip().startswith("["):
            parts = [part.partition(":") for part in value.split("|") if part.strip()]
            kinds = [{"kind": kind.strip(), "moq": moq or None} for kind, _colon, moq in parts]
        else:
            kinds = listed(value)
        if len(kinds) > MOST_CUSTOMISATIONS:
            raise ValueError(len(kinds))
        return [_made_to_order(kind, currency) for kind in kinds]
    except (ValueError, TypeError, RowRefused):
        left_out("customisation", value, notes)
        return []


def _made_to_order(said: Any, currency: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise TypeError("a kind of customisation is an object")
    if said.get("kind") not in CUSTOMISATIONS:
        raise ValueError(said.get("kind"))

    def amount(field: str) -> int | None:
        if blank(said.get(field)):
            return None
        minor = amount_minor(said[field], currency)
        if minor < 0:
            raise ValueError(field)
        return minor

    return {
        "kind": said["kind"],
        "moq": None if blank(said.get("moq")) else _whole(said["moq"], "moq", 1, MOST_UNITS),
        "setup_fee_minor": amount("setup_fee"),
        "unit_surcharge_minor": amount("unit_surcharge"),
        "days": None if blank(said.get("days")) else _whole(said["days"], "days", 0, 365),
        "note_en": clean(said.get("note_en"), "note_en", most=MOST_NOTE),
        "note_zh": clean(said.get("note_zh"), "note_zh", most=MOST_NOTE),
    }


def pictures(value: Any, notes: Notes) -> tuple[str, ...]:
    """Return the file names of the product's pictures in their order, from ``a.jpg|b.jpg`` or a JSON list."""
    if blank(value) or value == []:
        return ()
    try:
        names = value.split("|") if isinstance(value, str) and not value.lstrip().startswith("[") else listed(value)
        names = [clean(name, "pictures", most=200) for name in names[: MOST_PICTURES + 1]]
    except (ValueError, TypeError, RowRefused):
        left_out("pictures", value, notes)
        return ()
    # A folder before the name, as some programs write it, says nothing: the name alone is looked up.
    names = [name.replace("\\", "/").rpartition("/")[2] for name in names if name]
    good = [name for name in dict.fromkeys(names) if _PICTURE.fullmatch(name)]
    for name in sorted(set(names) - set(good)):
        left_out("pictures", name, notes)
    if len(good) > MOST_PICTURES:
        left_out("pictures", f"{len(good)} > {MOST_PICTURES}", notes)
    return tuple(good[:MOST_PICTURES])


def _attributes(value: Any, notes: Notes) -> list[dict[str, str]]:
    """Return the attributes that can be shown; what can't be read is left out with a note."""
    if blank(value) or value == []:
        return []
    try:
        attributes = [attribute(pair) for pair in _attribute_list(value)]
    except (ValueError, TypeError, RowRefused):
        left_out("attributes", value, notes)
        return []
    if len(attributes) > MOST_ATTRIBUTES:
        left_out("attributes", f"{len(attributes)} > {MOST_ATTRIBUTES}", notes)
    return attributes[:MOST_ATTRIBUTES]


def _attribute_list(value: Any) -> list[Any]:
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return attributes_of_text(value)
    return listed(value)


def attributes_of_text(text: str) -> list[dict[str, str]]:
    """Return ``Material=Glass;颜色=蓝`` as a list of names and values; raises ``ValueError``.

    >>> attributes_of_text("Material=Glass;颜色=蓝")
    [{'name_en': 'Material', 'value_en': 'Glass'}, {'name_zh': '颜色', 'value_zh': '蓝'}]
    """
    return [_attribute_of_text(part) for part in text.split(";") if part.strip()]


def _attribute_of_text(part: str) -> dict[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise ValueError(part)
    language = "zh" if _CHINESE.search(name) else "en"
    return {f"name_{language}": name, f"value_{language}": value}


def attribute(pair: Any) -> dict[str, str]:
    """Return a name and a value in one or both languages; raises ``TypeError``, ``ValueError`` or ``RowRefused``."""
    if not isinstance(pair, dict):
        raise TypeError("an attribute is an object")
    texts = {field: clean(pair.get(field), field, most=MOST_OF_ATTRIBUTE) for field in _ATTRIBUTE}
    if not (texts["name_en"] or texts["name_zh"]) or not (texts["value_en"] or texts["value_zh"]):
        raise ValueError("an attribute has a name and a value")
    return texts
