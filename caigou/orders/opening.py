"""Escrows that stood in the system before: an order that waits here is paid by what was kept for it there.

Registered by ``config`` for the import of opening balances.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money
from caigou.ledger.services import AccountId
from caigou.orders.models import Order, OrderStatus
from caigou.orders.services.lock import lock_order
from caigou.orders.services.pay import mark_paid
from caigou.orders.services.steps import PURPOSE, escrow_account
from caigou.payments.services.ask import withdraw
from caigou.wallets.opening.escrows import Owing


class Escrows:
    """Orders, as the import of opening balances asks for them."""

    def find(self, text: str) -> Owing | None:
        """Return the order that waits for its payment, by its number (C-1A2B3C4D) or public id; None for several."""
        order = Order.objects.filter(status=OrderStatus.PLACED).called(text)
        return None if order is None else Owing(order.public_id, order.buyer_id, order.total)

    def put_in(self, public_id: str, total: Money, *, by: Actor) -> AccountId:
        """Mark the order as paid and return its escrow; what was asked for or set aside for it here is free again."""
        order = lock_order(Order.objects.values_list("pk", flat=True).get(public_id=public_id))
        if order.status != OrderStatus.PLACED or order.total != total:
            raise BadInput(_("Order %(order)s was paid or cancelled since. Refuse the file.") % {"order": order.number})
        withdraw(PURPOSE, public_id, by=by)
        mark_paid(order, by=by)
        return escrow_account(order)


ORDER_ESCROWS = Escrows()
