"""How much waits for the reader: the counts beside the menu's words, asked only when a whole page is drawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

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
    waiting = {
        "inquiries": waiting_inquiries(actor).count(),
        "orders": waiting_orders(actor).count() + offers_to_order(actor).count(),
    }
    request.nav_counts = waiting | known  # type: ignore[attr-defined]
    return {}
