"""Are our books what the bank says?  Every movement of one account of ours, from both sides, over some days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from caigou.kernel.money import Money
from caigou.ledger.periods import movements
from caigou.ledger.services import Line, find_account
from caigou.payments.bank.compare import Difference, Item, compare
from caigou.payments.bank.models import BankAccount, BankLine, BankReceipt, BankStatement
from caigou.payments.cover.models import CoverTrade
from caigou.payments.payouts.models import Payout

#: Movements of one look; a month of a busy account is a few thousand.
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Look:
    """What was compared and what differs."""

    differences: list[Difference]
    lines: int
    postings: int
    statement: BankStatement | None
    books: Money


def look(account: BankAccount, since: date, until: date) -> Look:
    """Compare the ledger with the bank's lines of the days from ``since`` to ``until``, both included.

    ``statement`` is the last one with a closing balance by ``until``; ``books`` what the ledger had by the end of its
    last day, to stand beside that balance.
    """
    ledger = find_account("bank", account.public_id, account.currency)
    begin, end = _begin(since), _begin(until + timedelta(days=1))
    posted = movements(ledger, since=begin, until=end, limit=MOST) if ledger is not None else []
    told = BankLine.objects.filter(account=account, day__range=(since, until))
    lines = [
        Item(line.public_id, line.day, line.signed)
        for line in told.only("public_id", "day", "is_credit", "amount_minor", "currency")
    ]
    statement = (
        BankStatement.objects.filter(account=account, closing_minor__isnull=False, last_day__lte=until)
        .order_by("-last_day", "-pk")
        .first()
    )
    last_day = statement.last_day if statement is not None and statement.last_day is not None else until
    upto = _begin(last_day + timedelta(days=1))
    before = movements(ledger, until=upto, limit=1) if ledger is not None else []
    books = before[0].balance if before else Money.zero(account.currency)
    return Look(
        compare(_ours(posted, account), lines),
        len(lines),
        len(posted),
        statement,
        books,
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _ours(posted: list[Line], account: BankAccount) -> Iterator[Item]:
    """Yield each posting under the name of the bank's line that it stands for, if one is known."""
    sources = {line.source for line in posted}
    named: dict[str, str] = {}
    receipts = BankReceipt.objects.filter(public_id__in=sources, line__isnull=False)
    named |= dict(receipts.values_list("public_id", "line__public_id"))
    for trade in CoverTrade.objects.filter(public_id__in=sources):
        told = trade.sold_line if trade.sold_from_id == account.pk else trade.bought_line
        named |= {trade.public_id: told.public_id} if told is not None else {}
    payouts = Payout.objects.filter(public_id__in=sources).select_related("booked_by", "returned_by")
    ends = {payout.public_id: payout for payout in payouts}
    journals: dict[tuple[str, str], Money] = {}
    days: dict[tuple[str, str], date] = {}
    for line in posted:  # a journal may have several legs at the bank, which books one movement
        key = (line.purpose, line.source)
        journals[key] = journals.get(key, Money.zero(line.amount.currency)) + line.amount
        days[key] = line.when.date()
    for (purpose, source), amount in journals.items():
        name = named.get(source, source)
        if source in ends:
            by = ends[source].returned_by if purpose == "payout.returned" else ends[source].booked_by
            name = by.public_id if by is not None else source
        yield Item(name, days[purpose, source], amount)
