"""Cancel before shipping: what was paid goes back to the buyer's wallet."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import NotAllowed
from caigou.kernel.states import check_move
from caigou.ledger.services import Leg, post
from caigou.orders.events import OrderCancelled
from caigou.orders.models import ORDER_MOVES, Order, OrderStatus
from caigou.orders.services.lock import lock_order
from caigou.orders.services.steps import PURPOSE, escrow_account, move
from caigou.payments.services.ask import withdraw
from caigou.payments.services.wallet import wallet_account


@transaction.atomic
def cancel_order(order_id: int, *, reason: str, by: Actor) -> Order:
    """Cancel an order that hasn't shipped, by either side; a paid one is refunded whole. Safe to repeat.

    Raises ``IllegalMove`` once the goods are on their way, ``NotAllowed`` for anyone but the two parties.
    """
    order = lock_order(order_id)
    if by.company_id not in {order.buyer_id, order.seller_id}:
        raise NotAllowed(_("Only the two parties of this order can cancel it."))
    if order.status == OrderStatus.CANCELLED:
        return order
    check_move(ORDER_MOVES, order.status, OrderStatus.CANCELLED)
    if order.status == OrderStatus.PAID:
        wallet = wallet_account(order.buyer, order.currency)
        refund = Leg.transfer(escrow_account(order), wallet, order.total, "order_refund")
        post("order.refunded", order.public_id, [refund], by=by)
    else:
        withdraw(PURPOSE, order.public_id, by=by)
    order.cancel_reason, order.cancelled_at = reason.strip()[:2000], now()
    move(order, OrderStatus.CANCELLED, by=by, fields=("cancel_reason", "cancelled_at"), reason=order.cancel_reason)
    publish(OrderCancelled(order_id=order.pk))
    return order
