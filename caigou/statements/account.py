"""A statement of account for a period: opening balance, every movement, closing balance (A12, B9).

The figures are the ledger's at the moment of asking; nothing is kept and nothing can differ from the books.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import F
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money
from caigou.ledger.periods import movements, stood_at
from caigou.ledger.services import AccountId, Line
from caigou.orders.models import Order
from caigou.orders.selectors import orders_named
from caigou.payments.bank.selectors import transfers_of
from caigou.statements.models import Estimated, OrderEstimate
from caigou.statements.services.service_estimates import service_estimates
from caigou.statements.words import words_of

#: The longest period of one statement, in days; a year and its edges.
LONGEST_DAYS = 400
#: More lines than anybody reads on paper; the file has the same bound.
MOST_LINES = 20_000


_ESTIMATED = frozenset({"order.paid", "service.paid"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement: ``amount`` is signed in the owner's view; estimate and actual only where its order has them."""

    when: datetime
    words: str
    reference: str
    amount: Money
    balance: Money
    estimate: Estimated | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One account from the first day to the last, both included, in ``zone``."""

    company: Company
    kind: str
    currency: str
    first: date
    last: date
    zone: tzinfo
    opening: Money
    closing: Money
    entries: Sequence[Entry]
    as_of: datetime

    @property
    def paid_in(self) -> Money:
        rises = (entry.amount for entry in self.entries if entry.amount.minor > 0)
        return sum(rises, Money.zero(self.currency))

    @property
    def paid_out(self) -> Money:
        falls = (-entry.amount for entry in self.entries if entry.amount.minor < 0)
        return sum(falls, Money.zero(self.currency))


def statement_of(
    company: Company, account: AccountId, kind: str, currency: str, *, first: date, last: date, zone: tzinfo, by: Actor
) -> Statement:
    """Return the statement of a company's account, oldest movement first, in the language that is active.

    Raises ``BadInput`` for days in the wrong order, more than ``LONGEST_DAYS`` or more than ``MOST_LINES`` movements.
    """
    if last < first:
        raise BadInput(_("The last day is before the first."), fields={"last": ""})
    if (last - first).days >= LONGEST_DAYS:
        words = _("Choose a period of at most %(days)s days.") % {"days": LONGEST_DAYS}
        raise BadInput(words, fields={"last": words})
    since, until = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    lines = movements(account, since=since, until=until, limit=MOST_LINES + 1)
    if len(lines) > MOST_LINES:
        raise BadInput(_("There are too many movements in this period. Choose a shorter one."), fields={"last": ""})
    lines.reverse()
    opening = lines[0].balance - lines[0].amount if lines else stood_at(account, since)
    closing = lines[-1].balance if lines else opening
    return Statement(company, kind, currency, first, last, zone, opening, closing, _entries(lines, by), now())


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _entries(lines: Sequence[Line], by: Actor) -> list[Entry]:
    orders = orders_named(by, {line.source for line in lines if line.purpose.startswith("order.")})
    estimates = estimates_of(lines, orders)
    called = {source: order.number for source, order in orders.items()}
    called |= {source: transfer.reference for source, transfer in transfers_of(lines, by).items()}
    return [
        Entry(
            line.when,
            words_of(line),
            called.get(line.source) or reference_of(line),
            line.amount,
            line.balance,
            estimates.get(line.source) if by_buyer(line) else None,
        )
        for line in lines
    ]


def estimates_of(lines: Sequence[Line], orders: Mapping[str, Order]) -> Mapping[str, Estimated]:
    """Return what goods and services were estimated at, by the source of the line that paid for them (B9).

    ``orders`` are those that the lines name, by public id. Two queries, and none for a kind that no line is of.
    """
    paid = {line.source for line in lines if line.purpose == "order.paid"} & orders.keys()
    services = {line.source for line in lines if line.purpose == "service.paid"}
    found: dict[str, Estimated] = {}
    if paid:
        rows = OrderEstimate.objects.filter(order__public_id__in=paid).annotate(source=F("order__public_id"))
        found |= {row.source: row for row in rows}
    if services:
        found |= service_estimates(services)
    return found


def by_buyer(line: Line) -> bool:
    """Say whether the line left a wallet for goods or a service: the estimate was the buyer's."""
    return line.amount.minor < 0 and line.purpose in _ESTIMATED


def reference_of(line: Line) -> str:
    """Return how a movement without an order is called on the phone."""
    return line.source[:8].upper()
