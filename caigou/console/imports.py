"""Catalogue files: hand one in, watch it being read, see what was refused and how to mend it (B8)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import STAFF, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import ImportRun, ImportStatus, RefusedRow, Severity
from caigou.catalogue.services.imports import ensure_supplier, request_import
from caigou.console import uploads
from caigou.console.forms import ImportForm
from caigou.kernel.errors import DomainError
from caigou.ui.shapes import Crumb, Tab
from caigou.ui.states import state_of

PAGE = 25
ROWS = 50
_UNFINISHED = (ImportStatus.WAITING, ImportStatus.RUNNING)
#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


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
    runs = ImportRun.objects.select_related("supplier__company", "by")
    page = Paginator(runs, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "runs": [(run, state_of("import", run.status, "staff")) for run in page],
        "unfinished": any(run.status in _UNFINISHED for run in page),
    }
    return render(request, "console/imports.html", context, status=422 if form.errors else 200)


def _hand_in(request: SeatedRequest, form: ImportForm) -> ImportRun | None:
    """Store the file and ask for its import; None with the reason on the form. Without a run no file stays."""
    values = form.cleaned_data
    stored = uploads.keep(values["file"])
    try:
        with transaction.atomic():
            supplier = values["supplier"]
            if values["new_supplier"].strip():
                supplier = ensure_supplier(values["new_supplier"], country=values["country"] or "CN")
            return request_import(stored, values["file"].name, by=request.actor, supplier=supplier)
    except DomainError as error:
        uploads.forget(stored)
        form.add_error(None, str(error))
    except BaseException:
        uploads.forget(stored)
        raise
    return None


@require_safe
@access(STAFF)
def import_detail(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show one import: its figures, and each row that was refused or noted."""
    run = get_object_or_404(ImportRun.objects.select_related("supplier__company", "by"), public_id=public_id)
    severity = Severity.NOTED if request.GET.get("show") == "noted" else Severity.REFUSED
    rows = RefusedRow.objects.filter(run=run, severity=severity)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "state": state_of("import", run.status, "staff"),
        "unfinished": run.status in _UNFINISHED,
        "page": page,
        "crumbs": [Crumb(_("Imports"), "../"), Crumb(run.file_name)],
        "tabs": [
            Tab(_("Refused"), "?", severity == Severity.REFUSED, run.rows_refused),
            Tab(_("Notes"), "?show=noted", severity == Severity.NOTED, run.rows_noted),
        ],
    }
    return render(request, "console/import.html", context)


class _Line:
    """What the CSV writer writes to: hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def plain_cell(value: Any) -> str:
    """Return ``value`` so that no spreadsheet runs it as a formula: a quotation mark stands before its first sign.

    >>> plain_cell("=1+1"), plain_cell("mug"), plain_cell(12)
    ("'=1+1", 'mug', '12')
    """
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


@require_safe
@access(STAFF)
def refused_csv(request: SeatedRequest, public_id: str) -> StreamingHttpResponse:
    """Hand out the report of an import as CSV, row by row: line, kind, reason, how to mend it, the row as it stood."""
    run = get_object_or_404(ImportRun, public_id=public_id)
    rows = RefusedRow.objects.filter(run=run).order_by("line", "pk").iterator(chunk_size=500)
    response = StreamingHttpResponse(_csv_lines(rows, get_language() or "en"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{run.public_id}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _csv_lines(rows: Iterable[RefusedRow], language: str) -> Iterator[str]:
    """Yield the lines; the sentences are made while they are sent, so the reader's language is set for each."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    with override(language):
        head = [_("Line"), _("Kind"), _("Reason"), _("How to mend it"), _("The row")]
    # A byte-order mark, because spreadsheet programs take the text for another encoding without it.
    yield "\ufeff" + str(writer.writerow(head))
    for row in rows:
        with override(language):
            cells = [row.line, row.get_severity_display(), row.reason, row.mend, row.raw]
        yield str(writer.writerow([plain_cell(cell) for cell in cells]))
