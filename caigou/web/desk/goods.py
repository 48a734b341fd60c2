"""The supplier's own goods: a list to find them in, and the two moves that buyers notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductQuerySet, ProductStatus
from caigou.catalogue.services.listing import list_product, withdraw_product
from caigou.kernel.actor import Actor
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.ui.onward import safe_next
from caigou.ui.refusals import sentence_of
from caigou.ui.shapes import Tab
from caigou.ui.states import state_of
from caigou.web.desk.sheet import own

PAGE = 30
_LONGEST = 100

#: What a listing can lack, and how to find those that do.
LACKS: Mapping[str, tuple[Any, Q]] = {
    "picture": (gettext_lazy("a picture"), Q(cover="")),
    "english": (gettext_lazy("an English title"), Q(title_en="")),
    "chinese": (gettext_lazy("a Chinese title"), Q(title_zh="")),
    "category": (gettext_lazy("a category"), Q(category=None)),
    "carton": (gettext_lazy("a carton"), Q(carton_pieces=None) | Q(carton_length_mm=None)),
    "lead": (gettext_lazy("days to make"), Q(lead_days=None)),
    "sample": (gettext_lazy("a word on samples"), Q(sample_offered=None)),
}


@require_safe
@access(SUPPLIER)
def goods(request: SeatedRequest) -> HttpResponse:
    """Show the supplier's own products in every state, found by words, state and what they lack (F6)."""
    asked = {name: request.GET.get(name, "").strip()[:_LONGEST] for name in ("status", "q", "lacks")}
    asked["status"] = asked["status"] if asked["status"] in ProductStatus.values else ""
    asked["lacks"] = asked["lacks"] if asked["lacks"] in LACKS else ""
    found = _found(own(request), asked)
    shown = found.filter(status=asked["status"]) if asked["status"] else found
    page = Paginator(shown.for_cards().order_by("-updated_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(product) for product in page],
        "tabs": _tabs(found, asked),
        "asked": asked,
        "lacks": [(name, words, name == asked["lacks"]) for name, (words, _q) in LACKS.items()],
        "filtered": any(asked.values()),
    }
    return render(request, "web/desk/goods.html", context)


def _found(goods: ProductQuerySet, asked: Mapping[str, str]) -> ProductQuerySet:
    """Return the goods whose titles or number hold every word, and that lack what was asked for."""
    for word in asked["q"].replace("\0", "").split():
        goods = goods.filter(Q(title_zh__icontains=word) | Q(title_en__icontains=word) | Q(external_id__icontains=word))
    return goods.filter(LACKS[asked["lacks"]][1]) if asked["lacks"] else goods


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


def _tabs(found: ProductQuerySet, asked: Mapping[str, str]) -> list[Tab]:
    counts: dict[str, int] = dict(found.values_list("status").annotate(n=Count("pk")).order_by())
    kept = {name: asked[name] for name in ("q", "lacks") if asked[name]}

    def to(status: str) -> str:
        values = {**kept, **({"status": status} if status else {})}
        return reverse("web:goods") + (f"?{urlencode(values)}" if values else "")

    tabs = [Tab(_("All"), to(""), not asked["status"], sum(counts.values()))]
    shown = (status for status in ProductStatus if counts.get(status) or status == asked["status"])
    return tabs + [Tab(s.label, to(s.value), asked["status"] == s, counts.get(s, 0)) for s in shown]


@require_POST
@access(SUPPLIER)
def product_withdraw(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take an own product off the market."""
    done = _("Withdrawn. Buyers no longer find it; offers and orders go on.")
    return _move(request, public_id, withdraw_product, done)


@require_POST
@access(SUPPLIER)
def product_list(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Put an own product on the market, or back on it."""
    return _move(request, public_id, list_product, _("Listed. Buyers find it within a minute."))


def _move(request: SeatedRequest, public_id: str, act: Callable[..., object], done: str) -> HttpResponse:
    product = get_object_or_404(own(request), public_id=public_id)
    actor: Actor = request.actor
    try:
        act(product.pk, by=actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, done)
    return redirect(safe_next(request, "web:goods"))
