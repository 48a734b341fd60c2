"""Confirm receipt: the escrow goes to the supplier, by the buyer's word or by the clock's."""

from __future__ import annotations

from django.db import transaction

from caigou.jobs.outbox import publish
from caigou.jobs.worker import each_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.states import check_move
from caigou.ledger.services import Leg, open_account, post
from caigou.orders.events import OrderCompleted
from caigou.orders.models import ORDER_MOVES, Order, OrderStatus
from caigou.orders.services.lock import lock_order
from caigou.orders.services.steps import escrow_account, move, require_buyer


@transaction.atomic
def confirm_receipt(order_id: int, *, by: Actor) -> Order:
    """Complete a shipped order and release its escrow to the supplier. Safe to repeat.

    Raises ``IllegalMove`` unless the order is shipped, ``NotAllowed`` for anyone but the buyer or the clock.
    """
    order = lock_order(order_id)
    require_buyer(order, by)
    if order.status == OrderStatus.COMPLETED:
        return order
    check_move(ORDER_MOVES, order.status, OrderStatus.COMPLETED)
    payable = open_account("supplier_payable", order.seller.public_id, order.currency)
    release = Leg.transfer(escrow_account(order), payable, order.total, "escrow_release")
    post("order.released", order.public_id, [release], by=by)
    order.completed_at = now()
    move(order, OrderStatus.COMPLETED, by=by, fields=("completed_at",))
    publish(OrderCompleted(order_id=order.pk))
    return order


@transaction.atomic
def _confirm_if_due(order_id: int) -> bool:
    order = lock_order(order_id)
    if order.status != OrderStatus.SHIPPED or order.confirm_by is None or order.confirm_by > now():
        return False
    confirm_receipt(order_id, by=SYSTEM)
    return True


def confirm_due(limit: int = 500) -> int:
    """Clock: confirm every order whose buyer said nothing until ``confirm_by``; return how many."""
    due = Order.objects.filter(status=OrderStatus.SHIPPED, confirm_by__lte=now()).order_by("confirm_by")
    return each_due(due.values_list("pk", flat=True)[:limit], _confirm_if_due)
