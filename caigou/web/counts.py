"""How much waits for the reader: the counts beside the menu's words, asked only when a whole page is drawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.actor import Actor
from caigou.negotiation.selectors import waiting_inquiries
from caigou.orders.selectors import offers_to_order, waiting_orders


def nav_counts(request: HttpRequest) -> dict[str, Any]:
    """Context processor, before ``ui.context.page``: put ``request.nav_counts`` there, three queries at most.

    A part of a page that htmx asks for has no menu, and staff have counts of their own.
    """
    actor = getattr(request, "actor", None)
    fragment = request.headers.get("HX-Request") == "true"
    known: dict[str, int] = getattr(request, "nav_counts", {})
    if actor is None or actor.is_staff or fragment or "inquiries" in known:
        return {}
    request.nav_counts = _waiting_for(actor) | known  # type: ignore[attr-defined]
    return {}


@require_safe
@never_cache
@access(TRADER)
def waiting(request: SeatedRequest) -> JsonResponse:
    """Give the counts of the menu, for a page that follows along (F12)."""
    return JsonResponse(_waiting_for(request.actor))


def _waiting_for(actor: Actor) -> dict[str, int]:
    return {
        "inquiries": waiting_inquiries(actor).count(),
        "orders": waiting_orders(actor).count() + offers_to_order(actor).count(),
    }
