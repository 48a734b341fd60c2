"""What orders do on hearing others' events."""

from __future__ import annotations

from caigou.catalogue.services.sales import record_sold
from caigou.orders.events import OrderCompleted
from caigou.orders.models import Order
from caigou.orders.services.pay import capture_held
from caigou.orders.services.steps import PURPOSE
from caigou.payments.events import MoneyHeld


def on_money_held(event: MoneyHeld) -> None:
    """Money was set aside for something; if it is an order of ours, take it into escrow."""
    if event.purpose == PURPOSE:
        capture_held(event.source)


def on_order_completed(event: OrderCompleted) -> None:
    """Tell the catalogue what was sold: a product that people buy is found before one that nobody has bought."""
    order = Order.objects.only("product_id", "quantity").get(pk=event.order_id)
    record_sold(order.product_id, units=order.quantity)
