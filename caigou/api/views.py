"""The operations: thin, each one question to a domain app and one answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query

from caigou.api.door import api
from caigou.api.offers import OffersIn, OffersOut, offers_json
from caigou.api.products import product_json
from caigou.api.schemas import ErrorOut, ProductOut, SearchOut
from caigou.api.search import SearchIn, search_json
from caigou.api.shapes import answer
from caigou.api.suggest import SuggestIn, SuggestOut, suggest_json


@api.get(
    "search",
    response={200: SearchOut, 400: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    url_name="search",
    summary="Goods by words and filters, with the counts of every filter",
)
def search(request: HttpRequest, asked: Query[SearchIn]) -> HttpResponse:
    """Answer with a page of goods (F4, F5)."""
    return answer(search_json(asked, actor=getattr(request, "actor", None)))


@api.get(
    "suggest",
    response={200: SuggestOut, 400: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    url_name="suggest",
    summary="Words, categories and suppliers that begin as typed and have goods",
)
def suggestions(request: HttpRequest, asked: Query[SuggestIn]) -> HttpResponse:
    """Answer with what a search box may offer (F4)."""
    return answer(suggest_json(asked))


@api.get(
    "offers",
    response={200: OffersOut, 400: ErrorOut, 422: ErrorOut},
    url_name="offers",
    summary="Offers of other platforms for some words, not verified",
)
def offers(request: HttpRequest, asked: Query[OffersIn]) -> HttpResponse:
    """Answer with what other platforms state (B1, B8); our own goods are at search."""
    return answer(offers_json(asked))


@api.get(
    "products/{public_id}",
    response={200: ProductOut, 400: ErrorOut, 404: ErrorOut},
    url_name="product",
    summary="A product with everything that is stated about it",
)
def product(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer with one product (F6, B8)."""
    found: dict[str, Any] | None = product_json(public_id, actor=getattr(request, "actor", None))
    if found is None:
        raise Http404
    return answer(found)
