"""The list of inquiries and the conversation about one."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import MEMBER, TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.negotiation.models import InquiryStatus, Offer
from caigou.negotiation.selectors import inquiries_for_list, inquiries_for_page, waiting_inquiries
from caigou.orders.models import Order
from caigou.ui.shapes import Crumb, Tab
from caigou.ui.states import Side
from caigou.ui.words import title_of
from caigou.web.deals import shown

PER_PAGE = 25


@require_safe
@access(TRADER)
def inquiry_list(request: SeatedRequest) -> HttpResponse:
    """List what this company asked or was asked, what waits for it first (F8)."""
    mine = request.GET.get("show") == "mine"
    found = inquiries_for_list(request.actor, only_waiting=mine)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    side = cast(Side, request.actor.role)
    waiting = waiting_inquiries(request.actor).count()
    tabs = (
        Tab(_("All"), "?", current=not mine),
        Tab(_("Your move"), "?show=mine", current=mine, count=waiting),
    )
    rows = [shown.list_row(inquiry, inquiry.rounds, side) for inquiry in page]  # type: ignore[attr-defined]
    context = {"page": page, "rows": rows, "tabs": tabs, "mine": mine, "side": side}
    return render(request, "web/deals/inquiry_list.html", context)


@require_safe
@access(MEMBER)
def inquiry(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show the conversation: the wish, the offers round by round, and whose move it is (F8).

    A page that follows along names as ``seen`` what it shows; when that still holds, the answer is empty.
    """
    found = get_object_or_404(inquiries_for_page(request.actor), public_id=public_id)
    order = Order.objects.visible_to(request.actor).filter(offer__inquiry=found).first()
    version = shown.version_of(found, ordered=order is not None)
    if request.GET.get("seen") == version:
        return HttpResponse(status=204)
    offers = list(Offer.objects.filter(inquiry=found).select_related("by").order_by("round"))
    last = offers[-1] if offers else None
    side = cast(Side, request.actor.role)
    running = found.status in {InquiryStatus.OPEN, InquiryStatus.OFFERED}
    standing = found.status == InquiryStatus.OFFERED and last is not None and not last.is_lapsed
    context = {
        "inquiry": found,
        "side": side,
        "title": title_of(found.product),
        "state": shown.inquiry_state(found, last, side),
        "turns": shown.conversation(found, offers, side=side),
        "move": shown.whose_move(found, last, side=side, ordered=order is not None),
        "prices": shown.price_history(found, offers),
        "last": last,
        "order": order,
        "version": version,
        "following": running or (found.status == InquiryStatus.ACCEPTED and order is None),
        "asked_again": "seen" in request.GET,
        "standing": standing,
        "running": running,
        "crumbs": (Crumb(_("Messages") if side == "buyer" else _("Requests"), "../"), Crumb(title_of(found.product))),
    }
    return render(request, "web/deals/inquiry.html", context)
