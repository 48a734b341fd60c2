"""Covering trades: what is open pair by pair, a trade at a bank entered, and booked by a second person."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.console.bank import tried
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import Money, parse_money
from caigou.ledger.trial import trial_balance
from caigou.payments.bank.models import AccountStatus, BankAccount, DecisionStatus
from caigou.payments.cover.books import pair_books
from caigou.payments.cover.models import CoverTrade
from caigou.payments.cover.services import answer_cover, enter_cover, would_bring
from caigou.ui.lists import page_of, posted, posted_number
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb

_FIGURE = {"inputmode": "decimal", "autocomplete": "off"}


def _account(label: Any) -> forms.ModelChoiceField[BankAccount]:
    return forms.ModelChoiceField(
        label=label,
        queryset=BankAccount.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose"),
    )


class CoverForm(forms.Form):
    """What was exchanged at the bank."""

    sold_from = _account(gettext_lazy("Sold from our account"))
    sold = forms.CharField(label=gettext_lazy("Sold"), max_length=30, widget=forms.TextInput(attrs=_FIGURE))
    bought_on = _account(gettext_lazy("Bought on our account"))
    bought = forms.CharField(label=gettext_lazy("Bought"), max_length=30, widget=forms.TextInput(attrs=_FIGURE))
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reference = forms.CharField(
        label=gettext_lazy("The bank's reference"),
        max_length=60,
        help_text=gettext_lazy("Just as the statement writes it: by it the two lines of the bank are known."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), min_length=3, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sold_from", "bought_on"):
            field = cast("forms.ModelChoiceField[BankAccount]", self.fields[name])
            field.queryset = BankAccount.objects.filter(status=AccountStatus.OPEN)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name, account in (("sold", "sold_from"), ("bought", "bought_on")):
            if name in typed and account in typed:
                try:
                    typed[name] = parse_money(typed[name], typed[account].currency)
                except BadInput as error:
                    self.add_error(name, str(error))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def cover(request: SeatedRequest) -> HttpResponse:
    """Show what nothing covers, take a trade, and let a second person book it."""
    do = posted(request, "do")
    form = CoverForm(request.POST) if do == "enter" else CoverForm(initial={"day": now().date()})
    if do == "enter" and form.is_valid() and _enter(request, form):
        return redirect("console:cover")
    if do in {"agree", "refuse"}:
        _answer(request, agree=do == "agree")
        return redirect("console:cover")
    trades = page_of(request, CoverTrade.objects.select_related("sold_from", "bought_on", "asked_by", "decided_by"))
    context = {
        "form": form,
        "books": [tuple(book.values()) for book in pair_books().values()],
        "page": trades,
        "rows": [(one, would_bring(one) if one.status == DecisionStatus.WAITING else one.result) for one in trades],
        "results": [line.credits - line.debits for line in trial_balance() if line.kind == "fx_result"],
        "crumbs": [
            Crumb(_("Exchange rates"), reverse("console:rates")),
            Crumb(_("Exchange of currencies"), reverse("console:exchange")),
            Crumb(_("Covering trades")),
        ],
    }
    return render(request, "console/cover.html", context, status=422 if form.errors else 200)


def _enter(request: SeatedRequest, form: CoverForm) -> bool:
    values = form.cleaned_data
    try:
        enter_cover(
            values["sold_from"],
            values["sold"],
            values["bought_on"],
            values["bought"],
            day=values["day"],
            reference=values["reference"],
            reason=values["reason"],
            by=request.actor,
        )
    except DomainError as error:
        put_on(form, error)
        return False
    messages.success(request, _("Entered. It is booked when a second person agrees."))
    return True


def _answer(request: SeatedRequest, *, agree: bool) -> None:
    trade = get_object_or_404(CoverTrade.objects.select_related("bought_on"), public_id=posted(request, "trade"))
    minor = posted_number(request, "seen")
    seen = None if minor is None else Money(minor, trade.bought_on.currency)
    if agree and seen is None:  # nobody agrees to what no page showed
        messages.error(request, _("The result isn't the one that you saw: customers exchanged meanwhile. Look again."))
        return
    done = _("Booked.") if agree else _("Refused. Nothing was posted.")
    tried(request, done, lambda: answer_cover(trade.pk, agree=agree, seen=seen, by=request.actor))
