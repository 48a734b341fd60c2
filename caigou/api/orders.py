"""Orders of the key's company: listed, read, placed, paid, shipped, confirmed and cancelled (F10, F11, F12, A14)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query

from caigou.accounts.models import Address, Company
from caigou.api.keys import KeyRequest, Told, done_once, reads, writes
from caigou.api.order_schemas import (
    AddressesOut,
    OrdersIn,
    OrdersOut,
    PlaceIn,
    ReasonIn,
    ShipIn,
    SumIn,
    WholeOrderOut,
)
from caigou.api.pages import PageIn, page_of
from caigou.api.schemas import MoneyIn
from caigou.api.shapes import answer, time_of, time_or_none
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput
from caigou.kernel.money import BadAmount, Money, parse_money
from caigou.negotiation.models import Offer
from caigou.orders.models import Order
from caigou.orders.selectors import EscrowFigures, escrow_of, escrow_when_paid, payment_asked, steps_of
from caigou.orders.services.cancel import cancel_order
from caigou.orders.services.confirm import confirm_receipt
from caigou.orders.services.lock import lock_seen
from caigou.orders.services.pay import WrongAmount, pay_or_wait, payment_at_once
from caigou.orders.services.place import place_order
from caigou.orders.services.ship import ship_order
from caigou.payments.services.ask import NotAtOnce, shortfall

_TAG = "Orders"
_STATED = ("quantity", "carrier", "tracking_number", "cancel_reason", "number", "status")
_TIMES = ("paid_at", "shipped_at", "confirm_by", "completed_at", "cancelled_at")


def money_in(asked: MoneyIn, name: str) -> Money:
    """Return an exact amount; raises ``BadInput`` that names the field for any other text."""
    try:
        return parse_money(asked.amount, asked.currency)
    except BadAmount as error:
        raise BadInput(str(error), code=error.code, fields={name: str(error)}) from None


def company_json(company: Company) -> dict[str, str]:
    """Return a company as ``schemas.CompanyOut``."""
    return {"id": company.public_id, "name_en": company.name_en, "name_zh": company.name_zh}


def order_json(order: Order, actor: Actor) -> dict[str, Any]:
    """Return an order as ``order_schemas.OrderOut``."""
    return {
        "id": order.public_id,
        **{name: getattr(order, name) for name in _STATED},
        "side": "buyer" if order.buyer_id == actor.company_id else "supplier",
        "buyer": company_json(order.buyer),
        "supplier": company_json(order.seller),
        "product": {
            "id": order.product.public_id,
            **{name: getattr(order.product, name) for name in ("title_en", "title_zh", "unit")},
        },
        "offer": order.offer.public_id,
        "unit_price": order.unit_price.to_json(),
        "total": order.total.to_json(),
        "address": {"id": None, **order.address},
        "deliver_by": order.deliver_by.isoformat(),
        "placed_at": time_of(order.placed_at),
        **{name: time_or_none(getattr(order, name)) for name in _TIMES},
    }


def whole_order_json(order: Order, actor: Actor, escrow: EscrowFigures | None = None) -> dict[str, Any]:
    """Return an order as ``order_schemas.WholeOrderOut``; what its buyer's wallet lacks is the buyer's to know."""
    escrow = escrow or escrow_of(order)
    asked = payment_asked(order) if order.buyer_id == actor.company_id else None
    missing = shortfall(asked) if asked else None
    return {
        **order_json(order, actor),
        "escrow": {
            **{name: getattr(escrow, name).to_json() for name in ("held", "released", "refunded")},
            "as_of": time_of(escrow.as_of),
        },
        "missing": missing.to_json() if missing else None,
        "timeline": [{"what": row.what, "by": row.by_role, "at": time_of(row.at)} for row in steps_of(order)],
    }


def _shown(request: KeyRequest) -> QuerySet[Order]:
    return Order.objects.visible_to(request.actor).select_related("buyer", "seller", "product", "offer")


def _found(request: KeyRequest, public_id: str) -> Order:
    """Return an order that the company may see, with its sum and nothing else: a verb reads it anew under its lock."""
    shown = Order.objects.visible_to(request.actor).only("currency", "total_minor")
    order = shown.filter(public_id=public_id).first()
    if order is None:
        raise Http404
    return order


def _again(request: KeyRequest, public_id: str) -> dict[str, Any]:
    order = _shown(request).filter(public_id=public_id).first()
    if order is None:
        raise Http404
    return whole_order_json(order, request.actor)


@reads("orders", scope="read:orders", out=OrdersOut, summary="Orders of the company, newest first", tag=_TAG)
def orders(request: KeyRequest, asked: Query[OrdersIn]) -> HttpResponse:
    """Answer with a page of the orders that the company buys or sells (F10)."""
    shown = _shown(request)
    rows, following = page_of(shown.filter(status=asked.status) if asked.status else shown, asked)
    return answer({"items": [order_json(order, request.actor) for order in rows], "next": following})


@writes("orders", scope="write:orders", out=WholeOrderOut, summary="Order under an accepted offer", tag=_TAG)
def order_placed(request: KeyRequest, body: PlaceIn) -> HttpResponse:
    """Place an order at the sealed price. One offer makes one order: placing it again returns the first one (F10)."""
    offer = Offer.objects.visible_to(request.actor).filter(public_id=body.offer).first()
    address = Address.objects.visible_to(request.actor).filter(public_id=body.address).first()
    if offer is None or address is None:
        raise Http404

    def work() -> dict[str, Any]:
        placed = place_order(offer.pk, quantity=body.quantity, address_id=address.pk, by=request.actor)
        return _again(request, placed.public_id)

    return done_once(request, body, work)


@reads("orders/{public_id}", scope="read:orders", out=WholeOrderOut, summary="An order with its money", tag=_TAG)
def order(request: KeyRequest, public_id: str) -> HttpResponse:
    """Answer with one order, its escrow and its timeline (F11, F12)."""
    return answer(_again(request, public_id))


@writes(
    "orders/{public_id}/pay",
    scope="write:payments",
    out=WholeOrderOut,
    summary="Pay an order into escrow from the wallet",
    tag=_TAG,
)
def order_paid(request: KeyRequest, public_id: str, body: SumIn) -> HttpResponse:
    """Pay whole or not at all; when the wallet is short the order waits and `missing` says for how much (A13, A14)."""
    lock = partial(lock_seen, public_id, request.actor)
    expected = money_in(body.expected, "expected")

    def at_once() -> Told:
        payment = payment_at_once(lock, expected_total=expected, by=request.actor)
        escrow = escrow_when_paid(payment.order) if payment.take else None
        return Told(whole_order_json(payment.order, request.actor, escrow), payment.take)

    def or_wait() -> dict[str, Any]:
        return whole_order_json(pay_or_wait(lock, expected_total=expected, by=request.actor), request.actor)

    try:
        return done_once(request, body, at_once)
    except NotAtOnce:
        return done_once(request, body, or_wait)
    except Order.DoesNotExist:
        raise Http404 from None


@writes("orders/{public_id}/ship", scope="write:orders", out=WholeOrderOut, summary="Tell carrier and number", tag=_TAG)
def order_shipped(request: KeyRequest, public_id: str, body: ShipIn) -> HttpResponse:
    """The supplier hands the goods to a carrier; the buyer's days to confirm begin (F12)."""
    found = _found(request, public_id)

    def work() -> dict[str, Any]:
        ship_order(found.pk, carrier=body.carrier, tracking_number=body.tracking_number, by=request.actor)
        return _again(request, public_id)

    return done_once(request, body, work)


@writes(
    "orders/{public_id}/confirm",
    scope="write:payments",
    out=WholeOrderOut,
    summary="Confirm receipt: the escrow goes to the supplier",
    tag=_TAG,
)
def order_confirmed(request: KeyRequest, public_id: str, body: SumIn) -> HttpResponse:
    """Release the escrow. It can't be undone (F12)."""
    found, expected = _found(request, public_id), money_in(body.expected, "expected")

    def work() -> dict[str, Any]:
        if expected != found.total:
            raise WrongAmount(_("The sum has changed since you opened the page. Nothing was taken; look again."))
        confirm_receipt(found.pk, by=request.actor)
        return _again(request, public_id)

    return done_once(request, body, work)


@writes(
    "orders/{public_id}/cancel",
    scope="write:orders",
    out=WholeOrderOut,
    summary="Cancel before shipping; what was paid goes back to the wallet",
    tag=_TAG,
)
def order_cancelled(request: KeyRequest, public_id: str, body: ReasonIn) -> HttpResponse:
    """Either side cancels an order that hasn't shipped (F12)."""
    found = _found(request, public_id)

    def work() -> dict[str, Any]:
        cancel_order(found.pk, reason=body.reason, by=request.actor)
        return _again(request, public_id)

    return done_once(request, body, work)


@reads("addresses", scope="read:orders", out=AddressesOut, summary="Addresses where goods can go", tag=_TAG)
def addresses(request: KeyRequest, asked: Query[PageIn]) -> HttpResponse:
    """Answer with a page of the company's address book (F3)."""
    rows, following = page_of(Address.objects.visible_to(request.actor), asked)
    return answer({"items": [{"id": row.public_id, **row.snapshot()} for row in rows], "next": following})
