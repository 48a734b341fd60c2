"""Reading inquiries and offers; every query starts from what the actor may see."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.negotiation.models import Inquiry, InquiryStatus, Offer, OfferStatus


def _on_the_table() -> QuerySet[Offer]:
    """The offers that can be answered now; a lapsed one can't, whether or not the clock has come by."""
    return Offer.objects.filter(status=OfferStatus.OPEN, valid_until__gt=now())


def _moves_of(actor: Actor) -> Q:
    """Say which inquiries wait for the actor: an offer to answer, or a request to answer with one."""
    offered = Q(status=InquiryStatus.OFFERED)
    answerable = Q(pk__in=_on_the_table().values("inquiry_id"))
    match actor.role:
        case "buyer":
            return offered & answerable
        case "supplier":
            return Q(status=InquiryStatus.OPEN) | (offered & ~answerable)
        case _:
            return Q(pk__in=[])


def waiting_inquiries(actor: Actor) -> QuerySet[Inquiry]:
    """The inquiries that wait for this actor's company."""
    return Inquiry.objects.visible_to(actor).filter(_moves_of(actor))


def inquiries_for_list(actor: Actor, *, only_waiting: bool = False) -> QuerySet[Inquiry]:
    """What a list shows, in two queries: those that wait for the actor first, then the newest move first.

    ``inquiry.rounds`` is the list of its offers, oldest first.
    """
    shown = waiting_inquiries(actor) if only_waiting else Inquiry.objects.visible_to(actor)
    turn = Case(When(_moves_of(actor), then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        shown.select_related("buyer", "seller", "product__category")
        .prefetch_related(Prefetch("offers", Offer.objects.order_by("round"), to_attr="rounds"))
        .alias(turn=turn)
        .order_by("turn", "-moved_at", "-pk")
    )


def inquiries_for_page(actor: Actor) -> QuerySet[Inquiry]:
    """What the conversation shows: both companies, the product with its supplier, the persons who wrote."""
    return Inquiry.objects.visible_to(actor).select_related(
        "buyer", "seller", "by", "product__category", "product__supplier"
    )


def offers_for_page(actor: Actor) -> QuerySet[Offer]:
    """What the pages about one offer show."""
    return Offer.objects.visible_to(actor).select_related(
        "inquiry__buyer", "inquiry__seller", "inquiry__product__category", "inquiry__product__supplier"
    )
