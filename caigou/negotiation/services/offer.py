"""Make an offer, or take it back (F8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.pricing import next_valid_quantity
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import MAX_MINOR, Money
from caigou.negotiation.events import OfferMade
from caigou.negotiation.models import Inquiry, InquiryStatus, Offer, OfferStatus
from caigou.negotiation.services.steps import end_offer, lock_inquiry, move_inquiry, record, require_seller

#: A listing may state up to ten years to make; a later day is a slip of the pen.
LATEST_DELIVERY = timedelta(days=3_650)
LONGEST_VALIDITY = timedelta(days=90)
LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What a supplier binds itself to: ``unit_price`` for one unit with delivery, from ``moq`` up to ``quantity``."""

    unit_price: Money
    quantity: int
    moq: int
    deliver_by: date
    valid_until: datetime
    note: str = ""
    note_language: str = "zh-hans"


@transaction.atomic
def make_offer(inquiry_id: int, terms: Terms, *, by: Actor) -> Offer:
    """Answer an inquiry with binding terms; an open offer of an earlier round is replaced.

    Raises ``BadInput`` naming the field at fault, ``NotAllowed`` for anyone but the asked supplier and
    ``IllegalMove`` when the inquiry has ended.
    """
    inquiry = lock_inquiry(inquiry_id)
    require_seller(inquiry, by)
    _check(inquiry, terms)
    earlier = list(inquiry.offers.select_for_update().order_by("round"))
    if earlier and earlier[-1].status == OfferStatus.OPEN:
        end_offer(earlier[-1], OfferStatus.SUPERSEDED, by=by)
        move_inquiry(inquiry, InquiryStatus.OPEN)
    move_inquiry(inquiry, InquiryStatus.OFFERED)
    offer = Offer.objects.create(
        inquiry=inquiry,
        round=len(earlier) + 1,
        quantity=terms.quantity,
        moq=terms.moq,
        order_multiple=inquiry.product.order_multiple,
        currency=terms.unit_price.currency,
        unit_price_minor=terms.unit_price.minor,
        deliver_by=terms.deliver_by,
        valid_until=terms.valid_until,
        note=terms.note.strip()[:LONGEST_NOTE],
        note_language=terms.note_language,
        by_id=by.user_id,
        made_at=now(),
    )
    record(inquiry, "offered", by=by, offer=offer)
    publish(OfferMade(offer_id=offer.pk))
    return offer


@transaction.atomic
def withdraw_offer(offer_id: int, *, by: Actor) -> Offer:
    """Take an open offer back before it is accepted; safe to repeat."""
    offer = Offer.objects.select_related("inquiry").get(pk=offer_id)
    inquiry = lock_inquiry(offer.inquiry_id)
    require_seller(inquiry, by)
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    if offer.status == OfferStatus.WITHDRAWN:
        return offer
    end_offer(offer, OfferStatus.WITHDRAWN, by=by)
    move_inquiry(inquiry, InquiryStatus.OPEN)
    return offer


def _check(inquiry: Inquiry, terms: Terms) -> None:
    """Refuse terms that nobody could accept, each with what would be valid."""
    if terms.unit_price.currency != inquiry.product.currency:
        raise BadInput(
            _("Offer in %(currency)s, the currency of the listing.") % {"currency": inquiry.product.currency},
            fields={"unit_price": inquiry.product.currency},
        )
    if terms.unit_price.minor <= 0:
        raise BadInput(_("The price must be more than zero."), fields={"unit_price": ""})
    multiple = inquiry.product.order_multiple
    if terms.moq < 1 or terms.moq > terms.quantity:
        raise BadInput(
            _("The MOQ must be between 1 and the quantity of %(quantity)s.") % {"quantity": terms.quantity},
            fields={"moq": terms.quantity},
        )
    valid = next_valid_quantity(moq=terms.moq, multiple=multiple, quantity=terms.quantity)
    if terms.quantity != valid:
        raise BadInput(
            _("The quantity must be a multiple of %(multiple)s, such as %(valid)s.")
            % {"multiple": multiple, "valid": valid},
            fields={"quantity": valid},
        )
    if (terms.unit_price * terms.quantity).minor > MAX_MINOR:
        raise BadInput(_("This total is larger than we can take."), fields={"quantity": ""})
    _check_times(terms)


def _check_times(terms: Terms) -> None:
    if terms.deliver_by <= now().date():
        raise BadInput(_("The delivery date must be in the future."), fields={"deliver_by": ""})
    if terms.deliver_by > now().date() + LATEST_DELIVERY:
        raise BadInput(_("The delivery date must be within ten years."), fields={"deliver_by": ""})
    if not now() < terms.valid_until <= now() + LONGEST_VALIDITY:
        raise BadInput(
            _("The offer must be valid for some time, and for at most %(days)s days.")
            % {"days": LONGEST_VALIDITY.days},
            fields={"valid_until": ""},
        )
