"""A supplier's page: what it states, what was checked by whom and when, how it answers, what it sells (F5, F6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.models import Evidence, Product, ProductStatus, Supplier
from caigou.ui.formats import format_span
from caigou.web.market.facts import origin_fact, tenths
from caigou.web.market.goods import hit_of
from caigou.web.market.kept import tray_of
from caigou.web.market.tray import tray_context

#: Goods on one page of a supplier's list.
PAGE = 12


@dataclass(frozen=True, slots=True)
class Record:
    """How a supplier has done; empty words where nobody could know yet. Figures always come with their count."""

    rating: str
    ratings: int
    answered: int | None
    answers_in: str
    requests: int


def record_of(supplier: Supplier) -> Record:
    """Return the figures of a supplier, as of the last time they were counted."""
    minutes = supplier.answer_minutes
    return Record(
        rating=tenths(supplier.rating_tenths),
        ratings=supplier.rating_count,
        answered=supplier.answered_percent,
        answers_in="" if minutes is None else format_span(timedelta(minutes=minutes), get_language() or "en"),
        requests=supplier.inquiries_counted,
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of evidence, and what became of it: it counts, it has expired, or it was taken back."""

    evidence: Evidence
    valid: bool
    word: str


def papers_of(supplier: Supplier) -> list[Paper]:
    """Return the evidence that was checked, what counts first; what expired or was taken back stays, as history."""
    rows = [Paper(one, one.is_valid, _state(one)) for one in supplier.evidence.all()]
    return sorted(rows, key=lambda paper: not paper.valid)


def _state(evidence: Evidence) -> str:
    if evidence.revoked_at is not None:
        return _("Taken back")
    return _("Valid") if evidence.is_valid else _("Expired")


@require_safe
@access(PUBLIC)
def supplier(request: Any, public_id: str) -> HttpResponse:
    """Show a supplier with its evidence, its figures and the goods that it lists."""
    found = get_object_or_404(Supplier.objects.select_related("company"), public_id=public_id)
    goods = Product.objects.filter(supplier=found, status=ProductStatus.LISTED).for_cards().order_by("-pk")
    page = Paginator(goods, PAGE).get_page(request.GET.get("page"))
    ids, here = tray_of(request), [product.public_id for product in page]
    context = {
        "supplier": found,
        "record": record_of(found),
        "papers": papers_of(found),
        "origin": origin_fact(found, _("Ships from")),
        "page": page,
        "hits": [hit_of(product, None, tray=ids) for product in page],
        "total": page.paginator.count,
    }
    context |= tray_context(request, None, back=request.get_full_path(), here=here)
    return render(request, "web/market/supplier.html", context)
