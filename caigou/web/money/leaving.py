"""Everything that a company has here, as one file."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.kernel.clock import now
from caigou.statements.leaving import write_all
from caigou.ui.shapes import Crumb


@require_safe
@access(TRADER)
def leaving(request: SeatedRequest) -> HttpResponse:
    """Say what is in the file, how money gets out, and offer the file."""
    crumbs = [Crumb(_("Money"), reverse("web:money")), Crumb(_("Take everything with you"))]
    return render(request, "web/money/leaving.html", {"crumbs": crumbs})


@require_safe
@never_cache
@access(TRADER)
def leaving_zip(request: SeatedRequest) -> HttpResponseBase:
    """Hand out the file."""
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_all(out, request.company, request.actor)
    out.seek(0)
    return FileResponse(
        out, as_attachment=True, filename=f"caigou-{now():%Y-%m-%d}.zip", content_type="application/zip"
    )
