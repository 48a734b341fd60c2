"""Block all payments of one's company at once: on the money page, or by the link in a letter."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import PUBLIC, TRADER, access
from caigou.accounts.block_links import company_of
from caigou.accounts.current import SeatedRequest
from caigou.ui.shapes import Crumb
from caigou.wallets.services.block import block_by_link, block_payments, standing_block


@require_http_methods(["GET", "HEAD", "POST"])
@access(TRADER)
def block(request: SeatedRequest) -> HttpResponse:
    """Say what a block does, and block."""
    if request.method == "POST":
        block_payments(request.company, reason=_("Reported by the company."), by=request.actor)
        messages.success(request, _("All payments are blocked."))
        return redirect("web:money")
    crumbs = [Crumb(_("Money"), reverse("web:money")), Crumb(_("Block all payments"))]
    return render(request, "web/money/block.html", {"crumbs": crumbs, "standing": standing_block(request.company)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@access(PUBLIC)
def block_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same by the link in a letter, for people who can't sign in; looking at the page changes nothing."""
    try:
        company_of(token)
    except signing.BadSignature:
        raise Http404 from None
    if request.method == "POST" and block_by_link(token) is None:
        raise Http404
    return render(request, "web/money/block.html", {"by_link": True, "done": request.method == "POST"})
