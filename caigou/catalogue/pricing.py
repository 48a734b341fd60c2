"""Quantities and tier prices: pure rules, no database (F5, F6, F10; bugs 4–6 of capabilities.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from caigou.kernel.money import Money


class QuoteType(StrEnum):
    """The three ways of 1688 to quote: its ``quoteType`` 0, 1 and 2 (integrations.md 1.6)."""

    #: No variants; the price falls with the quantity.
    BY_QUANTITY = "by_quantity"
    #: Each variant has one price, whatever the quantity.
    PER_VARIANT = "per_variant"
    #: Variants share the price of the tier that their *total* quantity reaches.
    BY_TOTAL = "by_total"


@dataclass(frozen=True, slots=True, order=True)
class Tier:
    """From ``from_quantity`` units on, one unit costs ``unit_price``."""

    from_quantity: int
    unit_price: Money


def tier_for(tiers: Sequence[Tier], quantity: int) -> Tier | None:
    """Return the deepest tier that ``quantity`` reaches; the lowest one for less than that; None without tiers.

    A quantity below the first tier but allowed by the MOQ pays the first tier's price: never "no price".

    >>> ladder = [Tier(100, Money(13_80, "CNY")), Tier(500, Money(12_60, "CNY"))]
    >>> tier_for(ladder, 499).unit_price, tier_for(ladder, 20).from_quantity
    (Money(minor=1380, currency='CNY'), 100)
    """
    ladder = sorted(tiers)
    reached = [tier for tier in ladder if tier.from_quantity <= quantity]
    return reached[-1] if reached else (ladder[0] if ladder else None)


def next_valid_quantity(*, moq: int, multiple: int, quantity: int) -> int:
    """Return the smallest orderable quantity that is at least ``quantity``, all in units.

    Orderable are the multiples of ``multiple`` that are not below ``moq``.

    >>> next_valid_quantity(moq=240, multiple=24, quantity=1_210)
    1224
    >>> next_valid_quantity(moq=100, multiple=24, quantity=1)
    120
    """
    if moq < 1 or multiple < 1:
        raise ValueError("MOQ and multiple are at least 1")
    wanted = max(moq, quantity)
    return -(-wanted // multiple) * multiple


def previous_valid_quantity(*, moq: int, multiple: int, quantity: int) -> int | None:
    """Return the largest orderable quantity that is at most ``quantity``, or None when there is none.

    >>> previous_valid_quantity(moq=240, multiple=24, quantity=1_210)
    1200
    """
    below = quantity // multiple * multiple
    return below if below >= next_valid_quantity(moq=moq, multiple=multiple, quantity=1) else None


def is_valid_quantity(*, moq: int, multiple: int, quantity: int) -> bool:
    """Say whether ``quantity`` can be ordered as it stands."""
    return quantity >= moq and quantity % multiple == 0


@dataclass(frozen=True, slots=True)
class BetterStep:
    """A larger quantity whose lower tier price saves money on each unit, or even in total."""

    quantity: int
    unit_price: Money
    total: Money
    extra: Money


def better_step(tiers: Sequence[Tier], *, moq: int, multiple: int, quantity: int) -> BetterStep | None:
    """Return the next tier's first orderable quantity if there is a deeper tier, else None."""
    here = tier_for(tiers, quantity)
    deeper = [tier for tier in sorted(tiers) if tier.from_quantity > quantity and here and tier != here]
    if here is None or not deeper:
        return None
    step = next_valid_quantity(moq=moq, multiple=multiple, quantity=deeper[0].from_quantity)
    price = tier_for(tiers, step)
    if price is None or price.unit_price >= here.unit_price:
        return None
    total = price.unit_price * step
    return BetterStep(step, price.unit_price, total, total - here.unit_price * quantity)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a supplier charges: pure, so that pages, search and orders compute the same price (F5, F6, F10).

    ``variants`` holds the unit price of each variant that can be bought, by the variant's key; only of goods priced
    per variant. All prices are of one currency.
    """

    type: QuoteType
    moq: int
    multiple: int = 1
    tiers: Sequence[Tier] = ()
    variants: Mapping[int, Money] = field(default_factory=dict)

    @property
    def ladder(self) -> tuple[Tier, ...]:
        """The prices by quantity; of goods priced per variant the cheapest one, from the MOQ on."""
        if self.type != QuoteType.PER_VARIANT:
            return tuple(sorted(self.tiers))
        return (Tier(self.moq, min(self.variants.values())),) if self.variants else ()

    def unit_price(self, quantity: int, variant: int | None = None) -> Money | None:
        """Return what one unit costs when ``quantity`` units are bought in all; None when no price is stated.

        Of goods priced per variant: the price of ``variant``, or of the cheapest one when none is named.

        >>> tiers = [Tier(100, Money(13_80, "CNY")), Tier(500, Money(12_60, "CNY"))]
        >>> quote = Quote(QuoteType.BY_TOTAL, 100, tiers=tiers)
        >>> quote.unit_price(499), quote.unit_price(500)
        (Money(minor=1380, currency='CNY'), Money(minor=1260, currency='CNY'))
        """
        if self.type == QuoteType.PER_VARIANT and variant is not None:
            return self.variants.get(variant)
        tier = tier_for(self.ladder, quantity)
        return tier.unit_price if tier else None

    def total(self, quantities: Mapping[int | None, int]) -> Money | None:
        """Return the price of so many units of each variant (key None: of goods without variants).

        The tier is that of the sum of all quantities. None when there is nothing to add, or a part has no price: a
        total never leaves a part out. Raises ``ValueError`` for a quantity below zero.
        """
        if any(quantity < 0 for quantity in quantities.values()):
            raise ValueError("quantities are not negative")
        units = sum(quantities.values())
        total: Money | None = None
        for variant, quantity in quantities.items():
            price = self.unit_price(units, variant)
            if price is None:
                return None
            total = price * quantity if total is None else total + price * quantity
        return total


def price_range(prices: Sequence[Money]) -> tuple[Money, Money] | None:
    """Return the lowest and the highest, or None for no prices; raises ``CurrencyMismatch`` over two currencies."""
    return (min(prices), max(prices)) if prices else None
