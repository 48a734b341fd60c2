"""What the books must say about orders; ``check-books`` asks (registered by ``config``)."""

from __future__ import annotations

from collections.abc import Iterator

from caigou.kernel.money import Money
from caigou.ledger.services import balances_of_kind
from caigou.orders.models import IN_ESCROW, Order


def escrow_findings() -> Iterator[str]:
    """Yield a sentence for every order whose escrow isn't its total while paid or shipped, or zero otherwise."""
    escrows = {(b.owner, b.posted.currency): b.posted for b in balances_of_kind("escrow")}
    for order in Order.objects.only("public_id", "status", "currency", "total_minor").iterator():
        zero = Money.zero(order.currency)
        due = order.total if order.status in IN_ESCROW else zero
        there = escrows.pop((order.public_id, order.currency), zero)
        if there != due:
            yield f"order {order.number} is {order.status}: its escrow holds {there} and should hold {due}"
    for (owner, _currency), left in escrows.items():
        if left:
            yield f"the escrow of {owner} holds {left}, and no order has that name and currency"
