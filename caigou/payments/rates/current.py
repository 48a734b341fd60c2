"""The rates in force now, remembered by every process for some seconds: a page with estimates asks nothing more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from caigou.kernel.clock import now
from caigou.kernel.money import CURRENCIES, Money
from caigou.kernel.recent import Recent
from caigou.payments.rates.models import OwnRate, RateSheet
from caigou.payments.rates.table import OWN, PIVOT, Estimate, Leg, Table
from caigou.payments.settings import SPREAD, STALE_DAYS

#: A currency that is missing on a day is looked for on so many earlier publications.
SHEETS_BACK = 10
#: Older figures count as none: an estimate by a rate of another year would mislead.
OLDEST_DAYS = 366


def published(on: date) -> list[Leg]:
    """Return the figures of the newest publications up to ``on``."""
    sheets = RateSheet.objects.filter(day__lte=on).order_by("-day")[:SHEETS_BACK]
    return [
        Leg(PIVOT, currency, Decimal(figure), sheet.day, sheet.source)
        for sheet in sheets
        for currency, figure in sheet.figures.items()
        if currency in CURRENCIES
    ]


def entered(on: date) -> list[Leg]:
    """Return the operator's own figure of each currency in force on ``on``; a withdrawn one isn't there."""
    newest = OwnRate.objects.filter(day__lte=on).order_by("currency", "-day", "-entered_at", "-pk").distinct("currency")
    return [Leg(row.base, row.currency, row.figure, row.day, OWN) for row in newest if row.figure is not None]


def table_on(on: date) -> Table:
    """Return the rates that were in force on ``on``, by the nearest earlier publications."""
    return Table.of([*published(on), *entered(on)], today=on, oldest_days=OLDEST_DAYS)


#: The rates of today; what a page's estimates are made with.
current: Recent[Table] = Recent(lambda: table_on(now().date()), seconds=5)


def estimate(amount: Money, to: str) -> Estimate | None:
    """Return about what ``amount`` is worth in ``to`` today, with the operator's spread; None without a rate (B9)."""
    return current().estimate(amount, to, spread_bp=SPREAD.value, stale_days=STALE_DAYS.value)
