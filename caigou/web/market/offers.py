"""Offers of other platforms beside the results (B1, B8): asked after the page, so that it never waits for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.search.services.offers import offers_elsewhere, platforms

_LONGEST_WORDS = 200


def offers_href(words: str) -> str:
    """Return where other platforms' offers for ``words`` stand; empty without words or platforms."""
    return f"{reverse('web:offers')}?{urlencode({'q': words})}" if words and platforms() else ""


@require_safe
@access(PUBLIC)
def offers(request: Any) -> HttpResponse:
    """Show what other platforms have for some words: as a part of the results, or as a page without a script."""
    words = " ".join(request.GET.get("q", "").split())[:_LONGEST_WORDS]
    answers = offers_elsewhere(words)
    context = {
        "q": words,
        "find_q": words,
        "answers": [answer for answer in answers if answer.reached and answer.offers],
        "unreached": [answer.name for answer in answers if not answer.reached],
        "asked": bool(answers),
        "back": f"{reverse('web:search')}?{urlencode({'q': words})}",
    }
    return render(request, f"web/market/{'offers_part' if request.htmx else 'offers'}.html", context)
