"""Pay an order into its escrow, from the wallet; a short wallet lets the order wait and is topped up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money
from caigou.orders.models import Order, OrderStatus
from caigou.orders.selectors import orders_for_page
from caigou.orders.services.pay import pay_order
from caigou.payments.bank.services.accounts import account_for
from caigou.payments.bank.services.announce import announce_transfer
from caigou.payments.services.wallet import wallet_balance
from caigou.ui.refusals import sentence_of
from caigou.ui.words import sum_of
from caigou.web.orders.forms import SumForm
from caigou.web.orders.shown import top_up_address, transfer_of


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def order_pay(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show the sum and what it leaves, then pay, whole or not at all (A13, A14)."""
    order = get_object_or_404(orders_for_page(request.actor), public_id=public_id)
    if request.method == "POST":
        return _post(request, order)
    if order.status != OrderStatus.PLACED:
        messages.info(request, _("Nothing is due on this order."))
        return redirect("web:order", public_id=public_id)
    return _page(request, order, SumForm(initial={"expected": order.total_minor}))


def _post(request: SeatedRequest, order: Order) -> HttpResponse:
    form = SumForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form, status=422)
    there = redirect("web:order", public_id=order.public_id)
    expected = Money(form.cleaned_data["expected"], order.currency)
    try:
        paid = pay_order(order.pk, expected_total=expected, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
        return there
    if paid.status != OrderStatus.PLACED:
        messages.success(request, _("%(sum)s is in escrow. The supplier can start.") % {"sum": sum_of(order.total)})
        return there
    if "top_up" in request.POST:
        short = _shortage(order, _available(order))
        return redirect(top_up_address(order, short)) if short else there
    if "transfer" in request.POST:
        return _by_transfer(request, order) or there
    return there


def _by_transfer(request: SeatedRequest, order: Order) -> HttpResponse | None:
    """Announce a bank transfer of what is missing, and show where to pay it; None when nothing is missing."""
    short = _shortage(order, _available(order))
    if not short:
        return None
    known, _can = transfer_of(order, short)
    back = reverse("web:order", args=[order.public_id])
    try:
        found = known or announce_transfer(order.buyer, short, by=request.actor, next_page=back)
    except DomainError as error:
        messages.error(request, sentence_of(error))
        return None
    return redirect("web:transfer", public_id=found.public_id)


def _available(order: Order) -> Money:
    balance = wallet_balance(order.buyer, order.currency)
    return balance.available if balance else Money.zero(order.currency)


def _shortage(order: Order, free: Money) -> Money:
    return max(order.total - free, Money.zero(order.currency))


def _page(request: SeatedRequest, order: Order, form: SumForm, status: int = 200) -> HttpResponse:
    balance = wallet_balance(order.buyer, order.currency)
    free = balance.available if balance else Money.zero(order.currency)
    short = _shortage(order, free)
    context = {
        "order": order,
        "form": form,
        "free": free,
        "as_of": balance.as_of if balance else now(),
        "short": short,
        "can_transfer": bool(short) and account_for(order.currency) is not None,
        "leaves": free - order.total,
    }
    return render(request, "web/orders/order_pay.html", context, status=status)
