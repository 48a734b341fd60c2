"""Cross rates and estimates: pure calculation on ``Decimal``, no database.

A published rate says how many units of a currency one unit of its base is worth. All are brought to the euro, the
base of the European Central Bank; a rate between two currencies is then *to* divided by *of* (odoo PR#259632 had
it the other way round, bug 7 of our list).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

from caigou.kernel.money import Money, exponent

PIVOT: Final = "EUR"
#: The central bank's name in the tables; an operator's own entries are ``OWN``.
ECB: Final = "ecb"
OWN: Final = "own"
_DIGITS: Final = 28


@dataclass(frozen=True, slots=True)
class Leg:
    """One published figure: 1 ``base`` = ``figure`` ``currency`` on ``day``, by ``source`` (``ecb``, ``own``)."""

    base: str
    currency: str
    figure: Decimal
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What 1 ``of`` is worth in ``to`` before any spread, by the published ``legs``; ``day`` is that of the oldest."""

    of: str
    to: str
    figure: Decimal
    legs: tuple[Leg, ...]

    @property
    def day(self) -> date:
        return min(leg.day for leg in self.legs)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leg.source for leg in self.legs))

    def is_stale(self, today: date, days: int) -> bool:
        """Say whether the oldest figure is more than ``days`` days old."""
        return today - self.day > timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` is what ``listed`` is about worth in the reader's currency; an estimate, never an offer (B9)."""

    listed: Money
    value: Money
    rate: Rate
    spread_bp: int = 0
    stale: bool = False

    @property
    def figure(self) -> Decimal:
        """The rate with the spread in it, by which ``value`` was computed."""
        return _with_spread(self.rate.figure, self.spread_bp)


def _with_spread(figure: Decimal, spread_bp: int) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return (figure * (10_000 + spread_bp)).scaleb(-4)


def convert(amount: Money, to: str, figure: Decimal) -> Money:
    """Return ``amount`` at ``figure`` units of ``to`` for one of its own, to whole minor units, half to even.

    The exponent of each currency is its own: yen have none, dinars three (bug 11).

    >>> convert(Money(12_60, "CNY"), "JPY", Decimal("21.5"))
    Money(minor=271, currency='JPY')
    """
    with localcontext() as context:
        context.prec = _DIGITS
        major = Decimal(amount.minor).scaleb(-exponent(amount.currency)) * figure
        minor = major.scaleb(exponent(to)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return Money(int(minor), to)


@dataclass(frozen=True, slots=True)
class Table:
    """The rates in force on ``today``. ``legs`` has for each currency the figure that counts."""

    legs: Mapping[str, Leg] = field(default_factory=dict)
    today: date = date.max

    @classmethod
    def of(cls, legs: Iterable[Leg], *, today: date, oldest_days: int) -> Table:
        """Choose from published figures: the nearest earlier day counts, an own entry before a published one.

        Figures of later days, and those older than ``oldest_days``, count as none.
        """
        chosen: dict[str, Leg] = {}
        for leg in legs:
            if not today - timedelta(days=oldest_days) <= leg.day <= today:
                continue
            held = chosen.get(leg.currency)
            if held is None or (leg.source == OWN, leg.day) > (held.source == OWN, held.day):
                chosen[leg.currency] = leg
        return cls(chosen, today)

    def path(self, currency: str) -> tuple[Leg, ...] | None:
        """Return the figures from the euro to ``currency``; None when one of them is missing."""
        found: list[Leg] = []
        while currency != PIVOT:
            leg = self.legs.get(currency)
            if leg is None or leg in found:
                return None
            found.append(leg)
            currency = leg.base
        return tuple(reversed(found))

    def rate(self, of: str, to: str) -> Rate | None:
        """Return the cross rate, or None when nobody publishes one of the two."""
        if of == to:
            return None
        here, there = self.path(of), self.path(to)
        if here is None or there is None:
            return None
        # What both ways have in common cancels out: 1 USD in NGN needs no euro.
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        here, there = here[shared:], there[shared:]
        with localcontext() as context:
            context.prec = _DIGITS
            figure = context.divide(_product(there), _product(here))  # of rates, never of money
        return Rate(of, to, figure, tuple(reversed(here)) + there)

    def estimate(self, amount: Money, to: str, *, spread_bp: int = 0, stale_days: int = 7) -> Estimate | None:
        """Return what ``amount`` is about worth in ``to``; None without a rate, or in its own currency.

        ``spread_bp`` is added to the rate (a bank's share, in 1/100 of a per cent); a rate older than ``stale_days``
        is marked.
        """
        rate = self.rate(amount.currency, to)
        if rate is None:
            return None
        value = convert(amount, to, _with_spread(rate.figure, spread_bp))
        return Estimate(amount, value, rate, spread_bp, rate.is_stale(self.today, stale_days))


def _product(legs: Iterable[Leg]) -> Decimal:
    product = Decimal(1)
    for leg in legs:
        product *= leg.figure
    return product
