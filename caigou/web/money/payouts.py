"""A supplier's payouts: where to, how much, and what became of each."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.accounts.fresh import PasswordAgain
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.payments.payouts.models import Payout, PayoutAccount
from caigou.payments.payouts.services.accounts import enter_payout_account, remove_payout_account
from caigou.payments.payouts.services.request import cancel_payout, request_payout
from caigou.payments.selectors import purses
from caigou.ui.bank_forms import AmountForm, BankDetailsForm
from caigou.ui.lists import posted
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.shapes import Crumb

PAGE = 50


class PayoutAccountForm(PasswordAgain, BankDetailsForm):
    """Where the company is paid; the password once more, since a thief would begin here."""


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def payouts(request: SeatedRequest) -> HttpResponse:
    """Show accounts and payouts; enter an account, ask for a payout, take either back."""
    do = posted(request, "do")
    details = PayoutAccountForm(request.POST if do == "account" else None, request=request, auto_id="account-%s")
    amount = AmountForm(request.POST if do == "payout" else None, auto_id="payout-%s")
    if do == "account" and details.is_valid() and _tried(request, details, lambda: _enter(request, details)):
        messages.success(request, _("Entered. We ask you about it on a way that we knew before."))
        return redirect("web:payouts")
    if do == "payout" and amount.is_valid() and _tried(request, amount, lambda: _ask(request, amount)):
        messages.success(request, _("Requested. The sum is set aside for it."))
        return redirect("web:payouts")
    if do in {"remove", "cancel"}:
        _take_back(request, do)
        return redirect("web:payouts")
    moment = now()
    accounts = list(PayoutAccount.objects.visible_to(request.actor)[:PAGE])
    context = {
        "details": details,
        "amount": amount,
        "accounts": accounts,
        "usable": [account for account in accounts if account.usable_at(moment)],
        "now": moment,
        "payouts": Payout.objects.visible_to(request.actor).select_related("account")[:PAGE],
        "purses": purses(request.company, "supplier_payable"),
        "crumbs": [Crumb(_("Money"), reverse("web:money")), Crumb(_("Payouts"))],
    }
    return render(request, "web/money/payouts.html", context, status=422 if details.errors or amount.errors else 200)


def _tried(request: SeatedRequest, form: forms.Form, act: Callable[[], object]) -> bool:
    try:
        act()
    except DomainError as error:
        put_on(form, error)
        return False
    return True


def _enter(request: SeatedRequest, form: PayoutAccountForm) -> None:
    enter_payout_account(request.company, form.details, by=request.actor)


def _ask(request: SeatedRequest, form: AmountForm) -> None:
    mine = PayoutAccount.objects.visible_to(request.actor)
    account = get_object_or_404(mine, public_id=posted(request, "account"))
    request_payout(request.company, account.pk, form.money, by=request.actor)


def _take_back(request: SeatedRequest, do: str) -> None:
    try:
        if do == "remove":
            mine = PayoutAccount.objects.visible_to(request.actor)
            remove_payout_account(get_object_or_404(mine, public_id=posted(request, "one")).pk, by=request.actor)
        else:
            asked = Payout.objects.visible_to(request.actor)
            cancel_payout(get_object_or_404(asked, public_id=posted(request, "one")).pk, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("Taken back."))
