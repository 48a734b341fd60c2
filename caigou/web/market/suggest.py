"""What stands below the search box while somebody types (F4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.search.ports import IndexNotReady
from caigou.search.services import Suggestion, suggest


def href_of(suggestion: Suggestion) -> str:
    """Return the address that a suggestion leads to: results, a category or a supplier."""
    if suggestion.kind == "category":
        return reverse("web:category", args=[suggestion.ident])
    if suggestion.kind == "supplier":
        return reverse("web:supplier", args=[suggestion.ident])
    return f"{reverse('web:search')}?{urlencode({'q': suggestion.text})}"


@require_safe
@access(PUBLIC)
def suggestions(request: Any) -> HttpResponse:
    """Show the lines of the list for htmx; without a script the typed words are searched for."""
    typed = request.GET.get("q", "")
    if not request.htmx:
        return redirect(f"{reverse('web:search')}?{urlencode({'q': typed})}")
    try:
        found = suggest(typed)
    except IndexNotReady:
        found = []
    response = render(request, "web/market/suggestions.html", {"rows": [(one, href_of(one)) for one in found]})
    response["Cache-Control"] = "private, max-age=30"
    return response
