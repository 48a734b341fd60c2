"""The supplier's own goods: a list to find them in, and the two moves that buyers notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductStatus
from caigou.ui.listing import price_span, put_on_sale, withdraw
from caigou.ui.lists import asked, holding, one_of, tabs
from caigou.ui.states import state_of
from caigou.web.desk.sheet import own

PAGE = 30

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
    want = asked(request, "status", "q", "lacks")
    status, lacks = one_of(want["status"], ProductStatus.values), one_of(want["lacks"], LACKS)
    found = own(request).filter(holding(want["q"], "title_zh", "title_en", "external_id"))
    found = found.filter(LACKS[lacks][1]) if lacks else found
    counts: dict[str, int] = dict(found.values_list("status").annotate(n=Count("pk")).order_by())
    states = [state for state in ProductStatus if counts.get(state) or state == status]
    words = [("", _("All")), *((state.value, state.label) for state in states)]
    counts[""] = sum(counts.values())
    shown = found.filter(status=status) if status else found
    page = Paginator(shown.for_cards().order_by("-updated_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(product) for product in page],
        "tabs": tabs(reverse("web:goods"), "status", status, words, counts, q=want["q"], lacks=lacks),
        "asked": {"q": want["q"], "status": status},
        "lacks": [(name, title, name == lacks) for name, (title, _q) in LACKS.items()],
        "filtered": bool(status or lacks or want["q"]),
    }
    return render(request, "web/desk/goods.html", context)


def _row(product: Product) -> dict[str, Any]:
    return {
        "product": product,
        "state": state_of("product", product.status, "supplier"),
        "listed": product.status == ProductStatus.LISTED,
        **price_span(product),
    }


@require_POST
@access(SUPPLIER)
def product_withdraw(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take an own product off the market."""
    return withdraw(request, get_object_or_404(own(request), public_id=public_id), home="web:goods")


@require_POST
@access(SUPPLIER)
def product_list(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Put an own product on the market, or back on it."""
    return put_on_sale(request, get_object_or_404(own(request), public_id=public_id), home="web:goods")
