"""What the supplier can do in a conversation: make an offer, take it back, decline to offer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.errors import DomainError
from caigou.negotiation.models import Inquiry, InquiryStatus
from caigou.negotiation.selectors import inquiries_for_page, offers_for_page
from caigou.negotiation.services.answer import decline_inquiry
from caigou.negotiation.services.offer import make_offer, withdraw_offer
from caigou.ui.refusals import put_on, sentence_of
from caigou.web.deals import shown
from caigou.web.deals.forms import OfferForm, proposed_terms

_RUNNING = (InquiryStatus.OPEN, InquiryStatus.OFFERED)


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def offer_new(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Write an offer, prefilled from the request and the listing, or from the round before (F8)."""
    inquiry = get_object_or_404(inquiries_for_page(request.actor), public_id=public_id)
    if request.method != "POST" and inquiry.status not in _RUNNING:
        messages.error(request, _("This request has ended; nothing can be offered any more."))
        return redirect("web:inquiry", public_id=public_id)
    offers = list(inquiry.offers.order_by("round"))
    last = offers[-1] if offers else None
    form = OfferForm(request.POST or None, currency=inquiry.product.currency, initial=proposed_terms(inquiry, last))
    if request.method == "POST" and form.is_valid():
        try:
            make_offer(inquiry.pk, form.terms(), by=request.actor)
        except DomainError as error:
            put_on(form, error, {"valid_until": "valid_for"})
        else:
            messages.success(request, _("The offer is sent. It binds you until it is answered or expires."))
            return redirect("web:inquiry", public_id=public_id)
    context = {
        "form": form,
        "inquiry": inquiry,
        "last": last,
        "replaces": last is not None and last.status == "open" and not last.is_lapsed,
        "prices": shown.price_history(inquiry, offers),
    }
    return render(request, "web/deals/offer_new.html", context, status=422 if form.errors else 200)


@require_POST
@access(SUPPLIER)
def offer_withdraw(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take an open offer back."""
    offer = get_object_or_404(offers_for_page(request.actor), public_id=public_id)
    try:
        withdraw_offer(offer.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("The offer is withdrawn. You can make another one."))
    return redirect("web:inquiry", public_id=offer.inquiry.public_id)


@require_POST
@access(SUPPLIER)
def inquiry_decline(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Say that there will be no offer."""
    inquiry = get_object_or_404(Inquiry.objects.visible_to(request.actor), public_id=public_id)
    try:
        decline_inquiry(inquiry.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("The request is declined."))
    return redirect("web:inquiry", public_id=public_id)
