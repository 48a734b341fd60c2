"""Answer an offer: accept it once and seal it, or decline; and the clock that lets it lapse (F8)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.outbox import publish
from caigou.jobs.worker import each_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.negotiation.events import OfferAccepted, OfferExpired
from caigou.negotiation.models import Inquiry, InquiryStatus, Offer, OfferStatus
from caigou.negotiation.sealing import seal_of
from caigou.negotiation.services.steps import (
    OfferClosed,
    end_offer,
    lock_inquiry,
    move_inquiry,
    record,
    require_buyer,
    require_seller,
)


def _locked(offer_id: int) -> tuple[Inquiry, Offer]:
    inquiry = lock_inquiry(Offer.objects.values_list("inquiry_id", flat=True).get(pk=offer_id))
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    offer.inquiry = inquiry
    return inquiry, offer


def terms_of(offer: Offer) -> dict[str, Any]:
    """Return the terms as the plain data that the seal covers; money as strings, times in UTC."""
    inquiry, product = offer.inquiry, offer.inquiry.product
    return {
        "buyer": inquiry.buyer.public_id,
        "seller": inquiry.seller.public_id,
        "product": product.public_id,
        "title_en": product.title_en,
        "title_zh": product.title_zh,
        "unit": product.unit,
        "unit_price": offer.unit_price.amount,
        "currency": offer.currency,
        "moq": offer.moq,
        "order_multiple": offer.order_multiple,
        "quantity": offer.quantity,
        "delivery": "included",
        "deliver_by": offer.deliver_by.isoformat(),
        "valid_until": offer.valid_until.isoformat(),
        "mix": inquiry.mix,
        "wish": inquiry.wish,
        "note": offer.note,
        "offer": offer.public_id,
        "round": offer.round,
    }


@transaction.atomic
def accept_offer(offer_id: int, *, expected_total: Money | None = None, by: Actor) -> Offer:
    """Accept an open offer and seal its terms; once accepted nothing of it can change.

    The buyer's repeated accept returns the same sealed offer. ``expected_total`` is the sum that the page named:
    another one means that the page is out of date. Raises ``OfferClosed`` when the offer expired or was
    answered or replaced, and ``NotAllowed`` for anyone but the company that asked.
    """
    inquiry, offer = _locked(offer_id)
    require_buyer(inquiry, by)
    if offer.status == OfferStatus.ACCEPTED:
        return offer
    if offer.status != OfferStatus.OPEN:
        raise OfferClosed(_("This offer can't be accepted any more. Ask the supplier for a new one."))
    if offer.is_lapsed:
        raise OfferClosed(_("This offer has expired. Nothing was accepted; ask the supplier for a new one."))
    if expected_total is not None and expected_total != offer.total:
        raise OfferClosed(_("The offer is not the one that you saw. Read it again, then accept."))
    offer.sealed_terms = {**terms_of(offer), "accepted_at": now().isoformat(), "accepted_by": str(by)}
    offer.sealed_hash = seal_of(offer.sealed_terms)
    end_offer(offer, OfferStatus.ACCEPTED, by=by, fields=("sealed_terms", "sealed_hash"))
    move_inquiry(inquiry, InquiryStatus.ACCEPTED)
    publish(OfferAccepted(offer_id=offer.pk))
    return offer


@transaction.atomic
def decline_offer(offer_id: int, *, by: Actor) -> Offer:
    """Say no to an open offer; the supplier may make another. Safe to repeat."""
    inquiry, offer = _locked(offer_id)
    require_buyer(inquiry, by)
    if offer.status == OfferStatus.DECLINED:
        return offer
    if offer.status != OfferStatus.OPEN:
        raise OfferClosed(_("This offer is closed already."))
    end_offer(offer, OfferStatus.DECLINED, by=by)
    move_inquiry(inquiry, InquiryStatus.OPEN)
    return offer


@transaction.atomic
def withdraw_inquiry(inquiry_id: int, *, by: Actor) -> Inquiry:
    """Stop asking; an open offer ends with it. Safe to repeat."""
    inquiry = lock_inquiry(inquiry_id)
    require_buyer(inquiry, by)
    if inquiry.status == InquiryStatus.WITHDRAWN:
        return inquiry
    for offer in inquiry.offers.select_for_update().filter(status=OfferStatus.OPEN):
        end_offer(offer, OfferStatus.DECLINED, by=by)
    move_inquiry(inquiry, InquiryStatus.WITHDRAWN)
    record(inquiry, "withdrawn", by=by)
    return inquiry


@transaction.atomic
def decline_inquiry(inquiry_id: int, *, by: Actor) -> Inquiry:
    """The supplier can't or won't offer. Safe to repeat."""
    inquiry = lock_inquiry(inquiry_id)
    require_seller(inquiry, by)
    if inquiry.status == InquiryStatus.DECLINED:
        return inquiry
    for offer in inquiry.offers.select_for_update().filter(status=OfferStatus.OPEN):
        end_offer(offer, OfferStatus.WITHDRAWN, by=by)
    move_inquiry(inquiry, InquiryStatus.DECLINED)
    record(inquiry, "declined", by=by)
    return inquiry


@transaction.atomic
def expire_offer(offer_id: int) -> bool:
    """Let one lapsed offer expire; False when it was answered in the meantime."""
    inquiry, offer = _locked(offer_id)
    if not offer.is_lapsed:
        return False
    end_offer(offer, OfferStatus.EXPIRED, by=SYSTEM)
    move_inquiry(inquiry, InquiryStatus.OPEN)
    publish(OfferExpired(offer_id=offer.pk))
    return True


def expire_offers(limit: int = 500) -> int:
    """Clock: let every lapsed offer expire, each in a transaction of its own; return how many."""
    lapsed = Offer.objects.filter(status=OfferStatus.OPEN, valid_until__lte=now()).order_by("valid_until")
    return each_due(lapsed.values_list("pk", flat=True)[:limit], expire_offer)
