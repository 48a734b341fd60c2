"""Take a gateway's report in: each row once, its fee booked, its payout closed, its differences found and named."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.money import Money
from caigou.ledger.services import Leg, open_account, post
from caigou.payments.bank.compare import Difference, Item, compare
from caigou.payments.bank.formats.said import plain
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.bank.services.posting import happened
from caigou.payments.models import TAKEN, Recharge
from caigou.payments.ports import ReportRefused, Settled
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.payments.refunds.services.send import ask_about
from caigou.payments.services.recharge import ask_later, gateways
from caigou.payments.settlements.models import GatewayDifference, GatewayReport, GatewayRow
from caigou.payments.settlements.services.payouts import close_by_row
from caigou.payments.settlements.services.resolve import close_agreed

#: The gateway's day and ours may differ by one, over midnight and zones; what it doesn't say by then is missing.
DAYS = 1
_LOOKED_BACK = timedelta(days=60)
Fact = Recharge | Refund


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a report; ``rows`` is 0 for one that was known."""

    report: GatewayReport
    rows: int
    differences: int


def take_in_report(gateway: str, day: date, data: bytes, *, name: str = "", by: Actor) -> Taken:
    """Store what a gateway says of ``day``, once, and hold it against our books. Safe to repeat.

    Raises ``ReportRefused`` for a file that isn't one, or another one of a day that is here (nothing is stored),
    ``NotAllowed`` for people who aren't staff.
    """
    person = None if by.is_system else staff_id(by)
    rows = gateways()[gateway].read_report(data)
    sha256 = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        _one_at_a_time(gateway)
        report, new = GatewayReport.objects.get_or_create(
            gateway=gateway, day=day, defaults={"name": plain(name, 255), "sha256": sha256, "by_id": person}
        )
        if not new:
            if report.sha256 != sha256:
                raise ReportRefused([_("Another report of this day is here already. Ask the gateway which one holds.")])
            return Taken(report, 0, 0)
        stored = _store(report, rows)
        _book_fees(report, stored)
        for row in stored:
            if row.kind == "payout":
                close_by_row(row)
        close_agreed(gateway)
        found = [*_differing(report, stored), *_missing(report)]
        GatewayDifference.objects.bulk_create(found, batch_size=1_000)
    return Taken(report, len(stored), len(found))


def _one_at_a_time(gateway: str) -> None:
    """Two reports of one gateway must see each other's rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(46_000_046, hashtext(%s))", [gateway])


def _store(report: GatewayReport, rows: Sequence[Settled]) -> list[GatewayRow]:
    named = {kind: {row.reference for row in rows if row.kind == kind} for kind in ("charge", "refund")}
    recharges = {r.public_id: r for r in Recharge.objects.filter(gateway=report.gateway, public_id__in=named["charge"])}
    sent = Refund.objects.filter(recharge__gateway=report.gateway, public_id__in=named["refund"])
    refunds = {refund.public_id: refund for refund in sent}
    return GatewayRow.objects.bulk_create(
        [
            GatewayRow(
                report=report,
                kind=row.kind,
                reference=plain(row.reference, 80),
                provider_ref=plain(row.provider_ref, 80),
                day=row.day,
                currency=row.amount.currency,
                amount_minor=row.amount.minor,
                fee_minor=row.fee.minor,
                recharge=recharges.get(row.reference) if row.kind == "charge" else None,
                refund=refunds.get(row.reference) if row.kind == "refund" else None,
            )
            for row in rows
        ],
        batch_size=1_000,
    )


def _book_fees(report: GatewayReport, rows: Iterable[GatewayRow]) -> None:
    """Book what the gateway kept of each currency: a charge of ours, less in clearing."""
    kept: dict[str, int] = defaultdict(int)
    for row in rows:
        kept[row.currency] += row.fee_minor + (-row.amount_minor if row.kind == "fee" else 0)
    legs = [
        Leg.transfer(
            open_account("charges", "platform", currency),
            open_account("gateway_clearing", report.gateway, currency),
            Money(minor, currency),
            "gateway.fee",
        )
        for currency, minor in sorted(kept.items())
        if minor > 0
    ]
    if legs:
        post("gateway.fee", report.public_id, legs, by=SYSTEM, effective_at=happened(report.day, *kept))


def _differing(report: GatewayReport, rows: Sequence[GatewayRow]) -> list[GatewayDifference]:
    """Hold the rows that name a fact, and earlier rows that name the same, against our books."""
    named = [row for row in rows if row.kind in {"charge", "refund"}]
    earlier = GatewayRow.objects.filter(
        report__gateway=report.gateway, kind__in=("charge", "refund"), reference__in={row.reference for row in named}
    )
    known = {_key(row) for row in earlier.exclude(report=report)}
    told = [row for row in named if _key(row) not in known]
    by_key: dict[str, list[GatewayRow]] = defaultdict(list)
    for row in told:
        by_key[_key(row)].append(row)
        _ask_what_is_open(row)
    ours = [_item(key, fact) for key, fact in _booked(told).items()]
    found = compare(ours, [Item(_key(row), row.day, row.amount) for row in told], days=DAYS)
    again = [
        Difference("duplicate", _key(row), None, Item(_key(row), row.day, row.amount))
        for row in named
        if _key(row) in known
    ]
    for row in named:
        if _key(row) in known:
            by_key[_key(row)].append(row)
    return [_written(report, each, by_key[each.name]) for each in (*found, *again)]


def _ask_what_is_open(row: GatewayRow) -> None:
    """The gateway says that something ended which we don't know the end of: ask it now."""
    if row.recharge is not None:
        ask_later(row.recharge)
    if row.refund is not None and row.refund.status != RefundStatus.DONE:
        ask_about(row.refund)


def _key(row: GatewayRow) -> str:
    return f"{row.kind}:{row.reference or row.provider_ref}"


def _booked(rows: Iterable[GatewayRow]) -> Mapping[str, Fact]:
    """Return what our books have of what the rows name."""
    found: dict[str, Fact] = {}
    for row in rows:
        if row.recharge is not None and row.recharge.status in TAKEN:
            found[_key(row)] = row.recharge
        if row.refund is not None and row.refund.status == RefundStatus.DONE:
            found[_key(row)] = row.refund
    return found


def _item(key: str, fact: Fact) -> Item:
    amount = fact.amount if isinstance(fact, Recharge) else -fact.amount
    ended = fact.ended_at or datetime.now(UTC)
    return Item(key, ended.date(), amount)


def _written(report: GatewayReport, found: Difference, rows: list[GatewayRow]) -> GatewayDifference:
    """Return the difference as it is kept, at the newest row of its name; several of one name each get their own."""
    row = rows.pop() if len(rows) > 1 else rows[0]
    own = None if found.ours is None else found.ours.amount
    theirs = None if found.theirs is None else found.theirs.amount
    return GatewayDifference(
        gateway=report.gateway,
        kind=found.kind,
        report=report,
        row=row,
        recharge=row.recharge,
        refund=row.refund,
        currency=(own or theirs or row.amount).currency,
        ours_minor=None if own is None else own.minor,
        theirs_minor=None if theirs is None else theirs.minor,
    )


def _missing(report: GatewayReport) -> list[GatewayDifference]:
    """Return what ended on a day of which this report and those around are here, and stands in none of them."""
    since = report.day - _LOOKED_BACK
    here = set(GatewayReport.objects.filter(gateway=report.gateway, day__gte=since).values_list("day", flat=True))
    ended = Q(ended_at__gte=datetime.combine(since, time(), tzinfo=UTC), rows=None, differences=None)
    paid = Recharge.objects.filter(ended, gateway=report.gateway, status__in=TAKEN)
    sent = Refund.objects.filter(ended, recharge__gateway=report.gateway, status=RefundStatus.DONE)
    found = []
    for one in (*paid.order_by("pk"), *sent.order_by("pk")):
        item = _item("", one)
        if all(item.day + timedelta(days=apart) in here for apart in range(DAYS + 1)):
            recharge, refund = (one, None) if isinstance(one, Recharge) else (None, one)
            found.append(
                GatewayDifference(
                    gateway=report.gateway,
                    kind="missing",
                    report=report,
                    recharge=recharge,
                    refund=refund,
                    currency=one.currency,
                    ours_minor=item.amount.minor,
                )
            )
    return found
