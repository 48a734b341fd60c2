"""Searching over the API: what may be asked, read strictly, and a page of cards with the counts of every filter."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import gettext as _
from msgspec import Raw
from pydantic import BaseModel, Field

from caigou.api.shapes import encoded, rating_of
from caigou.catalogue.cards import SUPPLIERS, Card, CardSupplier
from caigou.catalogue.models import mark_on
from caigou.files.shown import Shown
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, parse_money
from caigou.search.ports import DEEPEST, Hits, Query
from caigou.search.services import cards

Qualification = Literal["none", "licence_checked", "verified_factory"]
_PICTURE_WIDTH = 480
_MANY = 30


class SearchIn(BaseModel):
    """What to look for. Values inside one filter are alternatives; the filters together must all hold (F5)."""

    q: str = Field(default="", max_length=200, description="Words, English or Chinese; empty browses everything.")
    quantity: int | None = Field(
        default=None, ge=1, le=10_000_000, description="Prices are compared at this many units; without it at the MOQ."
    )
    currency: str = Field(default="CNY", description="Of the price filters and of sorting by price.")
    price_min: str | None = Field(default=None, max_length=20, description="Such as 12.60; included.")
    price_max: str | None = Field(default=None, max_length=20, description="Included.")
    moq: int | None = Field(default=None, ge=1, le=10_000_000, description="At most; the smallest order.")
    category: list[str] = Field(default_factory=list, max_length=_MANY, description="Slugs; goods below them count.")
    country: list[str] = Field(default_factory=list, max_length=_MANY)
    province: list[str] = Field(default_factory=list, max_length=_MANY)
    kind: list[Literal["factory", "trader"]] = Field(default_factory=list, max_length=_MANY)
    qualification: list[Qualification] = Field(default_factory=list, max_length=_MANY)
    sample: bool = Field(default=False, description="Only goods of which samples are offered.")
    own_logo: bool = Field(default=False, description="Only goods on which the supplier prints the buyer's logo.")
    lead: int | None = Field(default=None, ge=1, le=3_650, description="At most so many days until the goods leave.")
    rating: float | None = Field(default=None, ge=0, le=5, description="At least; goods without a rating don't pass.")
    exact: bool = Field(default=False, description="Only the words as they are: none corrected, none left out.")
    sort: Literal["relevance", "price", "moq", "lead", "newest", "rating"] = "relevance"
    limit: int = Field(default=24, ge=1, le=100)
    cursor: str = Field(default="", max_length=40, description="``next`` of the page before; all else unchanged.")


def query_of(asked: SearchIn) -> Query:
    """Return the query for the index; raises ``BadInput`` for what can't be read."""
    if asked.currency not in CURRENCIES:
        raise BadInput(_("Use a three-letter currency such as CNY."), fields={"currency": asked.currency[:8]})
    return Query(
        text=" ".join(asked.q.split()),
        quantity=asked.quantity,
        currency=asked.currency,
        price_min=_price(asked, "price_min"),
        price_max=_price(asked, "price_max"),
        moq_max=asked.moq,
        categories=frozenset(asked.category),
        countries=frozenset(asked.country),
        provinces=frozenset(asked.province),
        kinds=frozenset(asked.kind),
        qualifications=frozenset(asked.qualification),
        sample=asked.sample,
        own_logo=asked.own_logo,
        lead_max=asked.lead,
        rating_min=None if asked.rating is None else round(asked.rating * 10),
        sort=asked.sort,
        page=_page(asked.cursor),
        size=asked.limit,
        today=now().date(),
    )


def _price(asked: SearchIn, name: str) -> int | None:
    text: str | None = getattr(asked, name)
    if text is None:
        return None
    try:
        return max(0, parse_money(text, asked.currency).minor)
    except BadInput as error:
        raise BadInput(str(error), code=error.code, fields={name: text}) from None


def _cursor(page: int) -> str:
    return base64.urlsafe_b64encode(f"page:{page}".encode()).decode().rstrip("=")


def _page(cursor: str) -> int:
    """Return the page that a cursor of ours means; raises ``BadInput`` for any other text."""
    if not cursor:
        return 1
    try:
        word, _colon, number = (
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
        )
    except (binascii.Error, ValueError):
        word, number = "", ""
    if word != "page" or not (number.isdigit() and 1 <= int(number) <= DEEPEST):
        raise BadInput(
            _("This is no cursor of ours. Take the one that the page before gave."), fields={"cursor": cursor}
        )
    return int(number)


def search_json(asked: SearchIn, *, actor: Actor | None) -> dict[str, Any]:
    """Return a page as ``schemas.SearchOut`` describes it; raises ``BadInput`` and ``IndexNotReady``."""
    query = query_of(asked)
    answer, found = cards(query, exact=asked.exact, actor=actor)
    hits, day = answer.hits, query.today or now().date()
    return {
        "items": [_card(card, query.quantity, day) for card in found if card.pk not in answer.more],
        "more": [_card(card, query.quantity, day) for card in found if card.pk in answer.more],
        "close_in_meaning": [card.public_id for card in found if card.pk in answer.close],
        "total": hits.total,
        "facets": hits.facets,
        "next": _cursor(query.page + 1) if _has_more(query, hits) else None,
        "corrected": answer.corrected or None,
        "did_you_mean": answer.suggestion or None,
        "relaxed": answer.relaxed,
    }


def _has_more(query: Query, hits: Hits) -> bool:
    end = query.page * query.size
    return end < hits.total and end + query.size <= DEEPEST


def _card(card: Card, quantity: int | None, day: date) -> dict[str, Any]:
    many = card.orderable(quantity)
    price = card.price_of(many)
    cover = Shown.parse(card.cover) if card.cover else None
    return {
        "id": card.public_id,
        "title_en": card.title_en,
        "title_zh": card.title_zh,
        "unit": card.unit,
        "moq": card.moq,
        "order_multiple": card.order_multiple,
        "quantity": many,
        "unit_price": None if price is None else price.to_json(),
        "lead_days": card.lead_days,
        "rating": rating_of(card.rating_tenths),
        "rating_count": card.rating_count,
        "picture": cover.url(_PICTURE_WIDTH) if cover else None,
        "supplier": _supplier(card.supplier, day),
    }


@lru_cache(maxsize=SUPPLIERS)
def _supplier(supplier: CardSupplier, day: date) -> Raw:
    """Return what a card says of its supplier on ``day``, written out: remembered by all that it says."""
    said = {
        "id": supplier.public_id,
        "name_en": supplier.company.name_en,
        "name_zh": supplier.company.name_zh,
        "kind": supplier.kind,
        "qualification": mark_on(day, supplier.qualification, supplier.verified_until),
        "place": {
            "country": supplier.country,
            "province": supplier.province,
            "province_zh": supplier.province_zh,
            "city": supplier.city,
            "city_zh": supplier.city_zh,
        },
    }
    return Raw(encoded(said))
