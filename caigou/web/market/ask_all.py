"""One form for two to five goods: a request to the supplier of each, sent in one step (F7, F15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductStatus
from caigou.kernel.errors import BadInput
from caigou.negotiation.services.ask_all import Asked, ask_for_offers
from caigou.ui.shapes import Hit
from caigou.web.market.forms import AskLine, WishForm
from caigou.web.market.goods import hit_of
from caigou.web.market.kept import MOST_COMPARED, sound, tray_of
from caigou.web.market.product import own_language
from caigou.web.market.quantity import judge
from caigou.web.market.tray import compare_href
from caigou.web.market.wanted import least_of, parse_quantity


@dataclass(frozen=True, slots=True)
class Line:
    """One product of the form; ``hit`` has its price at the smallest orderable quantity that is at least the wish."""

    product: Product
    hit: Hit
    form: AskLine
    least: int

    @property
    def error(self) -> str:
        return str(self.form.errors["quantity"][0]) if "quantity" in self.form.errors else ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, as far as it can be asked for; of the rest ``own`` by name and ``gone`` by number alone.

    What is no longer listed a buyer can't see, its name neither.
    """

    goods: Sequence[Product]
    own: Sequence[Product]
    gone: int


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def ask_all(request: SeatedRequest) -> HttpResponse:
    """Ask the suppliers of the goods that the address or the form names, else of those in the tray."""
    sent = request.method == "POST"
    typed = request.POST if sent else request.GET
    ids = sound(typed.getlist("p") or ([] if sent else tray_of(request)), MOST_COMPARED)
    chosen = _chosen(request, ids)
    wish = WishForm(request.POST if sent else None)
    lines = [_line(request, product, parse_quantity(request.GET.get("quantity")) or None) for product in chosen.goods]
    refused = ""
    if sent and lines and _can_be_sent(chosen, lines, wish):
        try:
            return _send(request, lines, wish.cleaned_data["wish"])
        except BadInput as error:
            # Something changed since the page looked: it looks again, with the reason.
            refused, chosen = str(error), _chosen(request, ids)
            lines = [line for line in lines if line.product in chosen.goods]
    context = {
        "lines": lines,
        "wish": wish,
        "chosen": chosen,
        "refused": refused,
        "unsent": sent,
        "back": compare_href(ids, None),
    }
    return render(request, "web/market/ask_all.html", context, status=422 if sent else 200)


def _chosen(request: SeatedRequest, ids: Sequence[str]) -> Chosen:
    found = Product.objects.visible_to(request.actor).for_cards().filter(public_id__in=ids)
    by_id = {product.public_id: product for product in found if product.status == ProductStatus.LISTED}
    shown = [by_id[one] for one in ids if one in by_id]
    own = [product for product in shown if product.supplier.company_id == request.actor.company_id]
    return Chosen([product for product in shown if product not in own], own, len(ids) - len(shown))


def _line(request: SeatedRequest, product: Product, wished: int | None) -> Line:
    hit = hit_of(product, wished)
    data = request.POST if request.method == "POST" else None
    form = AskLine(data, prefix=product.public_id, initial={"quantity": hit.quantity})
    if form.is_bound and "quantity" not in form.errors:
        error, _valid = judge(product, form.cleaned_data["quantity"], least_of(product))
        if error:
            form.add_error("quantity", error)
    return Line(product, hit, form, least_of(product))


def _can_be_sent(chosen: Chosen, lines: Sequence[Line], wish: WishForm) -> bool:
    """Say whether all that the buyer saw can be asked for; what fell out since is shown before anything is sent."""
    return wish.is_valid() and not (chosen.own or chosen.gone) and all(line.form.is_valid() for line in lines)


def _send(request: SeatedRequest, lines: Sequence[Line], wish: str) -> HttpResponse:
    asked = [
        Asked(line.product.pk, line.form.cleaned_data["quantity"], line.form.cleaned_data["once"]) for line in lines
    ]
    inquiries = ask_for_offers(asked, wish=wish, language=own_language(), by=request.actor)
    if len(inquiries) == 1:
        said = _("Your request is sent. The supplier answers with an offer.")
    else:
        said = ngettext(
            "%(count)s request is sent. Each supplier answers with an offer.",
            "%(count)s requests are sent. Each supplier answers with an offer.",
            len(inquiries),
        ) % {"count": len(inquiries)}
    messages.success(request, said)
    return redirect("web:inquiry_list")
