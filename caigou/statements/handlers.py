"""What statements do on hearing of orders: estimates are kept, documents written. Each is safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from caigou.jobs.outbox import together
from caigou.orders.events import OrderCancelled, OrderPaid, OrderPlaced
from caigou.statements.services.estimates import keep_actuals, keep_estimate
from caigou.statements.services.issue import credit_cancelled, issue_invoices
from caigou.statements.services.service_estimates import keep_service_actual, keep_service_estimate
from caigou.wallets.events import ServiceAsked, ServicePaid


def on_order_placed(event: OrderPlaced) -> None:
    """Keep what the goods are estimated at in the buyer's currency."""
    keep_estimate(event.order_id)


@together
def on_order_paid(events: Sequence[OrderPaid]) -> None:
    """Keep what they came to, and write the invoices."""
    paid = [event.order_id for event in events]
    keep_actuals(paid)
    issue_invoices(paid)


def on_service_asked(event: ServiceAsked) -> None:
    """Keep what an agent's or a carrier's service is estimated at in the payer's currency."""
    keep_service_estimate(event.payment_id)


def on_service_paid(event: ServicePaid) -> None:
    """Keep what it came to."""
    keep_service_actual(event.payment_id)


def on_order_cancelled(event: OrderCancelled) -> None:
    """Take the invoice of a paid order back."""
    credit_cancelled(event.order_id)
