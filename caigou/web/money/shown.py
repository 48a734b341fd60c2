"""What the money pages show: lines of a statement in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.ledger.services import EXCHANGED, Line
from caigou.orders.models import Order
from caigou.orders.selectors import orders_named
from caigou.payments.bank.models import CorporateTransfer
from caigou.payments.bank.selectors import transfers_of
from caigou.statements.account import by_buyer, estimates_of, reference_of
from caigou.statements.models import Estimated
from caigou.statements.paper import estimate_words
from caigou.statements.words import words_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement: what happened, the order or recharge it belongs to, and the balance after it."""

    when: datetime
    words: str
    reference: str
    href: str
    amount: Money
    balance: Money
    note: str = ""

    @property
    def paid_in(self) -> Money | None:
        return self.amount if self.amount.minor > 0 else None

    @property
    def paid_out(self) -> Money | None:
        return -self.amount if self.amount.minor < 0 else None


def entries(lines: Sequence[Line], actor: Actor) -> list[Entry]:
    """Return the lines with their words; the orders they name are found in one query, and so are the transfers."""
    orders = orders_named(actor, {line.source for line in lines if line.purpose.startswith("order.")})
    transfers = transfers_of(lines, actor)
    estimates = estimates_of(lines, orders)
    return [_entry(line, orders, transfers, estimates) for line in lines]


def _entry(
    line: Line,
    orders: Mapping[str, Order],
    transfers: Mapping[str, CorporateTransfer],
    estimates: Mapping[str, Estimated],
) -> Entry:
    order, transfer = orders.get(line.source), transfers.get(line.source)
    if order is not None:
        href, reference = reverse("web:order", args=[order.public_id]), order.number
    elif transfer is not None:
        href, reference = reverse("web:transfer", args=[transfer.public_id]), transfer.reference
    elif line.purpose == "recharge":
        href, reference = reverse("web:recharge_state", args=[line.source]), reference_of(line)
    elif line.purpose in {"recharge.refunded", "recharge.refund_came_back"}:
        href, reference = reverse("web:refund", args=[line.source]), reference_of(line)
    elif line.purpose == EXCHANGED:
        href, reference = reverse("web:exchange_quote", args=[line.source]), reference_of(line)
    else:
        href, reference = "", reference_of(line)
    estimate = estimates.get(line.source) if by_buyer(line) else None
    note = estimate_words(estimate) if estimate is not None else ""
    return Entry(line.when, words_of(line), reference, href, line.amount, line.balance, note)
