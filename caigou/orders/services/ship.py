"""Ship: the supplier hands the goods to a carrier."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.orders.events import OrderShipped
from caigou.orders.models import Order, OrderStatus
from caigou.orders.services.lock import lock_order
from caigou.orders.services.steps import move, require_seller
from caigou.orders.settings import CONFIRM_DAYS


@transaction.atomic
def ship_order(order_id: int, *, carrier: str, tracking_number: str, by: Actor) -> Order:
    """Note carrier and number, and start the clock of ``orders.confirm_days`` towards confirmation.

    The same shipment told again changes nothing. Raises ``BadInput`` without a carrier or number, ``IllegalMove``
    unless the order is paid, ``NotAllowed`` for anyone but the supplier.
    """
    carrier, tracking_number = " ".join(carrier.split())[:80], "".join(tracking_number.split())[:80]
    if not carrier or not tracking_number:
        raise BadInput(_("Give the carrier and its number, so that the buyer can follow the goods."))
    order = lock_order(order_id)
    require_seller(order, by)
    if (order.status, order.carrier, order.tracking_number) == (OrderStatus.SHIPPED, carrier, tracking_number):
        return order
    order.carrier, order.tracking_number = carrier, tracking_number
    order.shipped_at = now()
    order.confirm_by = order.shipped_at + timedelta(days=CONFIRM_DAYS.value)
    fields = ("carrier", "tracking_number", "shipped_at", "confirm_by")
    move(order, OrderStatus.SHIPPED, by=by, fields=fields, carrier=carrier, tracking_number=tracking_number)
    publish(OrderShipped(order_id=order.pk))
    return order
