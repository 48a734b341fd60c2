"""What the buyer can do in a conversation: accept, decline, stop asking."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.negotiation.models import Inquiry, Offer, OfferStatus
from caigou.negotiation.selectors import offers_for_page
from caigou.negotiation.services.answer import accept_offer, decline_offer, withdraw_inquiry
from caigou.ui.refusals import sentence_of
from caigou.web.deals import shown
from caigou.web.deals.forms import AcceptForm


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def offer_accept(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Ask once more, naming the sum and what can't be undone; then accept and seal (F8)."""
    offer = get_object_or_404(offers_for_page(request.actor), public_id=public_id)
    there = redirect("web:inquiry", public_id=offer.inquiry.public_id)
    if request.method == "POST":
        return _accept(request, offer) or there
    if offer.status == OfferStatus.ACCEPTED:
        messages.info(request, _("You accepted this offer already. It is sealed."))
        return there
    if offer.status != OfferStatus.OPEN or offer.is_lapsed:
        messages.error(request, _("This offer can't be accepted any more. Ask the supplier for a new one."))
        return there
    return _confirm(request, offer, AcceptForm(initial={"expected": offer.total.minor}), 200)


def _accept(request: SeatedRequest, offer: Offer) -> HttpResponse | None:
    """Accept, or say why not; a page only when the form itself was broken."""
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _confirm(request, offer, form, 422)
    repeated = offer.status == OfferStatus.ACCEPTED
    expected = Money(form.cleaned_data["expected"], offer.currency)
    try:
        accept_offer(offer.pk, expected_total=expected, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        if repeated:
            messages.info(request, _("You accepted this offer already. It is sealed."))
        else:
            messages.success(request, _("Accepted and sealed. Now place the order."))
    return None


def _confirm(request: SeatedRequest, offer: Offer, form: AcceptForm, status: int) -> HttpResponse:
    inquiry = offer.inquiry
    card = shown.offer_card(offer, None, side="buyer", inquiry=inquiry)
    context = {"offer": offer, "inquiry": inquiry, "card": card, "form": form}
    return render(request, "web/deals/offer_accept.html", context, status=status)


@require_POST
@access(BUYER)
def offer_decline(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Say no to an offer; the supplier may make another."""
    offer = get_object_or_404(offers_for_page(request.actor), public_id=public_id)
    try:
        decline_offer(offer.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("The offer is declined. The supplier may make another one."))
    return redirect("web:inquiry", public_id=offer.inquiry.public_id)


@require_POST
@access(BUYER)
def inquiry_withdraw(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Stop asking."""
    inquiry = get_object_or_404(Inquiry.objects.visible_to(request.actor), public_id=public_id)
    try:
        withdraw_inquiry(inquiry.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect("web:inquiry", public_id=public_id)
