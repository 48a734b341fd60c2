"""Invoices and credit notes of everybody, and the journal as a file for the bookkeeper."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from caigou.accounts.access import FINANCE, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.statements.journal import journal_parts
from caigou.statements.models import Document
from caigou.ui.lists import page_of

_DAY = {"type": "date"}
#: As many days of the journal in one file.
_MOST_DAYS = 400


class DaysForm(forms.Form):
    """From which day to which."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))


def _this_month() -> tuple[date, date]:
    today = now().date()
    return today.replace(day=1), today


@require_safe
@access(FINANCE)
def documents(request: SeatedRequest) -> HttpResponse:
    """Show all documents, newest first, and offer the journal."""
    first, last = _this_month()
    found = Document.objects.visible_to(request.actor).select_related("order", "buyer", "seller", "corrects")
    context = {"page": page_of(request, found), "form": DaysForm(initial={"first": first, "last": last})}
    return render(request, "console/documents.html", context)


@require_safe
@access(FINANCE)
def journal(request: SeatedRequest) -> StreamingHttpResponse:
    """Hand out the journal of the asked days as CSV, of this month without any, at most 400 days."""
    form = DaysForm(request.GET)
    first, last = (form.cleaned_data["first"], form.cleaned_data["last"]) if form.is_valid() else _this_month()
    last = min(last, first + timedelta(days=_MOST_DAYS))
    name = f"journal-{first.isoformat()}-{last.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(journal_parts(first, last), content_type="text/csv; charset=utf-8", headers=headers)
