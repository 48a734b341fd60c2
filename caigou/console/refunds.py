"""Refunds to the source on the console: agree or decline, ask the gateway, see how each ended (D5)."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank import tried
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.payments.refunds.services.ask import agree_refund, decline_refund
from caigou.payments.refunds.services.send import ask_about
from caigou.ui.lists import asked, one_of, page_of, posted, tabs

_TO_DECIDE = (RefundStatus.ASKED, RefundStatus.SECOND)
_ON_THE_WAY = (RefundStatus.AGREED, RefundStatus.UNKNOWN)


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def refunds(request: SeatedRequest) -> HttpResponse:
    """Show refunds, newest first, or those in one state; decide on one, or ask the gateway about it now."""
    if request.method == "POST":
        _do(request)
        return redirect(request.get_full_path())
    chosen = one_of(asked(request, "status")["status"], RefundStatus.values)
    found = Refund.objects.select_related("company", "recharge", "agreed_by", "second_by", "declined_by", "payout")
    counts = dict(Refund.objects.values_list("status").annotate(n=Count("pk")).order_by())
    words = [("", _("All")), *((status.value, status.label) for status in RefundStatus if counts.get(status.value))]
    context = {
        "page": page_of(request, found.filter(status=chosen) if chosen else found),
        "tabs": tabs(reverse("console:refunds"), "status", chosen, words, {**counts, "": sum(counts.values())}),
        "to_decide": _TO_DECIDE,
        "on_the_way": _ON_THE_WAY,
        "me": request.actor.user_id,
    }
    return render(request, "console/refunds.html", context)


def _do(request: SeatedRequest) -> None:
    refund = get_object_or_404(Refund, public_id=posted(request, "refund"))
    do, by = posted(request, "do"), request.actor
    if do == "agree":
        tried(request, _("Approved."), lambda: agree_refund(refund.pk, by=by))
    elif do == "decline":
        reason = posted(request, "reason")
        tried(request, _("Declined. The sum is free again."), lambda: decline_refund(refund.pk, reason=reason, by=by))
    elif do == "ask":
        tried(request, _("The gateway is being asked."), lambda: ask_about(refund))
