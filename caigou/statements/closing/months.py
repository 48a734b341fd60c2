"""Months of the books, in UTC as everything is posted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from caigou.kernel.clock import now
from caigou.ledger.models import Journal
from caigou.statements.models import CloseStatus, MonthClose

_NAME = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
#: The ledger closes nothing younger (``ledger.period``).
AFTER = timedelta(hours=1)


def month_named(name: str) -> date | None:
    """Return the first day of a month written as 2026-11; None for anything else."""
    found = _NAME.fullmatch(name)
    return date(int(found[1]), int(found[2]), 1) if found else None


def name_of(month: date) -> str:
    """Return how a month is written in addresses.

    >>> name_of(date(2026, 11, 1))
    '2026-11'
    """
    return f"{month:%Y-%m}"


def next_month(month: date) -> date:
    """Return the first day of the month after.

    >>> next_month(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (month + timedelta(days=31)).replace(day=1)


def begin_of(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def end_of(month: date) -> datetime:
    """Return the first moment after a month: what happened before it belongs to it or to an earlier one."""
    return begin_of(next_month(month))


def has_ended(month: date) -> bool:
    """Say whether a month is over for so long that the ledger closes it."""
    return end_of(month) + AFTER <= now()


def months_of_books() -> list[date]:
    """Return every month from the first posting to this one, the newest first."""
    first = Journal.objects.order_by("effective_at").values_list("effective_at", flat=True).first()
    this = now().astimezone(UTC).date().replace(day=1)
    month = first.astimezone(UTC).date().replace(day=1) if first else this
    months = [month]
    while months[-1] < this:
        months.append(next_month(months[-1]))
    return months[::-1]


def oldest_open() -> date:
    """Return the oldest month that isn't closed, over or not: months close in their order."""
    closed = MonthClose.objects.filter(status=CloseStatus.CLOSED).order_by("-month").first()
    return next_month(closed.month) if closed else months_of_books()[-1]


def month_to_close() -> date | None:
    """Return the month that is to be closed next; None while it isn't over."""
    month = oldest_open()
    return month if has_ended(month) else None
