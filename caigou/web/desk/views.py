"""The supplier's desk and goods, Chinese first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductQuerySet, ProductStatus
from caigou.catalogue.services.listing import list_product, withdraw_product
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.orders.earnings import earnings
from caigou.ui.shapes import Tab
from caigou.ui.states import state_of
from caigou.web.desk.today import offers_out, running_orders, tasks_of
from caigou.web.refusals import sentence_of

PAGE = 30


@require_safe
@access(SUPPLIER)
def desk(request: SeatedRequest) -> HttpResponse:
    """Show today's work by deadline, the money, and the orders in progress (F8, F12)."""
    tasks = tasks_of(request.actor)
    request.nav_counts = {"tasks": len(tasks)}  # type: ignore[attr-defined]
    context = {
        "company": request.company,
        "supplier": getattr(request.company, "supplier", None),
        "today": timezone.localdate(now()),
        "tasks": tasks,
        "offers": offers_out(request.actor),
        "earnings": earnings(request.company),
        "running": running_orders(request.actor),
    }
    return render(request, "web/desk/desk.html", context)


def _own(request: SeatedRequest) -> ProductQuerySet:
    return Product.objects.filter(supplier__company=request.company)


@require_safe
@access(SUPPLIER)
def goods(request: SeatedRequest) -> HttpResponse:
    """Show the supplier's own products in every state (F6)."""
    chosen = request.GET.get("status", "")
    chosen = chosen if chosen in ProductStatus.values else ""
    shown = _own(request).filter(status=chosen) if chosen else _own(request)
    page = Paginator(shown.for_cards().order_by("-updated_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(product) for product in page],
        "tabs": _tabs(request, chosen),
        "chosen": chosen,
        "here": request.get_full_path(),
    }
    return render(request, "web/desk/goods.html", context)


def _row(product: Product) -> dict[str, Any]:
    prices = [tier.unit_price for tier in product.tiers]
    return {
        "product": product,
        "state": state_of("product", product.status, "supplier"),
        "low": min(prices, key=_minor) if prices else None,
        "high": max(prices, key=_minor) if prices else None,
        "listed": product.status == ProductStatus.LISTED,
    }


def _minor(price: Money) -> int:
    return price.minor


def _tabs(request: SeatedRequest, chosen: str) -> list[Tab]:
    counts: dict[str, int] = dict(_own(request).values_list("status").annotate(n=Count("pk")).order_by())
    here = reverse("web:goods")
    tabs = [Tab(_("All"), here, not chosen, sum(counts.values()))]
    shown = (status for status in ProductStatus if counts.get(status) or status == chosen)
    tabs += [Tab(s.label, f"{here}?status={s.value}", chosen == s, counts.get(s, 0)) for s in shown]
    return tabs


@require_POST
@access(SUPPLIER)
def product_withdraw(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take an own product off the market."""
    product = get_object_or_404(_own(request), public_id=public_id)
    try:
        withdraw_product(product.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("Withdrawn. Buyers no longer find it; offers and orders go on."))
    return redirect("web:goods")


@require_POST
@access(SUPPLIER)
def product_list(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Put an own product on the market again."""
    product = get_object_or_404(_own(request), public_id=public_id)
    try:
        list_product(product.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("Listed. Buyers find it within a minute."))
    return redirect("web:goods")
