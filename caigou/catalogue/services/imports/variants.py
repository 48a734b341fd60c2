"""The variants of a row: colours, sizes, models of one product, and what they cost. Pure: no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from caigou.catalogue.pricing import QuoteType
from caigou.catalogue.services.imports.details import attribute, attributes_of_text, left_out, stated
from caigou.catalogue.services.imports.problems import Problem, RowRefused
from caigou.catalogue.services.imports.values import blank, brief, clean, listed, price_minor

MOST_VARIANTS: Final = 300
MOST_OPTIONS: Final = 4
MOST_STOCK: Final = 999_999_999
_PRICE = re.compile(r"@\s*([0-9.]{1,20})\s*$", re.ASCII)


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant, checked; ``options`` say which, ``unit_price_minor`` is only of goods priced per variant."""

    external_id: str
    options: tuple[tuple[tuple[str, str], ...], ...]
    unit_price_minor: int | None = None
    stock: int | None = None
    weight_g: int | None = None


def variants(value: Any, currency: str, notes: list[Problem]) -> tuple[VariantRow, ...]:
    """Return the variants that a row describes, in its order; raises ``RowRefused`` when they can't be told apart.

    A cell holds the JSON list, or ``LB: Colour=Lake blue; 尺码=L @ 13.80 | CG: …``; the price may be left out.
    """
    if blank(value) or value == []:
        return ()
    try:
        said = _of_text(value) if isinstance(value, str) and not value.lstrip().startswith("[") else listed(value)
        if len(said) > MOST_VARIANTS:
            raise RowRefused("too_many_variants", most=MOST_VARIANTS)
        found = tuple(_variant(one, currency, notes) for one in said)
    except (ValueError, TypeError):
        raise RowRefused("bad_variants", value=brief(value)) from None
    names = [one.external_id for one in found]
    for name in names:
        if names.count(name) > 1:
            raise RowRefused("variant_twice", value=name)
    return found


def _of_text(text: str) -> list[dict[str, Any]]:
    return [_one_of_text(part) for part in text.split("|") if part.strip()]


def _one_of_text(part: str) -> dict[str, Any]:
    price = _PRICE.search(part)
    rest = part[: price.start()] if price else part
    name, colon, options = rest.partition(":")
    if not colon:
        name, options = "", rest
    return {"external_id": name, "options": attributes_of_text(options), "price": price[1] if price else None}


def _variant(said: Any, currency: str, notes: list[Problem]) -> VariantRow:
    if not isinstance(said, dict) or not isinstance(said.get("options"), list):
        raise TypeError("a variant is an object with options")
    options = [attribute(option) for option in said["options"]]
    if not 1 <= len(options) <= MOST_OPTIONS:
        raise ValueError("a variant has one option or a few")
    name = clean(said.get("external_id"), "variants", most=120)
    return VariantRow(
        # Who gives no name of his own names it by what it is: the same file names it the same way again.
        name or "/".join(option["value_en"] or option["value_zh"] for option in options)[:120],
        tuple(tuple(option.items()) for option in options),
        None if blank(said.get("price")) else price_minor(said["price"], currency),
        stated(said.get("stock"), "stock", 0, MOST_STOCK, notes),
        stated(said.get("weight_g"), "weight_g", 1, 50_000_000, notes),
    )


def quote_type(value: Any, found: tuple[VariantRow, ...], *, has_tiers: bool) -> str:
    """Return how the row quotes; raises ``RowRefused`` for a word that is none of the three ways.

    Left out, it follows from the row: variants that all have a price and no price list are priced each, variants
    with a price list share it by their total, and without variants the price goes by quantity.
    """
    if not blank(value):
        try:
            return QuoteType(str(value).strip().lower())
        except ValueError:
            raise RowRefused("bad_quote_type", value=brief(value)) from None
    if not found:
        return QuoteType.BY_QUANTITY
    each = all(variant.unit_price_minor is not None for variant in found)
    return QuoteType.PER_VARIANT if each and not has_tiers else QuoteType.BY_TOTAL


def priced(kind: str, found: tuple[VariantRow, ...], notes: list[Problem]) -> tuple[VariantRow, ...]:
    """Return the variants with the prices that count; raises ``RowRefused`` for goods priced each without a price."""
    if kind == QuoteType.PER_VARIANT:
        if not found:
            raise RowRefused("no_variants")
        for variant in found:
            if variant.unit_price_minor is None:
                raise RowRefused("variant_without_price", value=variant.external_id)
        return found
    if any(variant.unit_price_minor is not None for variant in found):
        left_out("variants", "price", notes)
        return tuple(VariantRow(v.external_id, v.options, None, v.stock, v.weight_g) for v in found)
    return found
