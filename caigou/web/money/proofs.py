"""Provable balances: the daily commitments, open to everybody, and each company's own proof."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, TRADER, access
from caigou.accounts.current import SeatedRequest
from caigou.statements.models import Commitment, Leaf
from caigou.statements.proofs.proof import proof_of
from caigou.ui.lists import page_of
from caigou.web.money.statements import attachment


@require_safe
@access(PUBLIC)
def proofs(request: HttpRequest) -> HttpResponse:
    """Show what we committed to each day; who has a balance in it finds the proof beside it."""
    page = page_of(request, Commitment.objects.all())
    actor = getattr(request, "actor", None)
    own: set[int] = set()
    if actor is not None and actor.company_id is not None and not actor.is_staff:
        own = set(
            Leaf.objects.filter(company_id=actor.company_id, commitment__in=list(page)).values_list(
                "commitment", flat=True
            )
        )
    return render(request, "web/money/proofs.html", {"page": page, "rows": [(one, one.pk in own) for one in page]})


@require_safe
@never_cache
@access(TRADER)
def proof(request: SeatedRequest, seal: str) -> HttpResponse:
    """Hand out one's own proof of a day, for ``tools/verify_balance.py``."""
    commitment = get_object_or_404(Commitment, seal=seal)
    leaf = commitment.tree.filter(company=request.company).select_related("company", "commitment").first()
    if leaf is None:
        raise Http404
    text = json.dumps(proof_of(leaf), indent=1)
    return attachment(
        text.encode(), "application/json", f"proof-{commitment.currency}-{commitment.day.isoformat()}.json"
    )
