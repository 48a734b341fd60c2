"""Requests for offers, and the offers that answer them, on the side of the key's company (F7, F8)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpResponse
from ninja import Field, Query, Schema
from pydantic import AwareDatetime, ConfigDict

from caigou.api.keys import KeyRequest, done_once, reads, writes
from caigou.api.order_schemas import OrderedOut, SumIn
from caigou.api.orders import company_json, money_in
from caigou.api.pages import PageIn, page_of
from caigou.api.schemas import CompanyOut, MoneyIn, MoneyOut
from caigou.api.shapes import answer, time_of, time_or_none
from caigou.catalogue.models import Product
from caigou.negotiation.models import Inquiry, Offer
from caigou.negotiation.services.answer import accept_offer, decline_offer, withdraw_inquiry
from caigou.negotiation.services.ask import LONGEST_WISH, ask_for_offer
from caigou.negotiation.services.offer import Terms, make_offer

_TAG = "Requests and offers"
_UNITS = 100_000_000


class OfferMadeOut(Schema):
    """A supplier's binding terms; `status` is `open` until they are answered or expire."""

    id: str
    round: int
    status: Literal["open", "accepted", "declined", "expired", "superseded", "withdrawn"]
    unit_price: MoneyOut = Field(description="Delivery included.")
    quantity: int = Field(description="The most that can be ordered at this price.")
    moq: int
    order_multiple: int
    total: MoneyOut = Field(description="Of the full quantity.")
    deliver_by: str
    valid_until: str
    note: str
    made_at: str
    ended_at: str | None
    sealed_hash: str | None = Field(description="SHA-256 of the sealed terms, once accepted.")


class RequestOut(Schema):
    id: str
    status: Literal["open", "offered", "accepted", "declined", "withdrawn"]
    side: Literal["buyer", "supplier"]
    buyer: CompanyOut
    supplier: CompanyOut
    product: OrderedOut
    quantity: int
    wish: str = Field(description="As the buyer wrote it.")
    asked_at: str
    offers: list[OfferMadeOut] = Field(description="Oldest first.")


class RequestsOut(Schema):
    items: list[RequestOut]
    next: str | None


class _Body(Schema):
    model_config = ConfigDict(extra="forbid")


class AskIn(_Body):
    product: str = Field(max_length=26)
    quantity: int = Field(strict=True, ge=1, le=_UNITS)
    wish: str = Field(default="", max_length=LONGEST_WISH)
    language: Literal["en", "zh-hans"] = Field(default="en", description="In which the wish is written.")


class TermsIn(_Body):
    unit_price: MoneyIn = Field(description="In the currency of the product, delivery included.")
    quantity: int = Field(strict=True, ge=1, le=_UNITS)
    moq: int = Field(strict=True, ge=1, le=_UNITS)
    deliver_by: date
    valid_until: AwareDatetime
    note: str = Field(default="", max_length=4_000)


class NothingIn(_Body):
    """An empty object."""


def offer_json(offer: Offer) -> dict[str, Any]:
    """Return an offer as ``OfferMadeOut``."""
    return {
        "id": offer.public_id,
        **{name: getattr(offer, name) for name in ("round", "status", "quantity", "moq", "order_multiple", "note")},
        "unit_price": offer.unit_price.to_json(),
        "total": offer.total.to_json(),
        "deliver_by": offer.deliver_by.isoformat(),
        "valid_until": time_of(offer.valid_until),
        "made_at": time_of(offer.made_at),
        "ended_at": time_or_none(offer.ended_at),
        "sealed_hash": offer.sealed_hash or None,
    }


def request_json(inquiry: Inquiry, company_id: int | None) -> dict[str, Any]:
    """Return a request as ``RequestOut``."""
    product = inquiry.product
    return {
        "id": inquiry.public_id,
        **{name: getattr(inquiry, name) for name in ("status", "quantity", "wish")},
        "side": "buyer" if inquiry.buyer_id == company_id else "supplier",
        "buyer": company_json(inquiry.buyer),
        "supplier": company_json(inquiry.seller),
        "product": {
            "id": product.public_id,
            **{name: getattr(product, name) for name in ("title_en", "title_zh", "unit")},
        },
        "asked_at": time_of(inquiry.asked_at),
        "offers": [offer_json(offer) for offer in inquiry.offers.all()],
    }


def _shown(request: KeyRequest) -> Any:
    shown = Inquiry.objects.visible_to(request.actor).select_related("buyer", "seller", "product")
    return shown.prefetch_related("offers")


def _found(request: KeyRequest, public_id: str) -> Inquiry:
    inquiry: Inquiry | None = _shown(request).filter(public_id=public_id).first()
    if inquiry is None:
        raise Http404
    return inquiry


def _again(request: KeyRequest, public_id: str) -> dict[str, Any]:
    return request_json(_found(request, public_id), request.actor.company_id)


def _offer(request: KeyRequest, public_id: str) -> Offer:
    found = Offer.objects.visible_to(request.actor).filter(public_id=public_id).select_related("inquiry").first()
    if found is None:
        raise Http404
    return found


@reads("requests", scope="read:requests", out=RequestsOut, summary="Requests, newest first", tag=_TAG)
def requests(request: KeyRequest, asked: Query[PageIn]) -> HttpResponse:
    """Answer with a page of requests that the company sent or received, each with its offers (F8)."""
    rows, following = page_of(_shown(request), asked)
    return answer({"items": [request_json(row, request.actor.company_id) for row in rows], "next": following})


@writes("requests", scope="write:requests", out=RequestOut, summary="Ask a product's supplier for an offer", tag=_TAG)
def request_sent(request: KeyRequest, body: AskIn) -> HttpResponse:
    """Ask for an offer; it commits the buyer to nothing (F7)."""
    product = Product.objects.visible_to(request.actor).filter(public_id=body.product).first()
    if product is None:
        raise Http404

    def work() -> dict[str, Any]:
        sent = ask_for_offer(
            product.pk, quantity=body.quantity, wish=body.wish, language=body.language, by=request.actor
        )
        return _again(request, sent.public_id)

    return done_once(request, body, work)


@reads("requests/{public_id}", scope="read:requests", out=RequestOut, summary="A request with its offers", tag=_TAG)
def request_read(request: KeyRequest, public_id: str) -> HttpResponse:
    """Answer with one request (F8)."""
    return answer(_again(request, public_id))


@writes("requests/{public_id}/withdraw", scope="write:requests", out=RequestOut, summary="Stop asking", tag=_TAG)
def request_withdrawn(request: KeyRequest, public_id: str, body: NothingIn) -> HttpResponse:
    """Withdraw a request; an open offer ends with it (F8)."""
    found = _found(request, public_id)

    def work() -> dict[str, Any]:
        withdraw_inquiry(found.pk, by=request.actor)
        return _again(request, public_id)

    return done_once(request, body, work)


@writes("requests/{public_id}/offers", scope="write:requests", out=RequestOut, summary="Make an offer", tag=_TAG)
def offer_made(request: KeyRequest, public_id: str, body: TermsIn) -> HttpResponse:
    """The supplier answers with binding terms; an open offer of an earlier round is replaced (F8)."""
    found, price = _found(request, public_id), money_in(body.unit_price, "unit_price")
    terms = Terms(
        unit_price=price,
        quantity=body.quantity,
        moq=body.moq,
        deliver_by=body.deliver_by,
        valid_until=datetime.fromisoformat(body.valid_until.isoformat()),
        note=body.note,
    )

    def work() -> dict[str, Any]:
        make_offer(found.pk, terms, by=request.actor)
        return _again(request, public_id)

    return done_once(request, body, work)


@writes("offers/{public_id}/accept", scope="write:requests", out=RequestOut, summary="Accept an offer", tag=_TAG)
def offer_accepted(request: KeyRequest, public_id: str, body: SumIn) -> HttpResponse:
    """Accept and seal the terms; `expected` is the total of the full quantity. An order is placed apart (F8)."""
    found, expected = _offer(request, public_id), money_in(body.expected, "expected")

    def work() -> dict[str, Any]:
        accept_offer(found.pk, expected_total=expected, by=request.actor)
        return _again(request, found.inquiry.public_id)

    return done_once(request, body, work)


@writes("offers/{public_id}/decline", scope="write:requests", out=RequestOut, summary="Decline an offer", tag=_TAG)
def offer_declined(request: KeyRequest, public_id: str, body: NothingIn) -> HttpResponse:
    """Say no to an open offer; the supplier may make another (F8)."""
    found = _offer(request, public_id)

    def work() -> dict[str, Any]:
        decline_offer(found.pk, by=request.actor)
        return _again(request, found.inquiry.public_id)

    return done_once(request, body, work)
