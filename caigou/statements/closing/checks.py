"""What stands between a month and its close: counted anew each time, from the database alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Count, F, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caigou.ledger.books import uncovered
from caigou.ledger.models import BooksReport
from caigou.ledger.trial import TrialLine, trial_balance_at
from caigou.payments.bank.continuity import breaks_of
from caigou.payments.bank.models import BankAccount, BankLine, BankReceipt, DecisionStatus, LineStatus, SuspenseDecision
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.statements.closing.months import end_of, has_ended, oldest_open
from caigou.statements.models import Document, Series

#: What must hold, those that block a close first.
LABELS: Final[Mapping[str, Promise]] = {
    "ended": _("The month has been over for an hour"),
    "order": _("Every month before it is closed"),
    "trial": _("Debits equal credits in each currency"),
    "books": _("The daily check of the books, made after the month ended, found nothing"),
    "seals": _("Every posting is sealed"),
    "numbers": _("Invoices and credit notes are numbered without a gap"),
    "new_lines": _("Every line of the bank was looked at"),
    "suspense": _("Nothing is in suspense"),
    "unexplained": _("Every debit of the bank is explained"),
    "decisions": _("No decision waits for a second person"),
    "unknown": _("The end of every payment at a gateway is known"),
    "statements": _("Each statement begins where the one before it ended"),
    "covered": _("What was owed to customers was held for them"),
}
BLOCKING: Final = frozenset({"ended", "order", "trial", "books", "seals", "numbers", "new_lines"})


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a month. ``found`` counts what speaks against it.

    What ``blocks`` must be mended first; the rest is carried into the next month, with a reason.
    """

    name: str
    found: int

    @property
    def label(self) -> Promise:
        return LABELS[self.name]

    @property
    def holds(self) -> bool:
        return not self.found

    @property
    def blocks(self) -> bool:
        return self.name in BLOCKING


#: Journals that happened before a moment and stand in no block of the chain.
_UNSEALED = """
WITH told AS (SELECT j.id FROM ledger.journal j WHERE j.effective_at < %s),
     sealed AS (SELECT unnest(s.journals) AS id FROM ledger.seal s)
SELECT count(*) FROM told WHERE NOT EXISTS (SELECT FROM sealed WHERE sealed.id = told.id)
"""


def checks_of(month: date) -> list[Check]:
    """Return every check of a month, those that block first."""
    found = dict(_found(month))
    return [Check(name, found[name]) for name in LABELS]


def _found(month: date) -> Iterator[tuple[str, int]]:
    until, lines = end_of(month), trial_balance_at(end_of(month))
    yield "ended", int(not has_ended(month))
    yield "order", int(oldest_open() != month)
    yield "trial", _unbalanced(lines)
    report = BooksReport.objects.filter(checked_at__gte=until).first()
    yield "books", 1 if report is None else _findings(report)
    yield "seals", _unsealed(until)
    yield "numbers", _gaps()
    of_bank = BankLine.objects.filter(day__lt=until.date())
    told: dict[str, int] = dict(of_bank.values_list("status").annotate(n=Count("pk")).order_by())
    yield "new_lines", told.get(LineStatus.NEW, 0)
    yield "suspense", told.get(LineStatus.SUSPENSE, 0)
    yield "unexplained", told.get(LineStatus.OPEN, 0)
    waiting = {"status": DecisionStatus.WAITING, "asked_at__lt": until}
    yield (
        "decisions",
        SuspenseDecision.objects.filter(**waiting).count() + BankReceipt.objects.filter(**waiting).count(),
    )
    recharges = Recharge.objects.filter(status=RechargeStatus.UNKNOWN, started_at__lt=until).count()
    yield "unknown", recharges + Refund.objects.filter(status=RefundStatus.UNKNOWN, asked_at__lt=until).count()
    yield "statements", sum(1 for account in BankAccount.objects.all() for one in _broken(account, until.date()) if one)
    yield "covered", len(list(uncovered(lines)))


def _broken(account: BankAccount, until: date) -> list[bool]:
    days = (one.statement.first_day for one in breaks_of(account))
    return [day is not None and day < until for day in days]


def _unbalanced(lines: list[TrialLine]) -> int:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.debits.minor - line.credits.minor
    return sum(1 for difference in sums.values() if difference)


def _findings(report: BooksReport) -> int:
    return sum(len(found) for found in report.report["checks"].values())


def _unsealed(until: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [until])
        return int(cursor.fetchone()[0])


def _gaps() -> int:
    """Count the series whose documents aren't numbered from 1 to the last number given."""
    held = Document.objects.values("series", "year").annotate(documents=Count("pk"), highest=Max("number"))
    found = held.exclude(documents=F("highest")).count()
    for series in Series.objects.filter(last__gt=0):
        here = Q(series=series.code, year=series.year)
        found += int(Document.objects.filter(here).aggregate(last=Max("number"))["last"] != series.last)
    return found
