"""The card "Your quantity": what a number of units costs at listed prices, and what would be valid or cheaper.

A listed price is never an offer; the supplier's offer includes delivery (F6, F10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product
from caigou.catalogue.pricing import (
    BetterStep,
    better_step,
    is_valid_quantity,
    next_valid_quantity,
    previous_valid_quantity,
    tier_for,
)
from caigou.kernel.money import Money
from caigou.negotiation.services.ask import MOST_UNITS
from caigou.ui.formats import format_money, format_number, format_quantity
from caigou.ui.shapes import SumRow, Tier

_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)


def parse_quantity(text: str | None) -> int | None:
    """Return the whole number that a person typed, separators allowed; None when it is none.

    >>> parse_quantity("1,200"), parse_quantity(" 12 "), parse_quantity("-3"), parse_quantity("1.5")
    (1200, 12, None, None)
    """
    plain = (text or "").replace(",", "").replace("，", "").replace(" ", "").strip()
    return int(plain) if _DIGITS.fullmatch(plain) else None


@dataclass(frozen=True, slots=True)
class QuantityCard:
    """``quantity`` is what the field shows; with an ``error``, ``valid`` are the quantities to take instead."""

    quantity: int
    least: int
    error: str
    valid: tuple[int, ...]
    tiers: list[Tier]
    rows: list[SumRow]
    unit_price: Money | None
    total: Money | None
    better: BetterStep | None
    better_words: str
    cartons: str


def quantity_card(product: Product, wanted: str | None) -> QuantityCard:
    """Return the card for what the address or the form says; without a number, for the smallest order."""
    least = next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=1)
    quantity = least if not (wanted or "").strip() else parse_quantity(wanted)
    error, valid = _judge(product, quantity, least)
    shown = least if quantity is None else quantity
    reached = tier_for(product.tiers, shown) if not error else None
    total = reached.unit_price * shown if reached else None
    better = None
    if reached:
        better = better_step(product.tiers, moq=product.moq, multiple=product.order_multiple, quantity=shown)
    return QuantityCard(
        quantity=shown,
        least=least,
        error=error,
        valid=valid,
        tiers=ladder(product, None if error else shown),
        rows=_rows(shown, reached.unit_price if reached else None, total, priced=bool(product.tiers)),
        unit_price=reached.unit_price if reached else None,
        total=total,
        better=better,
        better_words=_better_words(product, shown, better),
        cartons="" if error else cartons(product, shown),
    )


def _judge(product: Product, quantity: int | None, least: int) -> tuple[str, tuple[int, ...]]:
    """Return what is wrong with a quantity and what could be ordered instead."""
    if quantity is None:
        return _("Write a whole number."), (least,)
    if quantity > MOST_UNITS:
        return _("Ask for at most %(most)s.") % {"most": _number(MOST_UNITS)}, ()
    rule = {"moq": product.moq, "multiple": product.order_multiple, "quantity": quantity}
    if is_valid_quantity(**rule):
        return "", ()
    following = next_valid_quantity(**rule)
    before = previous_valid_quantity(**rule)
    if before is None:
        return _("The smallest order is %(least)s.") % {"least": _number(least)}, (least,)
    words = _("Steps of %(step)s only. Use %(before)s or %(after)s.") % {
        "step": _number(product.order_multiple),
        "before": _number(before),
        "after": _number(following),
    }
    return words, (before, following)


def ladder(product: Product, quantity: int | None) -> list[Tier]:
    """Return the price ladder as it can be ordered: steps that end below the MOQ are left out.

    ``quantity`` marks the reached step.
    """
    tiers = product.tiers
    if not tiers:
        return []
    reached = tier_for(tiers, quantity) if quantity is not None else None
    ends: list[int | None] = [*(tier.from_quantity - 1 for tier in tiers[1:]), None]
    shown: list[Tier] = []
    for tier, end in zip(tiers, ends, strict=True):
        if end is not None and end < product.moq:
            continue
        start = tier.from_quantity if shown else product.moq
        shown.append(Tier(start, end, tier.unit_price, reached=tier == reached))
    return shown


def _rows(quantity: int, price: Money | None, total: Money | None, *, priced: bool) -> list[SumRow]:
    if price is None or total is None:
        words = _("Choose a quantity that can be ordered") if priced else _("Not priced: ask for an offer")
        return [SumRow(_("Goods"), None, unpriced=words)]
    working = f"{_number(quantity)} × {format_money(price, _language())}"
    return [
        SumRow(working, total),
        SumRow(_("Delivery to you"), None, unpriced=_("in the supplier's offer")),
    ]


def _better_words(product: Product, quantity: int, better: BetterStep | None) -> str:
    """Say what the next price step asks for and gives, in one sentence."""
    if better is None:
        return ""
    more = format_quantity(better.quantity - quantity, product.unit, _language())
    price = format_money(better.unit_price, _language())
    if better.extra.minor <= 0:
        return _("%(more)s more cost %(saved)s less in all, at %(price)s each.") % {
            "more": more,
            "saved": format_money(-better.extra, _language()),
            "price": price,
        }
    return _("%(more)s more for %(extra)s, because all are then %(price)s each.") % {
        "more": more,
        "extra": format_money(better.extra, _language()),
        "price": price,
    }


def cartons(product: Product, quantity: int) -> str:
    """Say how many cartons that is, the last perhaps not full; empty when the carton isn't stated."""
    pieces = product.carton_pieces
    if not pieces:
        return ""
    full, rest = divmod(quantity, pieces)
    count = full + bool(rest)
    words = ngettext("%(count)s carton", "%(count)s cartons", count) % {"count": _number(count)}
    return gettext("%(cartons)s, the last not full") % {"cartons": words} if rest else words


def _language() -> str:
    return get_language() or "en"


def _number(number: int) -> str:
    return format_number(number, _language())
