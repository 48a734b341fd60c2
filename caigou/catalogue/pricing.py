"""Quantities and tier prices: pure rules, no database (F5, F6, F10; bugs 4–6 of capabilities.md section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caigou.kernel.money import Money


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
