"""Browse everybody's goods in every state, and take one off the market or put it back (F6)."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductStatus, Supplier
from caigou.ui.listing import price_span, put_on_sale, withdraw
from caigou.ui.lists import asked, holding, one_of, page_of, tabs
from caigou.ui.states import state_of
from caigou.ui.words import source_of


@require_safe
@access(STAFF)
def goods(request: SeatedRequest) -> HttpResponse:
    """Show all products, the last changed first, found by words, source, supplier and state."""
    want = asked(request, "q", "status", "supplier")
    status = one_of(want["status"], ProductStatus.values)
    found = Product.objects.visible_to(request.actor)
    if want["q"]:
        found = found.filter(holding(want["q"], "title_en", "title_zh", "external_id", "source"))
    seller = Supplier.objects.select_related("company").filter(public_id=want["supplier"]).first()
    if seller is not None:
        found = found.filter(supplier=seller)
    counts: dict[str, int] = dict(found.values_list("status").annotate(n=Count("pk")).order_by())
    counts[""] = sum(counts.values())
    shown = found.filter(status=status) if status else found
    page = page_of(request, shown.for_cards().order_by("-updated_at", "-pk"))
    here, words = reverse("console:goods"), [("", _("All")), *ProductStatus.choices]
    own = seller.public_id if seller else ""
    context = {
        "q": want["q"],
        "kept": {"status": status, "supplier": own},
        "seller": seller,
        "page": page,
        "rows": [
            (product, state_of("product", product.status, "staff"), price_span(product), source_of(product))
            for product in page
        ],
        "tabs": tabs(here, "status", status, words, counts, q=want["q"], supplier=own),
    }
    return render(request, "console/goods.html", context)


@require_POST
@access(STAFF)
def product_withdraw(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take anybody's product off the market."""
    return withdraw(request, _one(request, public_id), home="console:goods")


@require_POST
@access(STAFF)
def product_list(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Put anybody's product on the market, or back on it."""
    return put_on_sale(request, _one(request, public_id), home="console:goods")


def _one(request: SeatedRequest, public_id: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.actor), public_id=public_id)
