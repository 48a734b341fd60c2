"""The sandbox's daily report: what it took and sent back, and the payout of the day's net to our bank.

It keeps no fee: a fee is the platform's own cost, and a demonstration has no own money that could cover it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from caigou.adapters.sandbox_gateway.models import SandboxCharge, SandboxRefund
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.payments.ports import Settled
from caigou.payments.settlements.plain import write_plain


def report_of(day: date) -> bytes | None:
    """Return the report of a day in UTC, the same bytes whenever asked; None before it is over."""
    begin = datetime.combine(day, time(), tzinfo=UTC)
    end = begin + timedelta(days=1)
    if now() < end:
        return None
    rows = [*_charges(begin, end), *_refunds(begin, end)]
    return write_plain([*rows, *_payouts(day, rows)])


def _charges(begin: datetime, end: datetime) -> list[Settled]:
    paid = SandboxCharge.objects.filter(status="paid", ended_at__gte=begin, ended_at__lt=end)
    return [
        Settled(
            "charge",
            one.reference,
            one.provider_ref,
            begin.date(),
            one.amount,
            Money.zero(one.currency),
        )
        for one in paid.order_by("pk")
    ]


def _refunds(begin: datetime, end: datetime) -> list[Settled]:
    sent = SandboxRefund.objects.filter(status="refunded", made_at__gte=begin, made_at__lt=end).select_related("charge")
    return [
        Settled("refund", one.reference, one.provider_ref, begin.date(), -one.amount, Money.zero(one.amount.currency))
        for one in sent.order_by("pk")
    ]


def _payouts(day: date, rows: list[Settled]) -> list[Settled]:
    nets: dict[str, int] = defaultdict(int)
    for row in rows:
        nets[row.amount.currency] += row.amount.minor - row.fee.minor
    return [
        Settled("payout", f"SBX{day:%Y%m%d}{code}", "", day, Money(-minor, code), Money.zero(code))
        for code, minor in sorted(nets.items())
        if minor > 0
    ]
