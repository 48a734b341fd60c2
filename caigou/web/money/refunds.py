"""Recharges back to where they were paid from: which can go, ask for it, see what became of it (D5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caigou.accounts.access import BUYER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.money import Money, parse_money
from caigou.payments.bank.models import BankLine, BankReceipt, DecisionStatus, LineStatus
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutAccountStatus
from caigou.payments.payouts.services.accounts import enter_payout_account
from caigou.payments.payouts.services.request import cancel_payout, left_of_line, return_transfer
from caigou.payments.refunds.models import Fallback, Refund
from caigou.payments.refunds.services.ask import ask_refund, refundable, withdraw_refund
from caigou.payments.refunds.services.give_back import keep_in_wallet, send_to_bank
from caigou.payments.services.wallet import available
from caigou.ui.bank_forms import AmountForm
from caigou.ui.lists import page_of, posted
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.shapes import Crumb
from caigou.ui.states import state_of
from caigou.web.money.payouts import PayoutAccountForm

#: Recharges that are looked at for money that can go back, newest first.
_LOOKED_AT = 50


class RefundForm(AmountForm):
    """How much of a recharge, and what shall happen when the gateway can't send it back."""

    currency = None  # type: ignore[assignment]  # the recharge's
    fallback = forms.ChoiceField(
        label=gettext_lazy("If the gateway can't send it back"),
        choices=Fallback.choices,
        initial=Fallback.WALLET,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, recharge: Recharge, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recharge = recharge

    def currency_of(self, typed: dict[str, Any]) -> str:
        return self.recharge.currency


def _crumbs(*here: Crumb) -> list[Crumb]:
    return [Crumb(_("Money"), reverse("web:money")), *here]


@require_safe
@access(BUYER)
def refunds(request: SeatedRequest) -> HttpResponse:
    """List what was asked for, and the recharges of which something can go back.

    ``amount`` and ``currency`` in the address fill in the form that is opened from here.
    """
    paid = Recharge.objects.visible_to(request.actor).filter(status=RechargeStatus.PAID).select_related("company")
    wanted = request.GET.get("currency", "").replace("\0", "")[:3]
    if wanted:
        paid = paid.filter(currency=wanted)
    filled = urlencode({"amount": request.GET["amount"]}) if request.GET.get("amount") else ""
    credited = BankLine.objects.filter(company=request.company, status__in=(LineStatus.CREDITED, LineStatus.RECEIPT))
    lines = (credited.filter(currency=wanted) if wanted else credited)[:_LOOKED_AT]
    context = {
        "page": page_of(request, Refund.objects.visible_to(request.actor)),
        "open": [(each, left) for each in paid[:_LOOKED_AT] if (left := refundable(each))],
        "filled": filled,
        "lines": [(line, left) for line in lines if (left := _returnable(request, line))],
        "receipts": _untold(request),
        "payouts": Payout.objects.visible_to(request.actor)
        .filter(returns__isnull=False)
        .select_related("returns")[:_LOOKED_AT],
        "crumbs": _crumbs(Crumb(_("Refunds"))),
    }
    return render(request, "web/money/refunds.html", context)


def _untold(request: SeatedRequest) -> QuerySet[BankReceipt]:
    """Return what was credited by hand and the bank hasn't told of yet: only the bank says where it came from."""
    done = BankReceipt.objects.filter(company=request.company, status=DecisionStatus.DONE, line=None)
    return done[:_LOOKED_AT]


def _returnable(request: SeatedRequest, line: BankLine) -> Money:
    free = available(request.company, line.currency)
    return max(min(left_of_line(line), free), Money.zero(line.currency))


@require_POST
@access(BUYER)
def line_back(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Ask for what came by bank transfer, or take such a request back."""
    line = get_object_or_404(BankLine.objects.filter(company=request.company), public_id=public_id)
    by = request.actor
    try:
        if posted(request, "do") == "cancel":
            cancel_payout(get_object_or_404(line.sent_back, public_id=posted(request, "one")).pk, by=by)
            messages.success(request, _("Taken back."))
        else:
            return_transfer(line.pk, parse_money(posted(request, "amount"), line.currency), by=by)
            messages.success(request, _("Requested. The sum is set aside for it."))
    except DomainError as error:
        messages.error(request, sentence_of(error))
    return redirect("web:refunds")


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def refund_new(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Ask for a recharge back, in part or whole."""
    paid = Recharge.objects.visible_to(request.actor).select_related("company")
    recharge = get_object_or_404(paid, public_id=public_id)
    left = refundable(recharge)
    form = RefundForm(recharge, request.POST or None, initial={"amount": request.GET.get("amount") or left.amount})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            asked = ask_refund(
                recharge.pk, form.money, fallback=values["fallback"], words=values["words"], by=request.actor
            )
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Requested. The sum is set aside for it."))
            return redirect("web:refund", public_id=asked.public_id)
    context = {
        "form": form,
        "recharge": recharge,
        "left": left,
        "crumbs": _crumbs(Crumb(_("Refunds"), reverse("web:refunds")), Crumb(_("Ask for a refund"))),
    }
    return render(request, "web/money/refund_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(BUYER)
def refund(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show how a refund stands; take it back, or say what becomes of one that the gateway refused."""
    mine = Refund.objects.visible_to(request.actor).select_related("recharge", "company", "payout")
    found = get_object_or_404(mine, public_id=public_id)
    do = posted(request, "do")
    details = PayoutAccountForm(
        request.POST if do == "account" else None,
        request=request,
        initial={"currency": found.currency, "country": found.company.country},
    )
    if do == "account" and details.is_valid():
        try:
            enter_payout_account(request.company, details.details, by=request.actor)
        except DomainError as error:
            put_on(details, error)
        else:
            messages.success(request, _("Entered. We ask you about it on a way that we knew before."))
            return redirect("web:refund", public_id=public_id)
    elif request.method == "POST" and do != "account":
        _do(request, found, do)
        return redirect("web:refund", public_id=public_id)
    context = {
        "refund": found,
        "state": state_of("refund", found.status, "buyer"),
        "details": details,
        **_accounts(request, found),
        "crumbs": _crumbs(Crumb(_("Refunds"), reverse("web:refunds")), Crumb(found.public_id[:8].upper())),
    }
    return render(request, "web/money/refund.html", context, status=422 if details.errors else 200)


def _accounts(request: SeatedRequest, found: Refund) -> dict[str, Any]:
    """Return the accounts that a refused refund can go to, and those that it may go to later."""
    mine = PayoutAccount.objects.visible_to(request.actor).filter(currency=found.currency)
    standing = mine.filter(status__in=(PayoutAccountStatus.CHECKING, PayoutAccountStatus.CONFIRMED))
    moment, accounts = now(), list(standing)
    return {
        "usable": [each for each in accounts if each.usable_at(moment)],
        "resting": [each for each in accounts if not each.usable_at(moment)],
    }


def _do(request: SeatedRequest, found: Refund, do: str) -> None:
    by = request.actor
    mine = PayoutAccount.objects.visible_to(by)
    acts: dict[str, tuple[str, Callable[[], object]]] = {
        "withdraw": (_("Taken back."), lambda: withdraw_refund(found.pk, by=by)),
        "keep": (_("It stays in the wallet."), lambda: keep_in_wallet(found.pk, by=by)),
        "bank": (
            _("Requested. The sum is set aside for it."),
            lambda: send_to_bank(found.pk, get_object_or_404(mine, public_id=posted(request, "account")), by=by),
        ),
    }
    if do not in acts:
        return
    said, act = acts[do]
    try:
        act()
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, said)
