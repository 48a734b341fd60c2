"""Statements of account for a period, as PDF and as CSV (A12, B9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.payments.selectors import Purse, purses
from caigou.statements.account import Statement, statement_of
from caigou.statements.paper import statement_paper
from caigou.statements.printing import print_pdf
from caigou.statements.sheet import STATEMENT_FIGURES, statement_rows, written
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb

_DAY = {"type": "date"}


class PeriodForm(forms.Form):
    """Which account, from which day to which, and as what."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    form = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("pdf", "PDF"), ("csv", "CSV")],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, found: list[Purse], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(purse.currency, purse.currency) for purse in found]  # type: ignore[attr-defined]


def last_month() -> tuple[date, date]:
    """Return the first and the last day of the month before this one, in the reader's zone."""
    last = timezone.localdate(now()).replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


@require_safe
@access(TRADER)
def statements(request: SeatedRequest) -> HttpResponse:
    """Ask for account and period, and send on to the file."""
    found = _purses(request)
    first, last = last_month()
    initial = {"first": first, "last": last, "currency": found[0].currency if found else "", "form": "pdf"}
    form = PeriodForm(found, request.GET if "first" in request.GET else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            _statement(request, form)
        except DomainError as error:
            put_on(form, error)
        else:
            values = form.cleaned_data
            name = "web:statement_csv" if values["form"] == "csv" else "web:statement_pdf"
            period = {key: values[key] for key in ("currency", "first", "last")}
            return redirect(f"{reverse(name)}?{urlencode(period)}")
    context = {
        "form": form,
        "found": found,
        "crumbs": [Crumb(_("Money"), reverse("web:money")), Crumb(_("Statements"))],
    }
    return render(request, "web/money/statements.html", context, status=422 if form.errors else 200)


def _purses(request: SeatedRequest) -> list[Purse]:
    return purses(request.company, "wallet" if request.actor.role == "buyer" else "supplier_payable")


def _statement(request: SeatedRequest, form: PeriodForm) -> Statement:
    values = form.cleaned_data
    purse = next(purse for purse in _purses(request) if purse.currency == values["currency"])
    return statement_of(
        request.company,
        purse.account,
        purse.kind,
        purse.currency,
        first=values["first"],
        last=values["last"],
        zone=timezone.get_current_timezone(),
        by=request.actor,
    )


def _asked(request: SeatedRequest) -> Statement | None:
    """Return the statement that the address asks for; None when it asks for none that there is."""
    form = PeriodForm(_purses(request), request.GET)
    if not form.is_valid():
        return None
    try:
        return _statement(request, form)
    except DomainError:
        return None


@require_safe
@never_cache
@access(TRADER)
def statement_pdf(request: SeatedRequest) -> HttpResponse:
    """Hand out the statement as PDF, in the reader's language; without a period, ask for one."""
    found = _asked(request)
    if found is None:
        return redirect("web:statements")
    return attachment(print_pdf("statement", statement_paper(found)), "application/pdf", _name(found, "pdf"))


@require_safe
@never_cache
@access(TRADER)
def statement_csv(request: SeatedRequest) -> HttpResponse:
    """Hand out the statement as CSV; without a period, ask for one."""
    found = _asked(request)
    if found is None:
        return redirect("web:statements")
    text = written(statement_rows(found), figures=STATEMENT_FIGURES)
    return attachment(text.encode(), "text/csv; charset=utf-8", _name(found, "csv"))


def _name(found: Statement, ending: str) -> str:
    return f"statement-{found.currency}-{found.first.isoformat()}-{found.last.isoformat()}.{ending}"


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """Return a file to save; ``name`` is our own, in plain signs."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
