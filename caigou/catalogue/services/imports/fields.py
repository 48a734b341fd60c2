"""One product row: each field is checked by itself, with a reason and what would be right.

What makes a product unsellable (no name, no price, a quantity that can't be ordered) refuses the row. What is only
nice to know (carton, lead time, attributes) is left out with a note when it can't be used. Pure: no database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caigou.catalogue.models import ProductStatus
from caigou.catalogue.pricing import QuoteType
from caigou.catalogue.services.imports.details import DETAILS, details, left_out, pictures
from caigou.catalogue.services.imports.problems import Problem, RowRefused
from caigou.catalogue.services.imports.units import unit_of
from caigou.catalogue.services.imports.values import LENGTHS, blank, brief, clean, price_minor, readable, whole
from caigou.catalogue.services.imports.variants import VariantRow, priced, quote_type, variants
from caigou.kernel.money import CURRENCIES

MOST_TIERS: Final = 20
#: What a spreadsheet may have as columns.
COLUMNS: Final = frozenset(
    {*LENGTHS, *DETAILS, "moq", "order_multiple", "tiers", "price", "quote_type", "variants", "status", "source"}
)
#: Objects of JSON whose members are columns of a spreadsheet: ``carton.pieces`` is ``carton_pieces``.
SPREAD: Final = ("carton", "sample", "rating")
_MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(column.removeprefix(f"{name}_") for column in COLUMNS if column.startswith(f"{name}_"))
    for name in SPREAD
}
#: Strange members of one object that its row is told of.
_MOST_STRANGE: Final = 5
#: What a spreadsheet makes of a long number when it saves CSV: many products would share one name.
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*E\+[0-9]{2,3}", re.IGNORECASE | re.ASCII)
_NAMES: Final = ("external_id", "supplier", "category")


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a row says about a product, checked; ``tiers`` are (from quantity, minor units), rising by quantity.

    ``pictures`` are file names. ``status`` and ``source`` are empty where the row leaves them to the platform.
    """

    external_id: str
    supplier: str
    category: str
    values: Mapping[str, Any]
    tiers: tuple[tuple[int, int], ...]
    variants: tuple[VariantRow, ...] = ()
    pictures: tuple[str, ...] = ()
    status: str = ""
    source: str = ""


def product_row(values: Mapping[str, Any]) -> tuple[ProductRow, list[Problem]]:
    """Return the product that a row describes, with notes on what had to be left out; raises ``RowRefused``."""
    notes: list[Problem] = []
    flat = _flat(values, notes)
    # Most rows say a third of all fields; asking first spares a call for each of the others.
    texts = {field: "" if (said := flat.get(field)) is None else clean(said, field) for field in LENGTHS}
    for field in ("external_id", "currency"):
        if not texts[field]:
            raise RowRefused("missing", field=field)
    if _SHORTENED.fullmatch(texts["external_id"]):
        raise RowRefused("shortened_number", field="external_id", value=texts["external_id"])
    if not readable(texts["title_en"]) and not readable(texts["title_zh"]):
        raise RowRefused("no_title")
    currency = texts["currency"]
    if currency not in CURRENCIES or currency == "PTS":
        raise RowRefused("bad_currency", value=currency)
    status = _status(flat.get("status"), notes)
    moq = whole(flat.get("moq"), "moq")
    prices = _prices(flat, moq, currency, notes, draft=status == ProductStatus.DRAFT)
    fields: dict[str, Any] = {
        **{field: texts[field] for field in LENGTHS if field not in _NAMES},
        **details(flat, currency, notes),
        "unit": unit_of(texts["unit"]),
        "moq": moq,
        "order_multiple": 1 if blank(flat.get("order_multiple")) else whole(flat["order_multiple"], "order_multiple"),
        "quote_type": prices.quote_type,
    }
    row = ProductRow(
        texts["external_id"],
        texts["supplier"],
        texts["category"],
        fields,
        prices.tiers,
        prices.variants,
        pictures(flat.get("pictures"), notes),
        status,
        clean(flat.get("source"), "source", most=60),
    )
    return row, notes


def _flat(values: Mapping[str, Any], notes: list[Problem]) -> Mapping[str, Any]:
    """Spread ``carton``, ``sample`` and ``rating`` of JSON over columns; a sample of ``false`` is not offered."""
    flat = values
    for name in SPREAD:
        inner = values.get(name)
        if isinstance(inner, Mapping):
            offered = {"sample_offered": True} if name == "sample" else {}
            flat = {**flat, **offered, **{f"{name}_{member}": value for member, value in inner.items()}}
            for member in sorted(inner.keys() - _MEMBERS[name])[:_MOST_STRANGE]:
                left_out(f"{name}.{member}", inner[member], notes)
        elif name == "sample" and isinstance(inner, bool):
            flat = {**flat, "sample_offered": inner}
        elif not blank(inner):
            left_out(name, inner, notes)
    return flat


def _status(value: Any, notes: list[Problem]) -> str:
    if blank(value):
        return ""
    word = str(value).strip().lower()[:20]
    if word in ProductStatus.values:
        return word
    left_out("status", value, notes)
    return ""


@dataclass(frozen=True, slots=True)
class _Prices:
    quote_type: str
    tiers: tuple[tuple[int, int], ...]
    variants: tuple[VariantRow, ...]


def _prices(flat: Mapping[str, Any], moq: int, currency: str, notes: list[Problem], *, draft: bool) -> _Prices:
    """Return the price list or the variants' prices, as the way of quoting wants; only a draft may have none."""
    pairs = _pairs(flat.get("tiers"))
    if not blank(flat.get("price")) and (not pairs or whole(pairs[0][0], "tiers") > moq):
        pairs = [(moq, flat["price"]), *pairs]
    found = variants(flat.get("variants"), currency, notes)
    kind = quote_type(flat.get("quote_type"), found, has_tiers=bool(pairs))
    if draft and not pairs and all(variant.unit_price_minor is None for variant in found):
        return _Prices(kind, (), found)
    found = priced(kind, found, notes)
    if kind == QuoteType.PER_VARIANT:
        if pairs:
            left_out("tiers", flat.get("tiers") or flat.get("price"), notes)
        return _Prices(kind, (), found)
    return _Prices(kind, _tiers(pairs, currency), found)


def _tiers(pairs: Sequence[tuple[Any, Any]], currency: str) -> tuple[tuple[int, int], ...]:
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
    if blank(value):
        return []
    if isinstance(value, str):
        parts = [part.partition(":") for part in value.split("|")]
        if not all(colon for _start, colon, _price in parts):
            raise RowRefused("bad_tiers", value=value)
        return [(start, price) for start, _colon, price in parts]
    if not isinstance(value, list) or not all(isinstance(tier, dict) for tier in value):
        raise RowRefused("bad_tiers", value=brief(value))
    return [(tier.get("from"), tier.get("price")) for tier in value[: MOST_TIERS + 1]]
