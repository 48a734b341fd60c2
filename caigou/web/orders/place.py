"""Place an order under an accepted offer: how many, where to, what it comes to."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.accounts.models import Address
from caigou.catalogue.pricing import next_valid_quantity
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import Money
from caigou.negotiation.models import Offer, OfferStatus
from caigou.negotiation.selectors import offers_for_page
from caigou.orders.models import Order
from caigou.orders.services.place import check_quantity, place_order
from caigou.ui.refusals import put_on
from caigou.ui.shapes import SumRow
from caigou.ui.words import amount_of, count_of, sum_of
from caigou.web.orders.forms import PlaceForm


@dataclass(frozen=True, slots=True)
class Working:
    """What the quantity in the field comes to; without a total when it can't be ordered, with the reason."""

    quantity: int | None
    total: Money | None
    rows: tuple[SumRow, ...] = ()
    refusal: str = ""


def working(offer: Offer, quantity: int | None) -> Working:
    """Return the sum for a quantity, all from the sealed terms."""
    if quantity is None:
        return Working(None, None)
    try:
        check_quantity(offer, quantity)
    except BadInput as error:
        return Working(quantity, None, refusal=str(error))
    total = offer.unit_price * quantity
    many = amount_of(quantity, offer.inquiry.product.unit)
    rows = (
        SumRow(f"{many} × {sum_of(offer.unit_price)}", total, "agreed"),
        SumRow(_("Delivery"), None, unpriced=_("included")),
        SumRow(_("Total"), total, "agreed", total=True),
    )
    return Working(quantity, total, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def order_new(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Choose quantity and address, see the sum, place the order (F10)."""
    offer = get_object_or_404(offers_for_page(request.actor), public_id=public_id)
    placed = Order.objects.visible_to(request.actor).filter(offer=offer).first()
    if placed is not None and request.headers.get("HX-Request"):
        return HttpResponse(status=204)  # the sum was asked for while the order was being placed
    if placed is not None:
        messages.info(request, _("This offer is ordered already."))
        return redirect("web:order", public_id=placed.public_id)
    if offer.status != OfferStatus.ACCEPTED:
        messages.error(request, _("Accept the offer first; then order under it."))
        return redirect("web:inquiry", public_id=offer.inquiry.public_id)
    addresses = list(Address.objects.visible_to(request.actor).order_by("pk"))
    if request.method == "POST":
        return _post(request, offer, addresses)
    quantity = _asked(request.GET.get("quantity"), offer)
    initial = {"quantity": quantity, "address": addresses[0].public_id if addresses else ""}
    return _page(request, offer, PlaceForm(initial=initial, addresses=addresses), working(offer, quantity))


def _asked(text: str | None, offer: Offer) -> int:
    """Return the quantity in the address of the page, else what was offered."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else offer.quantity


def _post(request: SeatedRequest, offer: Offer, addresses: list[Address]) -> HttpResponse:
    form = PlaceForm(request.POST, addresses=addresses)
    valid = form.is_valid()
    quantity = form.cleaned_data.get("quantity")
    sums = working(offer, quantity)
    if "count" in request.POST:
        # Only the sum was asked for: what is missing elsewhere is not held against the reader yet.
        typed = {"quantity": quantity, "address": form.cleaned_data.get("address", "")}
        return _page(request, offer, PlaceForm(initial=typed, addresses=addresses), sums)
    if valid and quantity != form.cleaned_data["shown"] and sums.total is not None:
        messages.warning(
            request, _("The total is now %(sum)s. Look at it, then place the order.") % {"sum": sum_of(sums.total)}
        )
        typed = {"quantity": quantity, "address": form.cleaned_data["address"]}
        return _page(request, offer, PlaceForm(initial=typed, addresses=addresses), sums)
    if valid and quantity is not None:
        try:
            order = place_order(offer.pk, quantity=quantity, address_id=form.address_id, by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("The order is placed. Now pay it into escrow."))
            return redirect("web:order", public_id=order.public_id)
    return _page(request, offer, form, sums, status=422)


def _page(request: SeatedRequest, offer: Offer, form: PlaceForm, sums: Working, *, status: int = 200) -> HttpResponse:
    least = next_valid_quantity(moq=offer.moq, multiple=offer.order_multiple, quantity=1)
    errors = form.errors.get("quantity")
    context = {
        "offer": offer,
        "inquiry": offer.inquiry,
        "form": form,
        "working": sums,
        "least": least,
        "most": _("at most %(most)s") % {"most": count_of(offer.quantity)},
        "quantity_value": form["quantity"].value(),
        "quantity_error": errors[0] if errors else "",
        "address_value": form["address"].value(),
    }
    return render(request, "web/orders/order_new.html", context, status=status)
