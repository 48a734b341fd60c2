"""What orders do on hearing others' events."""

from __future__ import annotations

from caigou.orders.services.pay import capture_held
from caigou.orders.services.steps import PURPOSE
from caigou.payments.events import MoneyHeld


def on_money_held(event: MoneyHeld) -> None:
    """Money was set aside for something; if it is an order of ours, take it into escrow."""
    if event.purpose == PURPOSE:
        capture_held(event.source)
