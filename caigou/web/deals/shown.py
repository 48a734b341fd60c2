"""What the deals pages show, as the values that the components take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from caigou.catalogue.models import QuoteKind
from caigou.catalogue.pricing import price_range, tier_for
from caigou.kernel.money import Money
from caigou.negotiation.models import Inquiry, InquiryStatus, Offer, OfferStatus
from caigou.ui.formats import Sure, format_money_range
from caigou.ui.shapes import Message, OfferCard, SumRow, Term
from caigou.ui.states import Side, State, Tone, state_of
from caigou.ui.words import amount_of, count_of, day_of, language, moment_of, name_of, sum_of


def offer_state(offer: Offer, side: Side) -> State:
    """Return the chip of an offer; one that lapsed is expired even before the clock has come by."""
    return state_of("offer", OfferStatus.EXPIRED if offer.is_lapsed else offer.status, side)


def inquiry_state(inquiry: Inquiry, last: Offer | None, side: Side) -> State:
    """Return the chip of an inquiry: with a lapsed offer it is the supplier's move again."""
    lapsed = inquiry.status == InquiryStatus.OFFERED and last is not None and last.is_lapsed
    return state_of("inquiry", InquiryStatus.OPEN if lapsed else inquiry.status, side)


def offer_card(offer: Offer, before: Offer | None, *, side: Side, inquiry: Inquiry) -> OfferCard:
    """Return the offer beside the round before it."""
    return OfferCard(
        title=_("Offer %(round)s from %(company)s") % {"round": offer.round, "company": name_of(inquiry.seller)},
        state=offer_state(offer, side),
        terms=_terms(offer, before, inquiry.product.unit),
        now_head=_("Offer %(round)s") % {"round": offer.round},
        before_head=_("Offer %(round)s") % {"round": before.round} if before else "",
        until=offer.valid_until if offer.status == OfferStatus.OPEN and not offer.is_lapsed else None,
        sealed_at=offer.ended_at if offer.status == OfferStatus.ACCEPTED else None,
        sure=_sure_of(offer),
    )


def _sure_of(offer: Offer) -> Sure:
    return "agreed" if offer.status == OfferStatus.ACCEPTED else "offered"


def _terms(offer: Offer, before: Offer | None, unit: str) -> Sequence[Term]:
    """Return the lines of an offer; steps are only said where there are any."""
    now, then = _words_of(offer, unit), _words_of(before, unit) if before else {}
    steps = offer.order_multiple > 1 or (before is not None and before.order_multiple > 1)
    shown = [
        (_("Quantity"), "quantity"),
        (_("Unit price"), "unit_price"),
        (_("Least order"), "moq"),
        *([(_("In steps of"), "multiple")] if steps else []),
        (_("Delivered by"), "deliver_by"),
        (_("Delivery"), "delivery"),
    ]
    lines = [Term(label, now[name], then.get(name)) for label, name in shown]
    return [*lines, Term(_("Total"), now["total"], then.get("total"), total=True)]


def _words_of(offer: Offer, unit: str) -> dict[str, str | Money]:
    return {
        "quantity": amount_of(offer.quantity, unit),
        "unit_price": offer.unit_price,
        "moq": amount_of(offer.moq, unit),
        "multiple": count_of(offer.order_multiple),
        "deliver_by": day_of(offer.deliver_by),
        "delivery": _("included"),
        "total": offer.total,
    }


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation: something said, or an offer with its card."""

    message: Message | None = None
    offer: Offer | None = None
    card: OfferCard | None = None


def version_of(inquiry: Inquiry, *, ordered: bool) -> str:
    """Return a short text that changes whenever the page would: every move of an inquiry or an offer has a moment."""
    return f"{inquiry.moved_at:%Y%m%d%H%M%S%f}-{inquiry.status}{'-ordered' if ordered else ''}"


def conversation(inquiry: Inquiry, offers: Sequence[Offer], *, side: Side) -> list[Turn]:
    """Return wish, notes and offers in the order in which they came."""
    asked = _("Asked for an offer of %(quantity)s.") % {"quantity": amount_of(inquiry.quantity, inquiry.product.unit)}
    turns = [Turn(Message(asked, "", inquiry.asked_at, system=True))]
    if inquiry.wish:
        author = _author(inquiry.by.name if inquiry.by else "", name_of(inquiry.buyer))
        turns.append(
            Turn(Message(inquiry.wish, inquiry.language, inquiry.asked_at, author=author, mine=side == "buyer"))
        )
    before: Offer | None = None
    for offer in offers:
        if offer.note:
            author = _author(offer.by.name if offer.by else "", name_of(inquiry.seller))
            note = Message(offer.note, offer.note_language, offer.made_at, author=author, mine=side == "supplier")
            turns.append(Turn(note))
        turns.append(Turn(offer=offer, card=offer_card(offer, before, side=side, inquiry=inquiry)))
        before = offer
    ending = _ENDINGS.get(inquiry.status)
    if ending is not None:
        turns.append(Turn(Message(ending(), "", inquiry.moved_at, system=True)))
    return turns


_ENDINGS: dict[str, Callable[[], str]] = {
    InquiryStatus.DECLINED: lambda: _("The supplier can't offer this."),
    InquiryStatus.WITHDRAWN: lambda: _("The buyer withdrew the request."),
}


def _author(person: str, company: str) -> str:
    return _("%(person)s, %(company)s") % {"person": person, "company": company} if person else company


def price_history(inquiry: Inquiry, offers: Sequence[Offer]) -> list[SumRow]:
    """Return the unit price so far: as listed for the asked quantity, then round by round."""
    rows = [_listed(inquiry)]
    for offer in offers:
        label = _("Offer %(round)s") % {"round": offer.round}
        rows.append(SumRow(label, offer.unit_price, _sure_of(offer), day_of(offer.made_at.date())))
    return rows


def _listed(inquiry: Inquiry) -> SumRow:
    """Return the list price for the asked quantity; of variants that cost differently, the span of their prices."""
    product = inquiry.product
    if product.quote_type == QuoteKind.PER_VARIANT:
        asked = {part["public_id"] for part in inquiry.mix}
        priced = product.quote.variants
        rows = [v for v in product.variants.all() if v.pk in priced and (not asked or v.public_id in asked)]
        span = price_range([priced[v.pk] for v in rows])
        if span is not None and span[0] != span[1]:
            return SumRow(_("List price"), None, unpriced=format_money_range(*span, language()))
        return SumRow(_("List price"), span[0] if span else None, unpriced=_("No list price"))
    tier = tier_for(product.tiers, inquiry.quantity)
    return SumRow(_("List price"), tier.unit_price if tier else None, unpriced=_("No list price"))


@dataclass(frozen=True, slots=True)
class Turnout:
    """Whose move it is in a conversation, until when, and what happens without an answer."""

    tone: Tone
    question: str
    facts: str = ""
    lapse: str = ""
    until: datetime | None = None
    word: str | Promise = ""


def whose_move(inquiry: Inquiry, last: Offer | None, *, side: Side, ordered: bool) -> Turnout:
    """Return the card at the head of the conversation."""
    lapsed = last is not None and last.is_lapsed
    match inquiry.status:
        case InquiryStatus.OFFERED if last is not None and not lapsed:
            return _offered(inquiry, last, side)
        case InquiryStatus.OPEN | InquiryStatus.OFFERED:
            return _open(inquiry, last, side)
        case InquiryStatus.ACCEPTED if last is not None:
            return _accepted(inquiry, last, side, ordered=ordered)
        case InquiryStatus.DECLINED:
            return Turnout("none", _("%(seller)s can't offer this.") % {"seller": name_of(inquiry.seller)})
    return Turnout("none", _("The request was withdrawn."))


def _offered(inquiry: Inquiry, offer: Offer, side: Side) -> Turnout:
    lapse = _("Without an answer the offer expires, and nothing is owed.")
    if side == "buyer":
        words = {"round": offer.round, "sum": sum_of(offer.total)}
        return Turnout("due", _("Accept offer %(round)s for %(sum)s?") % words, "", lapse, offer.valid_until)
    question = _("%(buyer)s has your offer %(round)s.") % {"buyer": name_of(inquiry.buyer), "round": offer.round}
    facts = _("You are bound to it until then, unless you withdraw or replace it before it is accepted.")
    return Turnout("held", question, facts, lapse, offer.valid_until)


def _open(inquiry: Inquiry, last: Offer | None, side: Side) -> Turnout:
    facts = ""
    if last is not None and (last.is_lapsed or last.status == OfferStatus.EXPIRED):
        words = {"round": last.round, "when": moment_of(last.valid_until)}
        facts = _("Offer %(round)s expired on %(when)s. Nothing was accepted.") % words
    if side == "supplier":
        many = amount_of(inquiry.quantity, inquiry.product.unit)
        return Turnout("due", _("Make an offer for %(quantity)s?") % {"quantity": many}, facts)
    question = _("%(seller)s is asked for an offer.") % {"seller": name_of(inquiry.seller)}
    return Turnout("held", question, facts, _("Nobody is bound yet. You can withdraw the request at any time."))


def _accepted(inquiry: Inquiry, offer: Offer, side: Side, *, ordered: bool) -> Turnout:
    if ordered:
        return Turnout("ok", _("Offer %(round)s was accepted and ordered.") % {"round": offer.round})
    if side == "buyer":
        facts = _("The terms are sealed. Choose the quantity and the address to place the order.")
        return Turnout("due", _("Place the order under offer %(round)s") % {"round": offer.round}, facts)
    facts = _("The terms are sealed. Start when the order is paid into escrow.")
    question = _("Accepted. %(buyer)s has not placed the order yet.") % {"buyer": name_of(inquiry.buyer)}
    return Turnout("held", question, facts)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of inquiries."""

    inquiry: Inquiry
    href: str
    state: State
    total: Money | None
    sure: Sure
    until: datetime | None


def list_row(inquiry: Inquiry, offers: Sequence[Offer], side: Side) -> Row:
    """Return a line of the list: what was asked, of whom, whose move it is, and what is offered."""
    last = offers[-1] if offers else None
    standing = last is not None and last.status in {OfferStatus.OPEN, OfferStatus.ACCEPTED} and not last.is_lapsed
    return Row(
        inquiry=inquiry,
        href=reverse("web:inquiry", args=[inquiry.public_id]),
        state=inquiry_state(inquiry, last, side),
        total=last.total if last and standing else None,
        sure=_sure_of(last) if last else "unpriced",
        until=last.valid_until if last and standing and last.status == OfferStatus.OPEN else None,
    )
