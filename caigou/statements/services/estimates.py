"""Keep what an order was estimated at in the buyer's own currency, and what it came to when it was paid (B9)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from caigou.accounts.models import User
from caigou.kernel.clock import now
from caigou.orders.models import Order
from caigou.payments.rates.current import estimate
from caigou.payments.rates.table import Estimate
from caigou.statements.models import OrderEstimate
from caigou.ui.reader import currency_of


def currency_of_buyer(order: Order) -> str:
    """Return the currency in which the person who ordered reads estimates, else that of the company's country."""
    placed = order.timeline.filter(what="placed").values_list("by", flat=True).first() or ""
    number = placed.rpartition(":")[2]
    chosen = User.objects.filter(pk=number).values_list("currency", flat=True).first() if number.isdigit() else ""
    return chosen or currency_of(order.buyer.country)


@transaction.atomic
def keep_estimate(order_id: int) -> OrderEstimate | None:
    """Keep the estimate of an order that was placed just now. Safe to repeat: the first one stays.

    None where the buyer reads in the order's own currency, or nobody publishes a rate.
    """
    order = Order.objects.select_related("buyer").get(pk=order_id)
    found = estimate(order.total, currency_of_buyer(order))
    if found is None:
        return None
    kept, _new = OrderEstimate.objects.get_or_create(
        order=order,
        defaults={
            "currency": found.value.currency,
            "estimate_minor": found.value.minor,
            "estimate_rate": _figure(found),
            "estimate_day": found.rate.day,
            "estimated_at": now(),
        },
    )
    return kept


@transaction.atomic
def keep_actuals(order_ids: Iterable[int]) -> None:
    """Keep what paid orders came to in the currency of their estimates, by the rate of now. Safe to repeat."""
    due = OrderEstimate.objects.filter(order__in=order_ids, actual_minor=None).select_related("order")
    for kept in due.select_for_update(of=("self",)).order_by("pk"):
        found = estimate(kept.order.total, kept.currency)
        if found is None:
            continue
        kept.actual_minor, kept.actual_rate, kept.actual_day = found.value.minor, _figure(found), found.rate.day
        kept.save(update_fields=["actual_minor", "actual_rate", "actual_day"])


def _figure(found: Estimate) -> Decimal:
    """Return the rate as it is stored, ten digits after the point."""
    return round(found.figure, 10)
