"""Invoices and credit notes: the list, and each as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import MEMBER, TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.statements.invoice_paper import document_paper
from caigou.statements.models import Document, DocumentKind
from caigou.statements.printing import print_pdf
from caigou.ui.lists import asked, one_of, page_of
from caigou.ui.shapes import Crumb, Tab
from caigou.web.money.statements import attachment


@require_safe
@access(TRADER)
def documents(request: SeatedRequest) -> HttpResponse:
    """Show the company's invoices and credit notes, newest first."""
    kind = one_of(asked(request, "kind")["kind"], DocumentKind.values)
    found = Document.objects.visible_to(request.actor).select_related("order", "buyer", "seller", "corrects")
    context = {
        "page": page_of(request, found.filter(kind=kind) if kind else found),
        "tabs": [
            Tab(_("All"), "?", current=not kind),
            *(Tab(one.label, f"?kind={one.value}", current=one.value == kind) for one in DocumentKind),
        ],
        "crumbs": [Crumb(_("Money"), reverse("web:money")), Crumb(_("Invoices"))],
    }
    return render(request, "web/money/documents.html", context)


@require_safe
@never_cache
@access(MEMBER)
def document_pdf(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Hand out an invoice or a credit note in the reader's language."""
    found = get_object_or_404(Document.objects.visible_to(request.actor), public_id=public_id)
    pdf = print_pdf("invoice", document_paper(found, timezone.get_current_timezone()))
    return attachment(pdf, "application/pdf", f"{found.full_number}.pdf")
