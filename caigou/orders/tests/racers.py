"""What racing processes do with orders: each verb answers ``ok`` or the code of its refusal."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from caigou.kernel.actor import Actor


def _said(verb: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    from caigou.jobs.outbox import hears
    from caigou.kernel.errors import DomainError

    hears()  # loads half of the product, as a house does before it opens; not while the other one waits for a lock
    time.sleep(random.uniform(0, 0.004))  # so that now the one, now the other is first
    try:
        verb(*arguments, **named)
    except DomainError as refused:
        return refused.code
    return "ok"


def place(offer_id: int, quantity: int, address_id: int, by: Actor) -> str:
    from caigou.orders.services.place import place_order

    return _said(place_order, offer_id, quantity=quantity, address_id=address_id, by=by)


def pay(order_id: int, by: Actor) -> str:
    from caigou.orders.services.pay import pay_order

    return _said(pay_order, order_id, by=by)


def ship(order_id: int, by: Actor) -> str:
    from caigou.orders.services.ship import ship_order

    return _said(ship_order, order_id, carrier="SF Express", tracking_number="SF1", by=by)


def confirm(order_id: int, by: Actor) -> str:
    from caigou.orders.services.confirm import confirm_receipt

    return _said(confirm_receipt, order_id, by=by)


def tick(_order_id: int) -> str:
    """The clock comes by."""
    from caigou.orders.services.confirm import confirm_due

    return _said(confirm_due)


def cancel(order_id: int, by: Actor) -> str:
    from caigou.orders.services.cancel import cancel_order

    return _said(cancel_order, order_id, reason="Changed plans", by=by)


def credit(recharge_id: int, reference: str, minor: int) -> str:
    """The gateway's answer arrives, and then whatever waits for the money is taken."""
    from caigou.jobs.outbox import deliver_due
    from caigou.kernel.money import Money
    from caigou.payments.ports import Charge
    from caigou.payments.services.recharge import record

    said = _said(record, recharge_id, Charge(reference, f"ref-{reference}", "paid", Money(minor, "CNY")))
    deliver_due()
    return said
