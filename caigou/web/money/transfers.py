"""Recharge by bank transfer: say how much, get our account and a reference, see what arrived (F11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.errors import DomainError
from caigou.payments.bank.models import CorporateTransfer, TransferStatus
from caigou.payments.bank.references import grouped
from caigou.payments.bank.services.announce import announce_transfer, cancel_transfer
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.ui.bank_forms import AmountForm
from caigou.ui.onward import asked_next
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.shapes import Crumb
from caigou.ui.states import state_of

_LONGEST_NEXT = 200


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def transfer_new(request: SeatedRequest) -> HttpResponse:
    """Ask how much will be transferred, and give our account and a reference for it."""
    initial = {
        "amount": request.GET.get("amount", ""),
        "currency": request.GET.get("currency") or WALLET_CURRENCIES.value[0],
    }
    form = AmountForm(request.POST or None, initial=initial)
    following = asked_next(request, _LONGEST_NEXT)
    if request.method == "POST" and form.is_valid():
        try:
            announced = announce_transfer(request.company, form.money, by=request.actor, next_page=following)
        except DomainError as error:
            put_on(form, error)
        else:
            return redirect("web:transfer", public_id=announced.public_id)
    crumbs = [Crumb(_("Money"), reverse("web:money")), Crumb(_("Pay by bank transfer"))]
    context = {"form": form, "next": following, "crumbs": crumbs}
    return render(request, "web/money/transfer_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def transfer(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show where to pay, under which reference, and what arrived; take the announcement back."""
    mine = CorporateTransfer.objects.visible_to(request.actor).select_related("account", "company")
    found = get_object_or_404(mine, public_id=public_id)
    if request.method == "POST":
        try:
            cancel_transfer(found.pk, by=request.actor)
        except DomainError as error:
            messages.error(request, sentence_of(error))
        else:
            messages.success(request, _("Cancelled. Don't pay under this reference any more."))
        return redirect("web:transfer", public_id=public_id)
    context = {
        "transfer": found,
        "state": state_of("transfer", found.status, "buyer"),
        "reference": grouped(found.reference),
        "number": grouped(found.account.number),
        "waits": found.status in {TransferStatus.WAITING, TransferStatus.SHORT},
        "can_cancel": found.status == TransferStatus.WAITING,
        "crumbs": [Crumb(_("Money"), reverse("web:money")), Crumb(_("Bank transfer"))],
    }
    return render(request, "web/money/transfer.html", context)
