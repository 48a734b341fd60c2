"""The page of results: what was found for an address, the filters with their counts, the goods (F4, F5)."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.http import urlencode

from caigou.kernel.actor import Actor
from caigou.search.ports import DEEPEST
from caigou.search.services import Query, Results, find, write_query
from caigou.ui.shapes import Terms
from caigou.web.market.asked import read, without
from caigou.web.market.goods import hit_of
from caigou.web.market.rail import Chosen, chosen_filters, facets, loosest


def results_page(get: QueryDict, actor: Actor | None, *, tray: list[str], shelf: str = "") -> dict[str, Any]:
    """Return the context of the results page; ``tray`` are the goods to compare, ``shelf`` the page's category."""
    asked = read(get, shelf=shelf)
    query = asked.query
    found = find(query, exact=asked.exact, actor=actor)
    chosen = [] if found.rebuilding else chosen_filters(found, shelf=shelf)
    return {
        "q": query.text,
        "find_q": query.text,
        "quantity": query.quantity,
        # What can't be read stands in its field as it was typed, to be mended there.
        "typed_quantity": asked.typed.get("quantity", query.quantity),
        "sort": query.sort,
        "terms": Terms(query.quantity, href="#filter-quantity"),
        "mistakes": asked.mistakes,
        "rebuilding": found.rebuilding,
        "unreachable": found.unreachable,
        "total": found.total,
        "also": found.also,
        "exact": asked.exact,
        "corrected": found.corrected,
        "suggestion": found.suggestion,
        "relaxed": found.relaxed,
        "hits": [hit_of(product, query.quantity, tray=tray) for product in found.products],
        "more": [hit_of(product, query.quantity, tray=tray) for product in found.more],
        "close": sum(product.pk in found.close for product in found.more),
        "facets": [] if found.rebuilding else facets(found, shelf=shelf, typed=asked.typed),
        "compared": query.currency if query.asks_price and len(found.facets.get("currency", ())) > 1 else "",
        "chosen": [(one, without(get, one.names)) for one in chosen],
        "clear": without(get, [name for one in chosen for name in one.names]),
        "loosen": None if found.total else _loosen(chosen, found, get),
        "page": _pager(found),
        "why_asked": _why(asked.query, exact=asked.exact) if actor is not None and actor.is_staff else "",
    }


def _why(query: Query, *, exact: bool) -> str:
    """Return how a product's page of reasons is asked about this search, for staff."""
    return urlencode({"query": write_query(query), **({"exact": "yes"} if exact else {})})


def _loosen(chosen: list[Chosen], found: Results, get: QueryDict) -> tuple[Chosen, str] | None:
    one = loosest(chosen, found)
    return None if one is None else (one, without(get, one.names))


def _pager(found: Results) -> Page[int]:
    """Return Django's page object over the places alone: the goods of this page are fetched already."""
    return Paginator(range(min(found.total, DEEPEST)), found.query.size).get_page(found.page)
