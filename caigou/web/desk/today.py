"""A supplier's day: what to do first, what the buyer has to do, and how far each order is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.negotiation.models import Inquiry, Offer, OfferStatus
from caigou.negotiation.selectors import waiting_inquiries
from caigou.orders.models import Order, OrderStatus
from caigou.orders.selectors import waiting_orders
from caigou.ui.shapes import Step, Task
from caigou.ui.states import State, state_of
from caigou.ui.words import amount_of, name_of, sum_of, title_of

#: Lines of one card; the whole list is one link away.
MOST = 12


def tasks_of(actor: Actor) -> list[Task]:
    """Return what waits for this supplier, the nearest deadline first; requests without one stand by their age."""
    orders = waiting_orders(actor).select_related("buyer", "product__category").order_by("deliver_by")[:MOST]
    asked = waiting_inquiries(actor).select_related("buyer", "product__category").order_by("moved_at")[:MOST]
    dated = [_shipment(order) for order in orders]
    return [*dated, *(_request(inquiry) for inquiry in asked)]


def _shipment(order: Order) -> Task:
    return Task(
        title=_("Ship %(number)s") % {"number": order.number},
        href=reverse("web:order", args=[order.public_id]),
        detail=" · ".join(
            (name_of(order.buyer), title_of(order.product), amount_of(order.quantity, order.product.unit))
        ),
        until=end_of(order.deliver_by),
        product=order.product,
    )


def _request(inquiry: Inquiry) -> Task:
    return Task(
        title=_("Answer %(buyer)s") % {"buyer": name_of(inquiry.buyer)},
        href=reverse("web:inquiry", args=[inquiry.public_id]),
        detail=" · ".join((title_of(inquiry.product), amount_of(inquiry.quantity, inquiry.product.unit))),
        product=inquiry.product,
    )


def end_of(day: date) -> datetime:
    """Return the last moment of a day in the reader's zone."""
    return datetime.combine(day, time.min, timezone.get_current_timezone()) + timedelta(days=1, seconds=-1)


def offers_out(actor: Actor) -> list[Task]:
    """Return the offers that the buyers have to answer, the first to lapse first."""
    offers = Offer.objects.visible_to(actor).filter(status=OfferStatus.OPEN, valid_until__gt=now())
    offers = offers.select_related("inquiry__buyer", "inquiry__product__category").order_by("valid_until")
    return [
        Task(
            title=_("%(sum)s offered to %(buyer)s")
            % {"sum": sum_of(offer.total), "buyer": name_of(offer.inquiry.buyer)},
            href=reverse("web:inquiry", args=[offer.inquiry.public_id]),
            detail=title_of(offer.inquiry.product),
            until=offer.valid_until,
            state="later",
            product=offer.inquiry.product,
        )
        for offer in offers[:MOST]
    ]


@dataclass(frozen=True, slots=True)
class Running:
    """One order in progress."""

    order: Order
    href: str
    state: State
    steps: Sequence[Step]


def running_orders(actor: Actor) -> list[Running]:
    """Return the orders that are neither completed nor cancelled, the first to be delivered first."""
    ended = (OrderStatus.COMPLETED, OrderStatus.CANCELLED)
    orders = Order.objects.visible_to(actor).exclude(status__in=ended).for_cards().order_by("deliver_by", "pk")[:MOST]
    return [
        Running(
            order,
            reverse("web:order", args=[order.public_id]),
            state_of("order", order.status, "supplier"),
            steps_of(order.status),
        )
        for order in orders
    ]


def steps_of(status: str) -> tuple[Step, ...]:
    """Return the short progress bar of an order.

    >>> [step.state for step in steps_of("paid")]
    ['done', 'done', 'now', 'later']
    """
    words = (_("Order"), _("Payment"), _("Shipping"), _("Receipt"))
    done = {"placed": 1, "paid": 2, "shipped": 3, "completed": 4}.get(status, 0)
    return tuple(
        Step(word, "done" if place < done else "now" if place == done else "later") for place, word in enumerate(words)
    )
