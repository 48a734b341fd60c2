"""Opening balances: take a file in, see what it would come to, and post it as the second person."""

from __future__ import annotations

from typing import Any

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
from caigou.kernel.errors import DomainError
from caigou.payments.bank.formats.read import MOST_BYTES
from caigou.payments.bank.formats.reasons import StatementRefused
from caigou.ui.lists import page_of, posted
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb
from caigou.wallets.opening.models import OpeningFile, OpeningKind, OpeningStatus
from caigou.wallets.opening.read import COLUMNS, MOST_ROWS
from caigou.wallets.opening.services import post_opening, refuse_opening, take_in, totals_of, uncovered_after

MOST_SHOWN = 200


class OpeningForm(forms.Form):
    """A file of balances, and the day from whose first moment on they stand."""

    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX."))
    day = forms.DateField(
        label=gettext_lazy("They stand from the beginning of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def opening(request: SeatedRequest) -> HttpResponse:
    """Show the files and take one in; a file with faults is shown with all of them, and nothing of it is kept."""
    sent = request.method == "POST"
    form = OpeningForm(request.POST, request.FILES) if sent else OpeningForm(initial={"day": now().date()})
    problems: list[Any] = []
    if sent and form.is_valid():
        file = _take_in(request, form, problems)
        if file is not None:
            return redirect("console:opening_file", public_id=file.public_id)
    context = {
        "form": form,
        "problems": problems[:MOST_SHOWN],
        "page": page_of(request, OpeningFile.objects.select_related("asked_by", "decided_by")),
        "columns": COLUMNS,
        "kinds": OpeningKind.choices,
        "most": MOST_ROWS,
        "crumbs": [Crumb(_("Finance"), reverse("console:finance")), Crumb(_("Opening balances"))],
    }
    return render(request, "console/opening.html", context, status=422 if form.errors or problems else 200)


def _take_in(request: SeatedRequest, form: OpeningForm, problems: list[Any]) -> OpeningFile | None:
    upload = form.cleaned_data["file"]
    data = upload.read(MOST_BYTES + 1)
    try:
        taken = take_in(data, upload.name or "", day=form.cleaned_data["day"], by=request.actor)
    except StatementRefused as refused:
        problems += refused.problems
        return None
    except DomainError as error:
        put_on(form, error)
        return None
    problems += taken.faults
    if taken.file is not None and taken.is_new:
        messages.success(request, _("Read without a fault. Nothing is posted before a second person agrees."))
    elif taken.file is not None:
        messages.info(request, _("This very file was taken in before."))
    return taken.file


@require_http_methods(["GET", "HEAD", "POST"])
@access(FINANCE)
def opening_file(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show what a file comes to, row by row; post it as the second person, or refuse it."""
    file = get_object_or_404(OpeningFile.objects.select_related("asked_by", "decided_by"), public_id=public_id)
    do, by = posted(request, "do"), request.actor
    if do == "post":
        seen = posted(request, "seen")
        tried(request, _("Posted."), lambda: post_opening(file.pk, seen=seen, by=by))
    elif do == "refuse":
        tried(request, _("Refused. Nothing was posted."), lambda: refuse_opening(file.pk, by=by))
    if request.method == "POST":
        return redirect("console:opening_file", public_id=public_id)
    rows = list(file.rows.select_related("company", "account"))
    waits = file.status == OpeningStatus.PROPOSED
    context = {
        "file": file,
        "rows": rows,
        "totals": [
            (currency, [(OpeningKind(kind).label, sum_) for kind, sum_ in kinds.items()], own)
            for currency, kinds, own in totals_of(rows)
        ],
        "uncovered": ", ".join(uncovered_after(rows)) if waits else "",
        "waits": waits,
        "mine": file.asked_by_id == request.user.pk,
        "crumbs": [
            Crumb(_("Finance"), reverse("console:finance")),
            Crumb(_("Opening balances"), reverse("console:opening")),
            Crumb(file.name),
        ],
    }
    return render(request, "console/opening_file.html", context)
