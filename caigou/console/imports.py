"""Catalogue files: hand one in, name its columns, watch it being read, see what was refused and how to mend it (B8)."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import ImportRun, ImportStatus, Supplier
from caigou.catalogue.services.imports import ensure_supplier
from caigou.console.forms import ImportForm
from caigou.ui.imports import pages

_DOOR: Final = pages.Door(
    "staff", "console:imports", "console:import", "console:import_columns", "console:import_refused"
)


@require_http_methods(["GET", "HEAD", "POST"])
@access(STAFF)
def import_list(request: SeatedRequest) -> HttpResponse:
    """Show all imports, newest first, and take a new file."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        run = _hand_in(request, form)
        if run is not None:
            messages.success(request, _("The file is here. It is being read now."))
            return redirect("console:import", public_id=run.public_id)
    context = {"form": form, **pages.list_context(request, ImportRun.objects.all(), _DOOR)}
    return render(request, "console/imports.html", context, status=422 if form.errors else 200)


def _hand_in(request: SeatedRequest, form: ImportForm) -> ImportRun | None:
    values = form.cleaned_data

    def seller() -> Supplier | None:
        if values["new_supplier"].strip():
            return ensure_supplier(values["new_supplier"], country=values["country"] or "CN")
        chosen: Supplier | None = values["supplier"]
        return chosen

    return pages.keep_and_ask((values["file"], values["pictures"]), form, by=request.actor, seller=seller)


@require_safe
@access(STAFF)
def import_detail(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show one import: its figures, and each row that was refused or noted."""
    run = get_object_or_404(ImportRun.objects.select_related("supplier__company", "by"), public_id=public_id)
    return render(request, "console/import.html", pages.run_context(request, run, _DOOR))


@require_http_methods(["GET", "HEAD", "POST"])
@access(STAFF)
def import_columns(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Say what the columns of a file mean; the answer is kept for its supplier, or for all where there is none."""
    run = get_object_or_404(ImportRun.objects.select_related("supplier__company"), public_id=public_id)
    if run.status != ImportStatus.COLUMNS:
        return redirect("console:import", public_id=run.public_id)
    form = pages.columns_form(request, run)
    read = request.method == "POST" and form.is_valid()
    if read and pages.read_columns(form, run, supplier=run.supplier, by=request.actor):
        messages.success(request, _("The columns have names now. The file is being read."))
        return redirect("console:import", public_id=run.public_id)
    context = pages.columns_context(form, run, _DOOR)
    return render(request, "console/import_columns.html", context, status=422 if form.errors else 200)


@require_safe
@access(STAFF)
def refused_csv(request: SeatedRequest, public_id: str) -> StreamingHttpResponse:
    """Hand out the report of an import as CSV."""
    return pages.report(get_object_or_404(ImportRun, public_id=public_id))
