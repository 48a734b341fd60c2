"""The supplier's own catalogue as a file: hand it in with its pictures, name its columns, take goods out (F6)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import ImportRun, ImportStatus, Supplier
from caigou.catalogue.services.exports import ExportRefused, export_file
from caigou.ui.imports import pages
from caigou.ui.imports.forms import FileForm
from caigou.ui.shapes import Crumb

_DOOR: Final = pages.Door("supplier", "web:imports", "web:import", "web:import_columns", "web:import_refused")
#: Formats in which one's goods can be taken out, with their types.
_FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
}


def _own(request: SeatedRequest) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(supplier__company=request.company).select_related("supplier__company", "by")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def import_list(request: SeatedRequest) -> HttpResponse:
    """Show the supplier's own imports, newest first, and take a new file."""
    supplier = get_object_or_404(Supplier, company=request.company)
    form = FileForm(request.POST or None, request.FILES or None, supplier=supplier)
    if request.method == "POST" and form.is_valid():
        files = (form.cleaned_data["file"], form.cleaned_data["pictures"])
        run = pages.keep_and_ask(files, form, by=request.actor, seller=lambda: supplier)
        if run is not None:
            messages.success(request, _("The file is here. It is being read now."))
            return redirect("web:import", public_id=run.public_id)
    crumbs = [Crumb(_("Goods"), reverse("web:goods")), Crumb(_("Import goods"))]
    context = {"form": form, "crumbs": crumbs, **pages.list_context(request, _own(request), _DOOR)}
    return render(request, "web/desk/imports.html", context, status=422 if form.errors else 200)


@require_safe
@access(SUPPLIER)
def import_detail(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show one import: its figures, and each row that was refused or noted."""
    run = get_object_or_404(_own(request), public_id=public_id)
    return render(request, "web/desk/import.html", pages.run_context(request, run, _DOOR))


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def import_columns(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Say what the columns of a file mean; the answer is kept for the next one."""
    run = get_object_or_404(_own(request), public_id=public_id)
    if run.status != ImportStatus.COLUMNS:
        return redirect("web:import", public_id=run.public_id)
    form = pages.columns_form(request, run)
    read = request.method == "POST" and form.is_valid()
    if read and pages.read_columns(form, run, supplier=run.supplier, by=request.actor):
        messages.success(request, _("The columns have names now. The file is being read."))
        return redirect("web:import", public_id=run.public_id)
    context = pages.columns_context(form, run, _DOOR)
    return render(request, "web/desk/import_columns.html", context, status=422 if form.errors else 200)


@require_safe
@access(SUPPLIER)
def refused_csv(request: SeatedRequest, public_id: str) -> StreamingHttpResponse:
    """Hand out the report of an import as CSV."""
    return pages.report(get_object_or_404(_own(request), public_id=public_id))


@require_safe
@access(SUPPLIER)
def goods_export(request: SeatedRequest) -> HttpResponse | FileResponse:
    """Hand out all of one's own goods in the format of the import; ``?format=`` xlsx, csv or jsonl."""
    supplier = get_object_or_404(Supplier, company=request.company)
    ending = request.GET.get("format", "xlsx")
    if ending not in _FORMATS:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"goods.{ending}"
        try:
            export_file(path, by=request.actor, supplier=supplier)
        except ExportRefused as error:
            messages.error(request, str(error))
            return redirect("web:imports")
        # The file is open before its folder goes; it vanishes when it has been sent.
        opened = path.open("rb")
    return FileResponse(opened, as_attachment=True, filename=f"goods.{ending}", content_type=_FORMATS[ending])
