"""The goods that this browser looked at last: found again without an account, forgotten on request."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.cards import cards_named
from caigou.ui.shapes import Hit
from caigou.web.market.goods import hit_of
from caigou.web.market.kept import MOST_SEEN, forget_seen, seen_of, tray_of
from caigou.web.market.tray import tray_context


def seen_hits(request: Any, most: int, *, tray: list[str] | None = None) -> list[Hit]:
    """Return the goods seen last that can still be seen, the latest first; one query, none where there are none."""
    return [hit_of(card, None, tray=tray) for card in cards_named(seen_of(request)[:most], actor=request.actor)]


@require_http_methods(["GET", "HEAD", "POST"])
@access(PUBLIC)
def seen(request: Any) -> HttpResponse:
    """Show the goods seen last; a POST forgets them."""
    if request.method == "POST":
        response: HttpResponse = redirect("web:seen")
        forget_seen(response)
        messages.success(request, _("This browser has forgotten which goods you looked at."))
        return response
    ids = tray_of(request)
    hits = seen_hits(request, MOST_SEEN, tray=ids)
    here = [hit.product.public_id for hit in hits]  # type: ignore[attr-defined]
    context = {"hits": hits} | tray_context(request, None, back=request.path, here=here)
    return render(request, "web/market/seen.html", context)
