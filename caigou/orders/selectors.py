"""Reading orders, their timeline and their escrow; every query starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Sum, Value, When

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.kernel.prepared import fetch_all
from caigou.ledger.services import taken_from
from caigou.negotiation.models import Offer, OfferStatus
from caigou.orders.models import IN_ESCROW, Order, OrderStatus
from caigou.orders.services.steps import PURPOSE
from caigou.payments.models import PaymentRequest, RequestStatus

#: In which states an order waits for whom.
_WAITS_FOR = {
    "buyer": (OrderStatus.PLACED, OrderStatus.SHIPPED),
    "supplier": (OrderStatus.PAID,),
}

_STEPS = "SELECT what, by_role, at FROM orders_orderevent WHERE order_id = %s::bigint ORDER BY at, id"


def _moves_of(actor: Actor) -> Q:
    return Q(status__in=_WAITS_FOR.get(actor.role, ()))


def waiting_orders(actor: Actor) -> QuerySet[Order]:
    """The orders that wait for this actor's company: to be paid, shipped or confirmed."""
    return Order.objects.visible_to(actor).filter(_moves_of(actor))


def orders_for_list(actor: Actor, *, only_waiting: bool = False) -> QuerySet[Order]:
    """What a list shows, in one query: those that wait for the actor first, then the newest first."""
    shown = Order.objects.visible_to(actor).for_cards()
    if only_waiting:
        shown = shown.filter(_moves_of(actor))
    turn = Case(When(_moves_of(actor), then=Value(0)), default=Value(1), output_field=IntegerField())
    return shown.alias(turn=turn).order_by("turn", "-placed_at", "-pk")


def offers_to_order(actor: Actor) -> QuerySet[Offer]:
    """The accepted offers under which this buyer has not ordered yet."""
    if actor.role != "buyer":
        return Offer.objects.none()
    accepted = Offer.objects.visible_to(actor).filter(status=OfferStatus.ACCEPTED, order=None)
    return accepted.select_related("inquiry__product__category", "inquiry__seller").order_by("-ended_at")


def orders_for_page(actor: Actor) -> QuerySet[Order]:
    """What the order's page shows beside timeline and money."""
    return Order.objects.visible_to(actor).for_cards().select_related("offer__inquiry")


def payment_asked(order: Order) -> PaymentRequest | None:
    """Return the request for money under which a placed order waits, or has its money set aside but not yet taken."""
    if order.status != OrderStatus.PLACED:
        return None
    running = (RequestStatus.WAITING, RequestStatus.HELD)
    asked = PaymentRequest.objects.filter(purpose=PURPOSE, source=order.public_id, status__in=running)
    return asked.select_related("payer").first()


class Step(NamedTuple):
    """A line of the timeline, as both sides see it."""

    what: str
    by_role: str
    at: datetime


def steps_of(order: Order) -> list[Step]:
    """Return the order's timeline, oldest first."""
    return [Step(*row) for row in fetch_all(_STEPS, [order.pk])]


@dataclass(frozen=True, slots=True)
class EscrowFigures:
    """What the ledger says of one order's escrow: still held, released to the supplier, refunded to the buyer."""

    held: Money
    released: Money
    refunded: Money
    as_of: datetime


def escrow_of(order: Order) -> EscrowFigures:
    """Return the figures of the order's escrow account; zeros while it was never opened."""
    zero, as_of = Money.zero(order.currency), now()
    held, taken = taken_from("escrow", order.public_id, order.currency)
    return EscrowFigures(held, taken.get("escrow_release", zero), taken.get("order_refund", zero), as_of)


def escrow_when_paid(order: Order) -> EscrowFigures:
    """Return the figures of an order that is being paid: its whole total is in escrow once that is committed."""
    zero = Money.zero(order.currency)
    return EscrowFigures(order.total, zero, zero, now())


def money_in_escrow(actor: Actor) -> list[Money]:
    """Return what this company's sales or purchases have in escrow now, one sum a currency."""
    held = Order.objects.visible_to(actor).filter(status__in=IN_ESCROW).values("currency")
    sums = held.annotate(held=Sum("total_minor")).order_by("currency")
    return [Money(int(row["held"]), row["currency"]) for row in sums]


def orders_named(actor: Actor, public_ids: Iterable[str]) -> dict[str, Order]:
    """Return the orders among ``public_ids`` that the actor may see, by public id; for the lines of a statement."""
    return {order.public_id: order for order in Order.objects.visible_to(actor).filter(public_id__in=set(public_ids))}
