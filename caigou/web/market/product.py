"""One product: what its supplier states, what a quantity of it costs, and the request for an offer (F6, F7, F8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import BUYER, PUBLIC, access
from caigou.accounts.current import SeatedRequest
from caigou.accounts.models import Language
from caigou.catalogue.models import Product, ProductStatus
from caigou.kernel.errors import BadInput
from caigou.negotiation.services.ask import ask_for_offer
from caigou.ui.shapes import Crumb, Terms
from caigou.web.market.facts import product_facts, source_words
from caigou.web.market.forms import AskForm
from caigou.web.market.quantity import quantity_card


def _product(request: Any, public_id: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.actor).for_cards(), public_id=public_id)


@require_safe
@access(PUBLIC)
def product(request: Any, public_id: str) -> HttpResponse:
    """Show one product with its tiers and the sum for a quantity (F6)."""
    found = _product(request, public_id)
    card = quantity_card(found, request.GET.get("quantity"))
    context = {
        "product": found,
        "supplier": found.supplier,
        "card": card,
        "facts": product_facts(found),
        "source_name": source_words(found),
        "terms": Terms(None if card.error else card.quantity, found.unit, href="#your-quantity"),
        "crumbs": _crumbs(found),
        "may_ask": request.actor is None or request.actor.role == "buyer",
        "listed": found.status == ProductStatus.LISTED,
    }
    return render(request, "web/market/product.html", context)


def _crumbs(product: Product) -> list[Crumb]:
    category = product.category
    crumbs = [Crumb(_("Find goods"), reverse("web:home"))]
    if category is not None:
        chinese = (get_language() or "").startswith("zh")
        name = category.name_zh if chinese else category.name_en
        crumbs.append(Crumb(name, f"{reverse('web:search')}?{urlencode({'q': name})}"))
    return crumbs


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def ask(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Ask the product's supplier for an offer (F7, F8)."""
    found = _product(request, public_id)
    use = request.POST.get("use")
    form = AskForm(request.POST if request.method == "POST" and not use else None, initial=_typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            inquiry = ask_for_offer(
                found.pk,
                quantity=form.cleaned_data["quantity"],
                wish=form.cleaned_data["wish"],
                language=_own_language(),
                once=form.cleaned_data["once"],
                by=request.actor,
            )
        except BadInput as error:
            form.add_error("quantity" if "quantity" in error.fields else None, str(error))
        else:
            messages.success(request, _("Your request is sent. The supplier answers with an offer."))
            return redirect("web:inquiry", public_id=inquiry.public_id)
    card = quantity_card(found, use or request.POST.get("quantity") or request.GET.get("quantity"))
    context = {
        "product": found,
        "supplier": found.supplier,
        "card": card,
        "form": form,
        "quantity_error": form.errors["quantity"][0] if "quantity" in form.errors else card.error,
    }
    return render(request, "web/market/ask.html", context, status=422 if form.errors else 200)


def _typed(request: SeatedRequest) -> dict[str, str]:
    """Keep what the buyer wrote while another quantity is put in its place."""
    return {"wish": request.POST.get("wish", "")}


def _own_language() -> str:
    """Return the language of the page as the tables name it: what the buyer writes is read as that."""
    return Language.CHINESE if (get_language() or "").startswith("zh") else Language.ENGLISH
