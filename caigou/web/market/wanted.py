"""What somebody asks for: a quantity, and how it is divided among the variants; read from an address or a form.

The field ``quantity`` is the whole, ``v-<id>`` the part of each variant, and ``was`` the whole that the page showed:
so that the server can tell, without a script, whether the whole or a part was changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.http import urlencode

from caigou.catalogue.mixes import first_choice, resize
from caigou.catalogue.models import Product, Variant
from caigou.catalogue.pricing import next_valid_quantity

_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)
#: As a Chinese keyboard types them, and separators that mean nothing.
_TYPED = str.maketrans("０１２３４５６７８９", "0123456789", ",，\u3000 ")


def parse_quantity(text: str | None) -> int | None:
    """Return the whole number that a person typed, separators allowed; None when it is none.

    >>> parse_quantity("1,200"), parse_quantity(" １２ "), parse_quantity("-3"), parse_quantity("1.5")
    (1200, 12, None, None)
    """
    plain = (text or "").translate(_TYPED).strip()
    return int(plain) if _DIGITS.fullmatch(plain) else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """``quantity`` is None when what was typed is no whole number.

    ``mix`` is how it is divided, by the variant's key, and adds up to it; empty for goods without variants.
    """

    quantity: int | None
    mix: dict[int, int] = field(default_factory=dict)


def field_of(variant: Variant) -> str:
    """Return the name of the field that says how many of this variant."""
    return f"v-{variant.public_id}"


def least_of(product: Product) -> int:
    """Return the smallest quantity that can be ordered, in units."""
    return next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=1)


def wanted(product: Product, typed: Mapping[str, str]) -> Wanted:
    """Return what is asked for; without a word the smallest order of the variant whose price lists show.

    A part that was changed changes the whole; a whole that was changed is divided as before, the largest part
    taking the difference.
    """
    variants = list(product.variants.all())
    texts = {variant.pk: typed[field_of(variant)].strip() for variant in variants if field_of(variant) in typed}
    numbers = {key: parse_quantity(text or "0") for key, text in texts.items()}
    parts = {key: number for key, number in numbers.items() if number}
    if None in numbers.values():
        return Wanted(None, parts)
    in_parts, before = sum(parts.values()), parse_quantity(typed.get("was"))
    text = typed.get("quantity", "").strip()
    if texts and (not text or (before is not None and in_parts != before)):
        return Wanted(in_parts, parts)
    total = parse_quantity(text) if text else least_of(product)
    if total is None:
        return Wanted(None, parts)
    first = first_choice(product.quote, [variant.pk for variant in variants])
    return Wanted(total, resize(parts or ({} if first is None else {first: 0}), total))


def address_of(product: Product, quantity: int, mix: Mapping[int, int]) -> str:
    """Return the query string that asks for a quantity, divided as ``mix`` is."""
    divided = resize(mix, quantity)
    parts = {field_of(v): divided[v.pk] for v in product.variants.all() if v.pk in divided}
    return "?" + urlencode({"quantity": quantity, **parts})
