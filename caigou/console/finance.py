"""Where finance begins: what waits for a person, for how long and about how much; and how the books stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Count, F, Min, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.books import currency_books
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.models import BooksReport
from caigou.ledger.trial import trial_balance
from caigou.payments.bank.models import (
    AccountStatus,
    BankAccount,
    BankLine,
    BankReceipt,
    DecisionStatus,
    LineStatus,
    SuspenseDecision,
)
from caigou.payments.cover.models import CoverTrade
from caigou.payments.models import PaymentRequest, Recharge, RechargeStatus, RequestStatus
from caigou.payments.payouts.models import (
    BatchStatus,
    Payout,
    PayoutAccount,
    PayoutAccountStatus,
    PayoutBatch,
    PayoutStatus,
)
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.statements.closing.months import month_to_close, name_of
from caigou.statements.models import CloseStatus, MonthClose
from caigou.wallets.ageing import Aged, aged_debts
from caigou.wallets.models import CaseStatus, CompensationCase, Instrument, InstrumentStatus
from caigou.wallets.opening.models import OpeningFile, OpeningStatus


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work: how many wait, since when the oldest does, and what they are about together."""

    word: str
    href: str
    count: int
    oldest: datetime | date | None
    sums: Sequence[Money] = ()

    @property
    def began(self) -> datetime:
        """The moment by which it is sorted; of a day its first."""
        return _moment(self.oldest) or now()

    @property
    def days(self) -> int:
        """Whole days for which the oldest has waited."""
        return (now() - self.began).days


@require_safe
@access(FINANCE)
def finance(request: SeatedRequest) -> HttpResponse:
    """Show all that waits for finance, the oldest first, and the state of the books."""
    found = list(_waiting())
    to_close = month_to_close()
    context = {
        "waiting": sorted((one for one in found if one.count), key=lambda one: one.began),
        "quiet": [one for one in found if not one.count],
        "report": BooksReport.objects.first(),
        "books": [book for book in currency_books(list(trial_balance())) if book.owed or book.covered_by],
        "debts": _debts(aged_debts()),
        "to_close": (to_close, name_of(to_close)) if to_close else None,
    }
    return render(request, "console/finance.html", context)


def _waiting() -> Iterator[Waiting]:
    yield from _of_bank()
    yield from _of_payouts()
    yield from _of_wallets()
    closes = MonthClose.objects.filter(status=CloseStatus.PROPOSED)
    yield _counted(_("Months to close as the second person"), "console:months", closes, "proposed_at")
    files = OpeningFile.objects.filter(status=OpeningStatus.PROPOSED)
    yield _counted(_("Opening balances to post as the second person"), "console:opening", files, "asked_at")


def _of_bank() -> Iterator[Waiting]:
    lines = BankLine.objects.order_by()
    for status, word in (
        (LineStatus.NEW, _("Lines of the bank to match")),
        (LineStatus.SUSPENSE, _("Lines in suspense")),
        (LineStatus.OPEN, _("Debits to explain")),
    ):
        yield _counted(word, "console:bank", lines.filter(status=status), "day", money=True)
    decisions = SuspenseDecision.objects.filter(status=DecisionStatus.WAITING).order_by()
    yield _counted(_("Decisions on lines to agree to"), "console:bank", decisions, "asked_at", money="line__")
    receipts = BankReceipt.objects.filter(status=DecisionStatus.WAITING)
    yield _counted(_("Receipts by hand to agree to"), "console:receipts", receipts, "asked_at", money=True)
    trades = CoverTrade.objects.filter(status=DecisionStatus.WAITING)
    yield _counted(_("Covering trades to book as the second person"), "console:cover", trades, "asked_at")
    accounts = BankAccount.objects.filter(status=AccountStatus.PROPOSED)
    yield _counted(_("Accounts of ours to let into use"), "console:bank", accounts, "entered_at")


def _of_payouts() -> Iterator[Waiting]:
    accounts = PayoutAccount.objects.filter(status=PayoutAccountStatus.CHECKING)
    yield _counted(_("Payout accounts to ask about"), "console:payouts", accounts, "entered_at")
    alone = Payout.objects.filter(status=PayoutStatus.REQUESTED, batch=None)
    yield _counted(_("Payouts to put together"), "console:payouts", alone, "requested_at", money=True)
    batches = PayoutBatch.objects.order_by()
    agree = batches.filter(status=BatchStatus.WAITING)
    yield _counted(_("Batches of payouts to agree to"), "console:payouts", agree, "asked_at")
    send = batches.filter(status=BatchStatus.APPROVED)
    yield _counted(_("Batches of payouts to send"), "console:payouts", send, "decided_at")


def _of_wallets() -> Iterator[Waiting]:
    unknown = Recharge.objects.filter(status=RechargeStatus.UNKNOWN)
    yield _counted(_("Recharges whose end is unknown"), "console:work", unknown, "started_at", money=True)
    refunds = Refund.objects.order_by()
    decide = refunds.filter(status__in=(RefundStatus.ASKED, RefundStatus.SECOND))
    yield _counted(_("Refunds to decide"), "console:refunds", decide, "asked_at", money=True)
    asking = refunds.filter(status=RefundStatus.UNKNOWN)
    yield _counted(_("Refunds whose end is unknown"), "console:refunds", asking, "asked_at", money=True)
    names = Instrument.objects.filter(status=InstrumentStatus.REVIEW)
    yield _counted(_("Names that differ"), "console:wallets", names, "added_at")
    cases = CompensationCase.objects.filter(status=CaseStatus.PROPOSED)
    yield _counted(_("Compensation to decide"), "console:wallets", cases, "opened_at", money=True)
    asked = PaymentRequest.objects.filter(status=RequestStatus.WAITING)
    yield _counted(_("Top-ups that buyers were asked for"), "console:orders", asked, "asked_at", money=True)


def _counted(word: str, route: str, rows: QuerySet[Any], since: str, *, money: bool | str = False) -> Waiting:
    """Count rows, find the oldest, and add up their amounts by currency in one query where they have some."""
    prefix = money if isinstance(money, str) else ""
    rows = rows.order_by()
    if not money:
        one = rows.aggregate(n=Count("pk"), oldest=Min(since))
        return Waiting(word, reverse(route), one["n"], one["oldest"])
    groups = list(
        rows.values(code=F(f"{prefix}currency"))
        .annotate(n=Count("pk"), oldest=Min(since), sum=Sum(f"{prefix}amount_minor"))
        .order_by("code")
    )
    oldest = [group["oldest"] for group in groups]
    sums = [Money(int(group["sum"]), group["code"]) for group in groups]
    return Waiting(word, reverse(route), sum(group["n"] for group in groups), min(oldest, default=None), sums)


def _moment(found: datetime | date | None) -> datetime | None:
    if found is None or isinstance(found, datetime):
        return found
    return datetime.combine(found, time(), tzinfo=UTC)


def _debts(aged: Sequence[Aged]) -> list[tuple[Money, Money, int]]:
    """Return for each currency what is owed to us, how much of it for longer than 90 days, and by how many."""
    currencies = sorted({one.total.currency for one in aged})
    found = []
    for currency in currencies:
        those = [one for one in aged if one.total.currency == currency]
        zero = Money.zero(currency)
        old = sum((one.buckets[-1] for one in those), zero)
        found.append((sum((one.total for one in those), zero), old, len(those)))
    return found
