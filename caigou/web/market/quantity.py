"""The card "Your quantity": what a number of units costs at listed prices, and what would be valid or cheaper.

A listed price is never an offer; the supplier's offer includes delivery (F6, F10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product, QuoteKind, Variant
from caigou.catalogue.pricing import (
    BetterStep,
    better_step,
    is_valid_quantity,
    next_valid_quantity,
    previous_valid_quantity,
    price_range,
    tier_for,
)
from caigou.kernel.money import Money
from caigou.negotiation.services.ask import MOST_UNITS
from caigou.ui.formats import format_money, format_number, format_quantity
from caigou.ui.shapes import SumRow, Tier
from caigou.ui.words import label_of
from caigou.web.market.packed import packed, packing_rows
from caigou.web.market.wanted import Wanted, address_of, field_of, least_of, parse_quantity, wanted

__all__ = ["QuantityCard", "judge", "parse_quantity", "quantity_card"]


@dataclass(frozen=True, slots=True)
class Way:
    """A quantity that can be ordered, and the address that asks for it."""

    quantity: int
    href: str


@dataclass(frozen=True, slots=True)
class Part:
    """One variant with how many of it are asked for. ``price`` stands where each variant has its own."""

    variant: Variant
    field: str
    quantity: int
    price: Money | None
    href: str

    @property
    def on(self) -> bool:
        return self.quantity > 0


@dataclass(frozen=True, slots=True)
class QuantityCard:
    """``quantity`` is what the field shows; with an ``error``, ``valid`` are the quantities to take instead."""

    quantity: int
    least: int
    error: str
    valid: tuple[Way, ...]
    tiers: list[Tier]
    span: tuple[Money, Money] | None
    parts: list[Part]
    rows: list[SumRow]
    total: Money | None
    better: BetterStep | None
    better_words: str
    better_href: str
    cartons: str
    packing: list[tuple[str, str, str]]

    @property
    def chosen(self) -> list[Part]:
        """The variants of which some are asked for."""
        return [part for part in self.parts if part.on]

    @property
    def mix(self) -> dict[str, int]:
        """How many of which variant, by its public id: what goes with a request."""
        return {part.variant.public_id: part.quantity for part in self.chosen}


def quantity_card(product: Product, typed: Mapping[str, str]) -> QuantityCard:
    """Return the card for what the address or the form says; without a number, for the smallest order."""
    asked, least = wanted(product, typed), least_of(product)
    error, valid = judge(product, asked.quantity, least)
    shown = least if asked.quantity is None else asked.quantity
    quote = product.quote
    mix: dict[int | None, int] = dict(asked.mix.items()) or {None: shown}
    total = None if error else quote.total(mix)
    better = None
    if total is not None and product.quote_type != QuoteKind.PER_VARIANT:
        better = better_step(quote.ladder, moq=product.moq, multiple=product.order_multiple, quantity=shown)
    return QuantityCard(
        quantity=shown,
        least=least,
        error=error,
        valid=tuple(Way(many, address_of(product, many, asked.mix)) for many in valid),
        tiers=ladder(product, None if error else shown),
        span=price_range(list(quote.variants.values())),
        parts=_parts(product, asked, shown),
        rows=_rows(product, asked, shown, total),
        total=total,
        better=better,
        better_words=_better_words(product, shown, better),
        better_href=address_of(product, better.quantity, asked.mix) if better else "",
        cartons="" if error else cartons(product, shown),
        packing=[] if error else packing_rows(product, shown),
    )


def judge(product: Product, quantity: int | None, least: int) -> tuple[str, tuple[int, ...]]:
    """Return what is wrong with a quantity (empty: nothing) and what could be ordered instead."""
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

    ``quantity`` marks the reached step. Goods of which each variant has its price have no ladder.
    """
    tiers = sorted(product.own_tiers) if product.quote_type != QuoteKind.PER_VARIANT else []
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


def _parts(product: Product, asked: Wanted, quantity: int) -> list[Part]:
    prices = product.quote.variants
    return [
        Part(
            variant=variant,
            field=field_of(variant),
            quantity=asked.mix.get(variant.pk, 0),
            price=prices.get(variant.pk),
            href=address_of(product, quantity, {variant.pk: quantity}),
        )
        for variant in product.variants.all()
    ]


def _rows(product: Product, asked: Wanted, quantity: int, total: Money | None) -> list[SumRow]:
    """Return the working: a row, or one for each variant that has its own price."""
    if total is None:
        priced = bool(product.quote.ladder)
        words = _("Choose a quantity that can be ordered") if priced else _("Not priced: ask for an offer")
        return [SumRow(_("Goods"), None, unpriced=words)]
    if product.quote_type == QuoteKind.PER_VARIANT:
        names = {variant.pk: variant for variant in product.variants.all()}
        rows = [_row(product, many, key, names[key]) for key, many in asked.mix.items()]
    else:
        rows = [_row(product, quantity, None, None)]
    return [*rows, SumRow(_("Delivery to you"), None, unpriced=_("in the supplier's offer"))]


def _row(product: Product, quantity: int, key: int | None, variant: Variant | None) -> SumRow:
    price = product.quote.unit_price(quantity, key)
    if price is None:
        raise ValueError("a total was added up from a part without a price")
    name = "" if variant is None else label_of(variant)
    return SumRow(f"{_number(quantity)} × {format_money(price, _language())}", price * quantity, detail=name)


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
    packing = packed(product, quantity)
    if packing is None:
        return ""
    words = ngettext("%(count)s carton", "%(count)s cartons", packing.cartons) % {"count": _number(packing.cartons)}
    return gettext("%(cartons)s, the last not full") % {"cartons": words} if packing.in_last else words


def _language() -> str:
    return get_language() or "en"


def _number(number: int) -> str:
    return format_number(number, _language())
