"""What wallets do on hearing others' events."""

from __future__ import annotations

from caigou.payments.events import MoneyHeld
from caigou.wallets.services.authorise import PURPOSE, pay_held


def on_money_held(event: MoneyHeld) -> None:
    """Money was set aside for something; if it is a provider's payment, make it."""
    if event.purpose == PURPOSE:
        pay_held(event.source)
