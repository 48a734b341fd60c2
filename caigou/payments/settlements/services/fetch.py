"""Fetch what the gateways say of the days that are over, one call a day and gateway, until it is here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from caigou.jobs.calls import intend
from caigou.jobs.models import Call
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.recent import Recent
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.services.recharge import StillPending, gateways
from caigou.payments.settlements.models import GatewayReport
from caigou.payments.settlements.services.take_in import take_in_report

#: Name of the call, in the table of calls.
FETCH = "payments.fetch_report"
#: Days that are fetched at once after a pause; older ones are uploaded.
_MOST_DAYS = 14


def fetch_report(payload: dict[str, Any], key: str) -> None:
    """Fetch one day of one gateway and take it in. Raises ``StillPending`` while it isn't made, ``OSError``."""
    day = date.fromisoformat(payload["day"])
    data = gateways()[payload["gateway"]].report(day)
    if data is None:
        raise StillPending(f"{payload['gateway']} has no report of {day} yet")
    take_in_report(payload["gateway"], day, data, by=SYSTEM)


@transaction.atomic
def intend_missing() -> int:
    """Intend to fetch each day that is over and not here; return how many calls that took."""
    calls = 0
    for gateway in gateways():
        for day in _missing_days(gateway):
            payload = {"gateway": gateway, "day": day.isoformat()}
            if not Call.objects.filter(function=FETCH, payload=payload, done_at=None).exists():
                intend(FETCH, payload)
                calls += 1
    return calls


def _missing_days(gateway: str) -> Iterator[date]:
    """Yield the days from the first that had a recharge, at most two weeks back, until yesterday."""
    today = now().date()
    paid = Recharge.objects.filter(gateway=gateway, status=RechargeStatus.PAID, ended_at__date__lt=today)
    first = paid.order_by("ended_at").values_list("ended_at", flat=True).first()
    if first is None:
        return
    day = max(first.date(), today - timedelta(days=_MOST_DAYS))
    here = set(GatewayReport.objects.filter(gateway=gateway, day__gte=day).values_list("day", flat=True))
    while day < today:
        if day not in here:
            yield day
        day += timedelta(days=1)


#: The worker's clocks tick every other second; looking once in ten minutes is enough.
_looked: Recent[int] = Recent(intend_missing, seconds=600)


def fetch_reports_daily() -> int:
    """A clock: fetch what the gateways say of the days that are over; how many calls the last look made."""
    return _looked()
