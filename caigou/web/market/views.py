"""The market: the start page, the results of a search, and the page of a category."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.cards import newest_cards
from caigou.catalogue.tree import tree
from caigou.orders.settings import CONFIRM_DAYS
from caigou.web.market.asked import filled
from caigou.web.market.demonstration import people_rows
from caigou.web.market.goods import hit_of
from caigou.web.market.kept import tray_of
from caigou.web.market.linked import named_answer
from caigou.web.market.looks import PICTURES, keep_view, view_of
from caigou.web.market.offers import offers_href
from caigou.web.market.results import results_page
from caigou.web.market.seen import seen_hits
from caigou.web.market.shelves import branch_crumbs, groups, shelves_below, tree_crumbs
from caigou.web.market.tray import tray_context

#: Goods on the start page.
NEWEST, LATELY = 10, 5


@require_safe
@access(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page: the find field, the categories, what was seen last, the newest goods, how buying works."""
    context = {
        "groups": groups(),
        "seen": seen_hits(request, LATELY),
        "newest": [hit_of(card, None) for card in newest_cards(NEWEST)],
        "confirm_days": CONFIRM_DAYS.value,
        "people": people_rows(),
        "no_find": True,
    }
    return render(request, "web/market/home.html", context | tray_context(request, None, back=request.path))


@require_safe
@access(PUBLIC)
def categories(request: HttpRequest) -> HttpResponse:
    """Show the whole tree of categories that have goods, with their counts (F5)."""
    context = {"groups": groups(named=None), "crumbs": tree_crumbs()}
    return render(request, "web/market/categories.html", context | tray_context(request, None, back=request.path))


@require_safe
@access(PUBLIC)
def search(request: Any) -> HttpResponse:
    """Show what the index finds, with filters, in the reader's language (F4, F5); a link leads to its goods."""
    named = named_answer(request)
    if named is not None:
        return named
    chosen = request.GET.getlist("category")
    crumbs = branch_crumbs(chosen[0], last=False) if len(chosen) == 1 else []
    return _results(request, {"crumbs": crumbs})


@require_safe
@access(PUBLIC)
def category(request: Any, slug: str) -> HttpResponse:
    """Show the goods of a category and of all below it: the same page as a search, with the way that leads there."""
    branch = tree().get(slug)
    if branch is None:
        raise Http404
    about = {"branch": branch, "crumbs": branch_crumbs(slug), "shelves": shelves_below(slug)}
    return _results(request, about, shelf=slug)


def _results(request: Any, about: dict[str, Any], *, shelf: str = "") -> HttpResponse:
    ids = tray_of(request)
    context = results_page(request.GET, request.actor, tray=ids, shelf=shelf)
    address = filled(request.GET)
    here = f"{request.path}?{address}" if address else request.path
    ticked = [hit.product.public_id for hit in context["hits"]]
    context |= tray_context(request, context["quantity"], back=here, here=ticked)
    context["offers_href"] = offers_href(context["q"]) if context["page"].number == 1 else ""
    context["as_pictures"] = view_of(request) == PICTURES
    response = render(request, "web/market/search.html", context | about)
    keep_view(request, response)
    if request.htmx:
        # The address that a person copies holds only what was chosen, not every empty field of the form.
        response["HX-Push-Url"] = here
    return response
