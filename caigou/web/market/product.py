"""One product: what its supplier states, what a quantity of it costs, and the request for an offer (F6, F7, F8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import BUYER, PUBLIC, access
from caigou.accounts.current import SeatedRequest
from caigou.accounts.models import Language
from caigou.catalogue.models import Product, ProductStatus
from caigou.kernel.errors import BadInput
from caigou.negotiation.services.ask import ask_for_offer
from caigou.ui.shapes import Terms
from caigou.ui.words import source_of
from caigou.web.market.crumbs import crumbs_of
from caigou.web.market.facts import customisation_of, product_facts, sample_of, source_link, tenths
from caigou.web.market.forms import AskForm
from caigou.web.market.gallery import gallery
from caigou.web.market.goods import turn_href
from caigou.web.market.kept import keep_seen, tray_of
from caigou.web.market.quantity import QuantityCard, quantity_card
from caigou.web.market.suppliers import record_of
from caigou.web.market.tray import tray_context
from caigou.web.market.wanted import parse_quantity


def _product(request: Any, public_id: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.actor).for_page(), public_id=public_id)


@require_safe
@access(PUBLIC)
def product(request: Any, public_id: str) -> HttpResponse:
    """Show one product with its pictures, tiers, variants and facts, and the sum for a quantity (F6)."""
    found = _product(request, public_id)
    card, made = quantity_card(found, request.GET), customisation_of(found)
    context = {
        "product": found,
        "supplier": found.supplier,
        "record": record_of(found.supplier),
        "card": card,
        "views": gallery(found, [part.variant.pk for part in card.chosen]),
        "facts": product_facts(found),
        "sample": sample_of(found),
        "customisation": made,
        "logo": next((one for one in made if one.code == "logo"), None),
        "rating": tenths(found.rating_tenths),
        "source_name": source_of(found),
        "source_link": source_link(found),
        "terms": Terms(None if card.error else card.quantity, found.unit, href="#your-quantity"),
        "crumbs": crumbs_of(found),
        "may_ask": request.actor is None or request.actor.role == "buyer",
        "listed": found.status == ProductStatus.LISTED,
    }
    if found.status == ProductStatus.LISTED:
        wish = parse_quantity(request.GET.get("quantity")) or None
        context["compare_href"] = turn_href(found.public_id, wish)
        context["compared"] = found.public_id in tray_of(request)
        context |= tray_context(request, wish, back=request.get_full_path(), here=[found.public_id])
    response = render(request, "web/market/product.html", context)
    if found.status == ProductStatus.LISTED:
        keep_seen(request, response, found.public_id)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def ask(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Ask the product's supplier for an offer (F7, F8)."""
    found = _product(request, public_id)
    typed = (request.POST if request.method == "POST" else request.GET).dict()
    use = typed.pop("use", "")
    if use:
        typed["quantity"] = str(use)
    card = quantity_card(found, {name: str(value) for name, value in typed.items()})
    form = AskForm(request.POST if request.method == "POST" and not use else None, initial=_typed(request))
    if request.method == "POST" and form.is_valid():
        sent = _send(request, found, card, form)
        if sent is not None:
            return sent
    if form.is_bound and card.error and "quantity" not in form.errors:
        form.add_error("quantity", card.error)
    context = {
        "product": found,
        "supplier": found.supplier,
        "card": card,
        "form": form,
        "quantity_error": form.errors["quantity"][0] if "quantity" in form.errors else card.error,
    }
    return render(request, "web/market/ask.html", context, status=422 if form.errors else 200)


def _send(request: SeatedRequest, product: Product, card: QuantityCard, form: AskForm) -> HttpResponse | None:
    """Send the request and go on to the conversation; None when the form has to be mended first."""
    if card.error:
        return None
    try:
        inquiry = ask_for_offer(
            product.pk,
            quantity=card.quantity,
            mix=card.mix,
            wish=form.cleaned_data["wish"],
            language=own_language(),
            once=form.cleaned_data["once"],
            by=request.actor,
        )
    except BadInput as error:
        form.add_error("quantity" if error.fields.keys() & {"quantity", "mix"} else None, str(error))
        return None
    messages.success(request, _("Your request is sent. The supplier answers with an offer."))
    return redirect("web:inquiry", public_id=inquiry.public_id)


def _typed(request: SeatedRequest) -> dict[str, str]:
    """Keep what the buyer wrote while another quantity is put in its place; start with a wish for a sample if asked."""
    wish = request.POST.get("wish", "")
    if request.method != "POST" and request.GET.get("sample"):
        wish = _("Please tell us what a sample costs, sent to us, and when it can leave.")
    return {"wish": wish}


def own_language() -> str:
    """Return the language of the page as the tables name it: what the buyer writes is read as that."""
    return Language.CHINESE if (get_language() or "").startswith("zh") else Language.ENGLISH
