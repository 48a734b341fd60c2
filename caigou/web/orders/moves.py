"""Ship, confirm and cancel: each a page of its own that says what it does before it is done."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import BUYER, SUPPLIER, TRADER, access
from caigou.accounts.countries import country_name
from caigou.accounts.current import SeatedRequest
from caigou.kernel.errors import DomainError
from caigou.orders.models import Order, OrderStatus
from caigou.orders.selectors import orders_for_page
from caigou.orders.services.cancel import cancel_order
from caigou.orders.services.confirm import confirm_receipt
from caigou.orders.services.ship import ship_order
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.words import sum_of
from caigou.web.orders.decisions import confirm_days
from caigou.web.orders.forms import CARRIERS, CancelForm, ShipForm, SumForm


def _order(request: SeatedRequest, public_id: str) -> Order:
    return get_object_or_404(orders_for_page(request.actor), public_id=public_id)


def _there(order: Order) -> HttpResponse:
    return redirect("web:order", public_id=order.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def order_ship(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Take carrier and number, and start the buyer's clock (F12)."""
    order = _order(request, public_id)
    if request.method != "POST" and order.status != OrderStatus.PAID:
        messages.info(request, _("This order is not waiting for shipping."))
        return _there(order)
    form = ShipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ship_order(order.pk, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Shipped. The buyer sees carrier and number now."))
            return _there(order)
    context = {
        "order": order,
        "form": form,
        "carriers": CARRIERS,
        "days": confirm_days(order),
        "country": country_name(order.address.get("country", "")),
    }
    return render(request, "web/orders/order_ship.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def order_confirm(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Name the sum, the receiver and what can't be undone; then release the escrow (F12)."""
    order = _order(request, public_id)
    if request.method == "POST":
        return _confirm(request, order)
    if order.status != OrderStatus.SHIPPED:
        messages.info(request, _("There is nothing to confirm on this order."))
        return _there(order)
    form = SumForm(initial={"expected": order.total_minor})
    return render(request, "web/orders/order_confirm.html", {"order": order, "form": form})


def _confirm(request: SeatedRequest, order: Order) -> HttpResponse:
    form = SumForm(request.POST)
    if not form.is_valid() or form.cleaned_data["expected"] != order.total_minor:
        form.add_error(None, _("The page was incomplete. Nothing was released; look at the sum and try again."))
        return render(request, "web/orders/order_confirm.html", {"order": order, "form": form}, status=422)
    try:
        confirm_receipt(order.pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("%(sum)s is released to the supplier.") % {"sum": sum_of(order.total)})
    return _there(order)


@require_http_methods(["GET", "HEAD", "POST"])
@access(TRADER)
def order_cancel(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Say what cancelling does to the money, ask for the reason, then cancel."""
    order = _order(request, public_id)
    if request.method != "POST" and order.status not in {OrderStatus.PLACED, OrderStatus.PAID}:
        messages.info(request, _("This order can't be cancelled any more."))
        return _there(order)
    asks_where = order.status == OrderStatus.PAID and request.actor.company_id == order.buyer_id
    form = CancelForm(request.POST or None, asks_where=asks_where)
    if request.method == "POST" and form.is_valid():
        try:
            cancelled = cancel_order(order.pk, reason=form.cleaned_data["reason"], by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            refunded = _("The order is cancelled. %(sum)s went back to the buyer's wallet.")
            nothing = _("The order is cancelled. No money was taken.")
            said = refunded % {"sum": sum_of(order.total)} if cancelled.paid_at else nothing
            messages.success(request, said)
            if form.cleaned_data.get("refund") == "source" and cancelled.paid_at:
                filled = urlencode({"amount": order.total.amount, "currency": order.currency})
                return redirect(f"{reverse('web:refunds')}?{filled}")
            return _there(order)
    context = {"order": order, "form": form, "side": request.actor.role}
    return render(request, "web/orders/order_cancel.html", context, status=422 if form.errors else 200)
