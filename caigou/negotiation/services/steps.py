"""What the verbs share: lock, move, record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError, NotAllowed
from caigou.kernel.states import check_move
from caigou.negotiation.models import (
    INQUIRY_MOVES,
    OFFER_MOVES,
    Inquiry,
    InquiryEvent,
    InquiryStatus,
    Offer,
    OfferStatus,
)


class OfferClosed(DomainError):
    """The offer can't be answered any more: expired, answered or replaced."""

    code = "offer_closed"


def lock_inquiry(inquiry_id: int) -> Inquiry:
    """Lock the aggregate: always the inquiry before its offers."""
    return Inquiry.objects.select_for_update(of=("self",)).select_related("product__supplier").get(pk=inquiry_id)


def require_buyer(inquiry: Inquiry, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` acts for the company that asked."""
    if by.role != "buyer" or by.company_id != inquiry.buyer_id:
        raise NotAllowed(_("Only the company that asked can do this."))


def require_seller(inquiry: Inquiry, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` acts for the company that was asked."""
    if by.role != "supplier" or by.company_id != inquiry.seller_id:
        raise NotAllowed(_("Only the supplier that was asked can do this."))


def move_inquiry(inquiry: Inquiry, after: InquiryStatus) -> None:
    """Take one arrow of the inquiry's life cycle."""
    check_move(INQUIRY_MOVES, inquiry.status, after)
    inquiry.status, inquiry.moved_at = after, now()
    inquiry.save(update_fields=["status", "moved_at"])


def end_offer(offer: Offer, after: OfferStatus, *, by: Actor, fields: tuple[str, ...] = ()) -> None:
    """Take one arrow of the offer's life cycle; every arrow but the first ends it."""
    check_move(OFFER_MOVES, offer.status, after)
    offer.status, offer.ended_at = after, now()
    offer.save(update_fields=["status", "ended_at", *fields])
    record(offer.inquiry, f"offer_{after}", by=by, offer=offer)


def record(inquiry: Inquiry, what: str, *, by: Actor, offer: Offer | None = None) -> None:
    """Add a line to the history, and tell the open pages of both sides (F8, F12)."""
    InquiryEvent.objects.create(inquiry=inquiry, offer=offer, what=what, by=str(by), at=now())
    changed(("inquiry", inquiry.pk), ("company", inquiry.buyer_id), ("company", inquiry.seller_id))
