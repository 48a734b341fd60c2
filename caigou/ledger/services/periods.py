"""Closing the books of what has passed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Max

from caigou.kernel.actor import Actor
from caigou.ledger.errors import refusals_named
from caigou.ledger.models import Period
from caigou.ledger.services.posting import name_of


def close_period(currency: str, until: datetime, *, by: Actor) -> None:
    """Refuse from now on whatever is dated before ``until``, an hour ago at the latest; for good.

    Waits for postings under way that are dated back.  Safe to call again.  Raises ``PeriodClosed`` when more is
    closed already, ``PeriodStillRuns`` when the period ended less than an hour ago.
    """
    with refusals_named(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger.close_period(%s, %s, %s)", [currency, until, name_of(by)])


def closed_until(currency: str) -> datetime | None:
    """Return the moment before which nothing is posted in ``currency`` any more; None while nothing is closed."""
    found: datetime | None = Period.objects.filter(currency=currency).aggregate(until=Max("closed_until"))["until"]
    return found
