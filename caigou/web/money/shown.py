"""What the money pages show: lines of a statement in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.ledger.services import Line
from caigou.orders.models import Order
from caigou.orders.selectors import orders_named


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement: what happened, the order or recharge it belongs to, and the balance after it."""

    when: datetime
    words: str
    reference: str
    href: str
    amount: Money
    balance: Money

    @property
    def paid_in(self) -> Money | None:
        return self.amount if self.amount.minor > 0 else None

    @property
    def paid_out(self) -> Money | None:
        return -self.amount if self.amount.minor < 0 else None


def entries(lines: Sequence[Line], actor: Actor) -> list[Entry]:
    """Return the lines with their words; the orders they name are found in one query."""
    orders = orders_named(actor, {line.source for line in lines if line.purpose.startswith("order.")})
    return [_entry(line, orders) for line in lines]


def _entry(line: Line, orders: Mapping[str, Order]) -> Entry:
    order = orders.get(line.source)
    if order is not None:
        href, reference = reverse("web:order", args=[order.public_id]), order.number
    elif line.purpose == "recharge":
        href, reference = reverse("web:recharge_state", args=[line.source]), line.source[:8].upper()
    else:
        href, reference = "", line.source
    return Entry(line.when, _words(line), reference, href, line.amount, line.balance)


def _words(line: Line) -> str:
    match line.purpose:
        case "recharge":
            return _("Recharge")
        case "order.paid":
            return _("Order paid into escrow")
        case "order.refunded":
            return _("Order cancelled, refunded")
        case "order.released":
            return _("Order completed, released from escrow")
    return line.purpose
