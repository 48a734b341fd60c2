"""The list of orders, an order's page, and the part of it that follows along."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import MEMBER, TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.orders.models import Order
from caigou.orders.selectors import offers_to_order, orders_for_list, orders_for_page, payment_asked, waiting_orders
from caigou.ui.shapes import Crumb, Tab
from caigou.web.orders import shown

PER_PAGE = 25
#: Accepted offers without an order that the list names one by one.
MOST_TO_ORDER = 5


@require_safe
@access(TRADER)
def order_list(request: SeatedRequest) -> HttpResponse:
    """List this company's orders, what waits for it first (F10, F12)."""
    mine = request.GET.get("show") == "mine"
    page = Paginator(orders_for_list(request.actor, only_waiting=mine), PER_PAGE).get_page(request.GET.get("page"))
    waiting = waiting_orders(request.actor).count()
    tabs = (
        Tab(_("All"), "?", current=not mine),
        Tab(_("Your move"), "?show=mine", current=mine, count=waiting),
    )
    context = {
        "page": page,
        "rows": [shown.list_row(order, request.actor) for order in page],
        "tabs": tabs,
        "mine": mine,
        "side": request.actor.role,
        "to_order": offers_to_order(request.actor)[:MOST_TO_ORDER],
    }
    return render(request, "web/orders/order_list.html", context)


@require_safe
@access(MEMBER)
def order(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show one order to either side: whose move, money, rights, timeline, sealed terms (F12)."""
    found = get_object_or_404(orders_for_page(request.actor), public_id=public_id)
    context = {
        "order": found,
        "shown": shown.order_page(found, request.actor),
        "crumbs": (Crumb(_("Orders"), "../"), Crumb(found.number)),
    }
    return render(request, "web/orders/order.html", context)


@require_safe
@never_cache
@access(MEMBER)
def order_live(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Give what changes on the order's page, if it changed; asked every two seconds while the page is open (F12).

    ``seen`` (or ``If-None-Match``) is the version on the page: when it still holds, the answer is empty.
    """
    slim = get_object_or_404(Order.objects.visible_to(request.actor), public_id=public_id)
    asked = payment_asked(slim)
    short = shown.shortage(asked, shown.side_of(request.actor, slim))
    version = shown.version_of(slim, waits=asked is not None, short=short)
    etag = quote_etag(f"{version}-{get_language()}")
    if request.GET.get("seen") == version:
        return HttpResponse(status=204, headers={"ETag": etag})
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    found = get_object_or_404(orders_for_page(request.actor), public_id=public_id)
    context = {"order": found, "shown": shown.order_page(found, request.actor), "live": True}
    response = render(request, "web/orders/live.html", context)
    response["ETag"] = etag
    return response
