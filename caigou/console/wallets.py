"""Wallets for finance: names to review, cases of compensation, debts by age (A11, A33)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.accounts.models import Company, CompanyKind
from caigou.console.bank_forms import CompanyField
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import Money, parse_money
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.ui.charts import BarRow, bar_rows
from caigou.ui.lists import posted, posted_number
from caigou.ui.refusals import put_on, sentence_of
from caigou.ui.words import name_of
from caigou.wallets.ageing import Aged, aged_debts
from caigou.wallets.models import CaseReason, CaseStatus, CompensationCase, Instrument, InstrumentStatus, RechargeFrom
from caigou.wallets.services.compensate import approve_case, propose_case, reject_case
from caigou.wallets.services.reported import decide_apart, review_reported

_SHOWN = 50


class CaseForm(forms.Form):
    """Who has to make good how much, to whom, and why."""

    company = CompanyField(
        label=gettext_lazy("Company"), max_length=200, help_text=gettext_lazy("Its id or its whole name.")
    )
    beneficiary = CompanyField(
        label=gettext_lazy("Paid to"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A company. Without one it goes to the platform's reserve."),
    )
    amount = forms.CharField(
        label=gettext_lazy("Amount"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=lambda: [(code, code) for code in WALLET_CURRENCIES.value]
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=CaseReason.choices)
    words = forms.CharField(
        label=gettext_lazy("What happened, in words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name in ("company", "beneficiary"):
            if typed.get(name) and typed[name].kind == CompanyKind.OPERATOR:
                self.add_error(name, _("The platform itself is no party to a case."))
        if "amount" in typed and "currency" in typed:
            try:
                typed["money"] = parse_money(typed["amount"], typed["currency"])
            except BadInput as error:
                self.add_error("amount", str(error))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def wallets(request: SeatedRequest) -> HttpResponse:
    """Show what waits for a person, and the debts by age; take a new case, about ``?company=`` from its page."""
    about = Company.objects.filter(public_id=request.GET.get("company", "")[:26]).first()
    form = CaseForm(request.POST or None, initial={"company": name_of(about)} if about else None)
    if request.method == "POST" and form.is_valid() and _propose(request, form):
        messages.success(request, _("Proposed. A second person has to approve it."))
        return redirect("console:wallets")
    cases = CompensationCase.objects.visible_to(request.actor).select_related(
        "company", "beneficiary", "opened_by", "decided_by"
    )
    waiting = Instrument.objects.filter(status=InstrumentStatus.REVIEW).select_related("company").order_by("added_at")
    waiting = waiting.prefetch_related("recharges__recharge")
    aged = aged_debts()
    context = {
        "form": form,
        "waiting": waiting[:_SHOWN],
        "apart": _apart(),
        "cases": [(case, _may_decide(case, request)) for case in cases[:_SHOWN]],
        "aged": [(name_of(one.company) if one.company else one.owner, one) for one in aged],
        "ages": _by_age(aged),
    }
    return render(request, "console/wallets.html", context, status=422 if form.errors else 200)


def _by_age(aged: Sequence[Aged]) -> list[tuple[str, list[BarRow]]]:
    """Return for each currency how much of all debts is how old."""
    words = (_("To 30 days"), _("31 to 60"), _("61 to 90"), _("Older"))
    found = []
    for currency, those in groupby(aged, key=lambda one: one.total.currency):
        columns = zip(*(one.buckets for one in those), strict=True)
        sums = [sum(column, Money.zero(currency)) for column in columns]
        found.append((currency, bar_rows(list(zip(words, sums, strict=True)))))
    return found


def _apart() -> QuerySet[RechargeFrom]:
    """Return money that stands apart though its instrument was decided on: refused before, or come back."""
    paid = RechargeFrom.objects.filter(recharge__status=RechargeStatus.REVIEW)
    decided = paid.exclude(instrument__status=InstrumentStatus.REVIEW).order_by("pk")
    return decided.select_related("recharge__company", "instrument")[:_SHOWN]


def _may_decide(case: CompensationCase, request: SeatedRequest) -> bool:
    return case.status == CaseStatus.PROPOSED and case.opened_by_id != request.actor.user_id


def _propose(request: SeatedRequest, form: CaseForm) -> bool:
    values = form.cleaned_data
    try:
        propose_case(
            values["company"],
            values["money"],
            reason=values["reason"],
            words=values["words"],
            beneficiary=values["beneficiary"] or None,
            by=request.actor,
        )
    except DomainError as error:
        put_on(form, error)
        return False
    return True


def _says_yes(request: SeatedRequest, yes: str, no: str) -> bool:
    """Return what was decided; raises ``BadInput`` for any other word: nothing follows from it."""
    said = posted(request, "decision")
    if said not in (yes, no):
        raise BadInput(_("Press one of the two buttons."))
    return said == yes


@require_POST
@access(FINANCE)
def case_decide(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Approve or reject a case that somebody else has proposed."""
    case = get_object_or_404(CompensationCase.objects.visible_to(request.actor), public_id=public_id)
    try:
        if _says_yes(request, "approve", "reject"):
            seen = Money(posted_number(request, "expected") or 0, case.currency)
            approve_case(case.pk, expected=seen, by=request.actor)
            messages.success(request, _("Approved. What the wallet had was taken; the rest is a debt."))
        else:
            reject_case(case.pk, by=request.actor)
            messages.success(request, _("Rejected. Nothing was taken."))
    except DomainError as error:
        messages.error(request, sentence_of(error))
    return redirect("console:wallets")


@require_POST
@access(FINANCE)
def instrument_review(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Accept or refuse an instrument whose name differs."""
    found = get_object_or_404(Instrument.objects.visible_to(request.actor), public_id=public_id)
    try:
        accept = _says_yes(request, "accept", "refuse")
        review_reported(found, accept=accept, reason=posted(request, "reason")[:300], by=request.actor)
        messages.success(request, _("Decided. The company sees it at once."))
    except DomainError as error:
        messages.error(request, sentence_of(error))
    return redirect("console:wallets")


@require_POST
@access(FINANCE)
def apart_decide(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Credit money that stands apart, or send it back."""
    found = get_object_or_404(Recharge, public_id=public_id, paid_from__isnull=False)
    reason = posted(request, "reason")[:300]
    try:
        decide_apart(found, accept=_says_yes(request, "accept", "refuse"), reason=reason, by=request.actor)
        messages.success(request, _("Decided. The company sees it at once."))
    except DomainError as error:
        messages.error(request, sentence_of(error))
    return redirect("console:wallets")
