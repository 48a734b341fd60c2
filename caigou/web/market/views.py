"""The market: find goods."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.models import Category, Product, ProductQuerySet, ProductStatus
from caigou.orders.settings import CONFIRM_DAYS
from caigou.web.market.demonstration import people_rows
from caigou.web.market.goods import hit_of
from caigou.web.market.results import filled, results_page

#: Goods on the start page.
NEWEST = 10


def _listed() -> ProductQuerySet:
    return Product.objects.filter(status=ProductStatus.LISTED)


@require_safe
@access(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page: the find field, the categories, the newest goods, and how buying here works."""
    newest = _listed().for_cards().order_by("-pk")[:NEWEST]
    context = {
        "categories": Category.objects.filter(Exists(_listed().filter(category=OuterRef("pk")))).order_by("pk"),
        "newest": [hit_of(product, None) for product in newest],
        "confirm_days": CONFIRM_DAYS.value,
        "people": people_rows(),
        "no_find": True,
    }
    return render(request, "web/market/home.html", context)


@require_safe
@access(PUBLIC)
def search(request: Any) -> HttpResponse:
    """Show what the index finds, with filters, in the reader's language (F4, F5)."""
    response = render(request, "web/market/search.html", results_page(request.GET, request.actor))
    if request.htmx:
        # The address that a person copies holds only what was chosen, not every empty field of the form.
        response["HX-Push-Url"] = f"{request.path}?{filled(request.GET)}"
    return response
