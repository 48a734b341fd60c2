"""Events of the house, told to the programs of the companies that they concern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from caigou.integrations.services.deliver import tell, who_listens
from caigou.jobs.outbox import together
from caigou.negotiation.events import InquirySent, OfferAccepted, OfferExpired, OfferMade
from caigou.negotiation.models import Inquiry, Offer
from caigou.orders.events import OrderCancelled, OrderCompleted, OrderPaid, OrderPlaced, OrderShipped
from caigou.orders.models import Order
from caigou.payments.events import MoneyArrived
from caigou.payments.models import Recharge


def _tell_order(order_id: int, kind: str) -> None:
    _tell_orders([order_id], kind)


def _tell_orders(order_ids: Sequence[int], kind: str) -> None:
    """Tell both sides of each order, in the order given."""
    orders = Order.objects.in_bulk(order_ids)
    listen = who_listens(kind, {side for order in orders.values() for side in (order.buyer_id, order.seller_id)})
    heard = [orders[pk] for pk in order_ids if listen & {orders[pk].buyer_id, orders[pk].seller_id}]
    prefetch_related_objects(heard, "buyer", "seller", "product")
    for order in heard:
        _tell_sides(order, kind)


def _tell_sides(order: Order, kind: str) -> None:
    data = {
        "order": order.public_id,
        "number": order.number,
        "buyer": order.buyer.public_id,
        "supplier": order.seller.public_id,
        "product": order.product.public_id,
        "quantity": order.quantity,
        "total": order.total.to_json(),
    }
    for company_id in (order.buyer_id, order.seller_id):
        tell(kind, company_id, data)


def on_order_placed(event: OrderPlaced) -> None:
    """Tell both sides."""
    _tell_order(event.order_id, "order.placed")


@together
def on_order_paid(events: Sequence[OrderPaid]) -> None:
    """Tell both sides."""
    _tell_orders([event.order_id for event in events], "order.paid")


def on_order_shipped(event: OrderShipped) -> None:
    """Tell both sides."""
    _tell_order(event.order_id, "order.shipped")


def on_order_completed(event: OrderCompleted) -> None:
    """Tell both sides."""
    _tell_order(event.order_id, "order.completed")


def on_order_cancelled(event: OrderCancelled) -> None:
    """Tell both sides."""
    _tell_order(event.order_id, "order.cancelled")


def on_request_sent(event: InquirySent) -> None:
    """Tell the supplier, who is to answer."""
    inquiry = Inquiry.objects.select_related("buyer", "product").get(pk=event.inquiry_id)
    data = {
        "request": inquiry.public_id,
        "buyer": inquiry.buyer.public_id,
        "product": inquiry.product.public_id,
        "quantity": inquiry.quantity,
    }
    tell("request.sent", inquiry.seller_id, data)


def on_offer_made(event: OfferMade) -> None:
    """Tell the buyer."""
    offer, data = _offer(event.offer_id)
    tell("offer.made", offer.inquiry.buyer_id, data)


def on_offer_accepted(event: OfferAccepted) -> None:
    """Tell the supplier."""
    offer, data = _offer(event.offer_id)
    tell("offer.accepted", offer.inquiry.seller_id, data)


def on_offer_expired(event: OfferExpired) -> None:
    """Tell both sides."""
    offer, data = _offer(event.offer_id)
    for company_id in (offer.inquiry.buyer_id, offer.inquiry.seller_id):
        tell("offer.expired", company_id, data)


def _offer(offer_id: int) -> tuple[Offer, dict[str, Any]]:
    offer = Offer.objects.select_related("inquiry").get(pk=offer_id)
    return offer, {"request": offer.inquiry.public_id, "offer": offer.public_id, "total": offer.total.to_json()}


def on_money_arrived(event: MoneyArrived) -> None:
    """Tell the company whose wallet it is."""
    recharge = Recharge.objects.get(pk=event.recharge_id)
    data = {"recharge": recharge.public_id, "amount": recharge.amount.to_json()}
    tell("wallet.credited", recharge.company_id, data)
