"""Histories of the demonstration: inquiries, offers and orders at each stage, dated back from today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from caigou.accounts.models import Address
from caigou.catalogue.models import Product
from caigou.demo.people import people
from caigou.kernel.actor import Actor
from caigou.kernel.clock import frozen, now
from caigou.kernel.money import Money, parse_money
from caigou.negotiation.models import Inquiry, Offer
from caigou.negotiation.services.answer import accept_offer
from caigou.negotiation.services.ask import ask_for_offer
from caigou.negotiation.services.offer import Terms, make_offer
from caigou.orders.models import Order
from caigou.orders.services.cancel import cancel_order
from caigou.orders.services.confirm import confirm_receipt
from caigou.orders.services.pay import pay_order
from caigou.orders.services.place import place_order
from caigou.orders.services.ship import ship_order
from caigou.payments.ports import PaysByItself
from caigou.payments.services.recharge import gateways, record, start_recharge

#: How far a story goes, in the order of the journey; a cancelled one was paid before.
_STAGES = ("asked", "offered", "accepted", "placed", "paid", "shipped", "completed")
_GATEWAY = "sandbox"
#: How long goods that are still under way have been so: shorter than the clock that confirms.
_UNDER_WAY = timedelta(days=5)


def tell(story: dict[str, Any], actors: dict[str, Actor]) -> None:
    """Play one story through the services, each step at its own moment."""
    reaches = "paid" if story["reaches"] == "cancelled" else story["reaches"]
    past = _STAGES[: _STAGES.index(reaches) + 1]
    began = now() - timedelta(days=story["days_ago"])
    product = Product.objects.select_related("supplier__company").get(external_id=story["product"])
    buyer, seller = actors[story["buyer"]], _seller(product, actors)
    with frozen(began):
        inquiry = ask_for_offer(
            product.pk, quantity=story["quantity"], wish=story["wish"], language=story["language"], by=buyer
        )
    if "offered" not in past:
        return
    with frozen(began + timedelta(hours=3)):
        offer = _offer(inquiry, story["offer"], story["quantity"], seller)
    if "accepted" not in past:
        return
    with frozen(began + timedelta(hours=8)):
        accept_offer(offer.pk, by=buyer)
    if "placed" in past:
        _order(offer, story, paid="paid" in past, placed=began + timedelta(hours=9), buyer=buyer, seller=seller)


def _order(offer: Offer, story: dict[str, Any], *, paid: bool, placed: datetime, buyer: Actor, seller: Actor) -> None:
    with frozen(placed):
        order = _place(offer, story, buyer)
    if not paid:
        return
    with frozen(placed + timedelta(days=1)):
        _pay(order, buyer)
    if story["reaches"] == "cancelled":
        with frozen(placed + timedelta(days=2)):
            cancel_order(order.pk, reason="The season has moved; we will ask again in spring.", by=buyer)
        return
    _travel(order, story, placed, buyer, seller)


def _travel(order: Order, story: dict[str, Any], began: datetime, buyer: Actor, seller: Actor) -> None:
    if story["reaches"] == "paid":
        return
    done = story["reaches"] == "completed"
    shipped = began + timedelta(days=30) if done else now() - _UNDER_WAY
    with frozen(shipped):
        ship_order(order.pk, by=seller, **story["shipment"])
    if done:
        with frozen(shipped + timedelta(days=12)):
            confirm_receipt(order.pk, by=buyer)


def _seller(product: Product, actors: dict[str, Actor]) -> Actor:
    by_company = {actor.company_id: actor for actor in actors.values()}
    return by_company[product.supplier.company_id]


def _offer(inquiry: Inquiry, told: dict[str, Any], quantity: int, seller: Actor) -> Offer:
    terms = Terms(
        unit_price=parse_money(told["unit_price"], told["currency"]),
        quantity=quantity,
        moq=told["moq"],
        deliver_by=(now() + timedelta(days=told["deliver_days"])).date(),
        valid_until=now() + timedelta(hours=told["valid_hours"]),
        note=told["note"],
    )
    return make_offer(inquiry.pk, terms, by=seller)


def _place(offer: Offer, story: dict[str, Any], buyer: Actor) -> Order:
    person = next(person for person in people() if person.key == story["buyer"])
    line = person.addresses[story["address"]]["line1"]
    address = Address.objects.visible_to(buyer).get(line1=line)
    return place_order(offer.pk, quantity=story["quantity"], address_id=address.pk, by=buyer)


def _pay(order: Order, buyer: Actor) -> None:
    """Recharge the next round thousand through the sandbox gateway, then pay from the wallet."""
    thousand = 1000_00
    amount = Money(-(-order.total_minor // thousand) * thousand, order.currency)
    recharge = start_recharge(order.buyer, amount, gateway=_GATEWAY, by=buyer)
    gateway = gateways()[_GATEWAY]
    gateway.start(recharge.public_id, amount, "/money/")
    cast(PaysByItself, gateway).pay(recharge.public_id)
    record(recharge.pk, gateway.ask(recharge.public_id))
    pay_order(order.pk, expected_total=order.total, by=buyer)
