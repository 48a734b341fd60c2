"""What the pages of an import hold, whichever door they stand behind; the door gives its own addresses."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from caigou.catalogue.models import ImportRun, ImportStatus, RefusedRow, Severity, Supplier
from caigou.catalogue.services.imports import read_with, request_import, save_mapping
from caigou.catalogue.services.imports.columns import CONSTANTS
from caigou.catalogue.services.imports.formulas import disarmed
from caigou.kernel.actor import Actor
from caigou.kernel.errors import DomainError
from caigou.ui.imports import uploads
from caigou.ui.imports.columns_form import ColumnsForm
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb, Tab
from caigou.ui.states import Side, state_of

PAGE: Final = 25
ROWS: Final = 50
_UNFINISHED: Final = (ImportStatus.WAITING, ImportStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Door:
    """Where the pages of an import stand: the names of their addresses, and who looks."""

    side: Side
    list: str
    one: str
    columns: str
    report: str


def keep_and_ask(
    files: tuple[UploadedFile[bytes], UploadedFile[bytes] | None],
    form: forms.Form,
    *,
    by: Actor,
    seller: Callable[[], Supplier | None],
) -> ImportRun | None:
    """Store the files and ask for their import; None with the reason on the form, and then no file stays."""
    file, pictures = files
    stored = [uploads.keep(each) for each in (file, pictures) if each is not None]
    mapping = form.cleaned_data.get("mapping")
    try:
        with transaction.atomic():
            return request_import(
                stored[0],
                file.name or "",
                by=by,
                supplier=seller(),
                mapping=mapping.public_id if mapping else None,
                pictures_as=stored[1] if pictures is not None else "",
            )
    except DomainError as error:
        _forget(stored)
        form.add_error(None, str(error))
    except BaseException:
        _forget(stored)
        raise
    return None


def _forget(stored: Iterable[str]) -> None:
    for name in stored:
        uploads.forget(name)


def list_context(request: HttpRequest, runs: QuerySet[ImportRun], door: Door) -> dict[str, Any]:
    """Return all imports, newest first, a page of them."""
    page = Paginator(runs.select_related("supplier__company", "by"), PAGE).get_page(request.GET.get("page"))
    rows = [(run, state_of("import", run.status, door.side), reverse(door.one, args=[run.public_id])) for run in page]
    return {"page": page, "runs": rows, "unfinished": any(run.status in _UNFINISHED for run in page)}


def run_context(request: HttpRequest, run: ImportRun, door: Door) -> dict[str, Any]:
    """Return one import: its figures, and each row that was refused or noted."""
    severity = Severity.NOTED if request.GET.get("show") == "noted" else Severity.REFUSED
    rows = RefusedRow.objects.filter(run=run, severity=severity)
    return {
        "run": run,
        "state": state_of("import", run.status, door.side),
        "unfinished": run.status in _UNFINISHED,
        "columns_url": reverse(door.columns, args=[run.public_id]) if run.status == ImportStatus.COLUMNS else "",
        "report_url": reverse(door.report, args=[run.public_id]),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "crumbs": [Crumb(_("Imports"), reverse(door.list)), Crumb(run.file_name)],
        "tabs": [
            Tab(_("Refused"), "?", severity == Severity.REFUSED, run.rows_refused),
            Tab(_("Notes"), "?show=noted", severity == Severity.NOTED, run.rows_noted),
        ],
    }


def columns_form(request: HttpRequest, run: ImportRun) -> ColumnsForm:
    """Return the form for a run that waits for the names of its columns, bound if somebody sent it."""
    stem = run.file_name.partition(".")[0][:80]
    return ColumnsForm(request.POST or None, run=run, initial={"name": stem})


def columns_context(form: ColumnsForm, run: ImportRun, door: Door) -> dict[str, Any]:
    """Return the page on which the columns are named."""
    one = reverse(door.one, args=[run.public_id])
    crumbs = [Crumb(_("Imports"), reverse(door.list)), Crumb(run.file_name, one), Crumb(_("Columns"))]
    return {"form": form, "run": run, "crumbs": crumbs, "back": one}


def read_columns(form: ColumnsForm, run: ImportRun, *, supplier: Supplier | None, by: Actor) -> bool:
    """Keep what was said and let the worker read the file; False with the reason on the form."""
    try:
        with transaction.atomic():
            mapping = save_mapping(form.cleaned_data["name"], form.columns, form.constants, supplier=supplier, by=by)
            read_with(run.pk, mapping, by=by)
    except DomainError as error:
        put_on(form, error, {name: f"all_{name}" for name in CONSTANTS})
        return False
    return True


class _Line:
    """What the CSV writer writes to: hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def report(run: ImportRun) -> StreamingHttpResponse:
    """Hand out what became of each row as CSV: line, kind, reason, how to mend it, the row as it stood."""
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
        yield str(writer.writerow([disarmed(str(cell)) for cell in cells]))
