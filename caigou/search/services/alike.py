"""Find goods that look like a picture (F4): PostgreSQL compares fingerprints, the filters are those of every search.

Nothing of an upload is kept but fingerprints and one small copy to show, and these for ``KEPT`` only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from caigou.catalogue.cards import Card, cards_of
from caigou.catalogue.models import Product
from caigou.files import looks
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.search.models import AskedPicture
from caigou.search.ports import LEAD_BUCKETS, MOQ_BUCKETS, RATING_BUCKETS, Hits, Query
from caigou.search.services.finding import Results, labelled, sane

#: How long fingerprints and small copy of a picture that somebody looks for are kept.
KEPT: Final = timedelta(hours=1)
#: Goods that a picture finds, the most alike first; what comes behind them resembles it by chance.
MOST: Final = 40
#: Of the 512 bits, so many may differ. A changed picture differs from itself in 50 at most, two drawings on the same
#: ground in some 65, photos of different things in more than 100.
FURTHEST: Final = 110
#: Pictures that the whole house is shown in a minute; looking at one takes a quarter of a second of a core.
_EACH_MINUTE: Final = 120

_NEAREST = """
    SELECT product_id, min(differing) AS least FROM (
        SELECT f.product_id, least({views}) AS differing
          FROM search_fingerprint f JOIN catalogue_product p ON p.id = f.product_id AND p.status = 'listed'
         WHERE f.bits IS NOT NULL
    ) AS each WHERE differing <= %s GROUP BY product_id ORDER BY least, product_id LIMIT %s
"""
_OWN = """
    SELECT f.bits::text FROM search_fingerprint f
      LEFT JOIN catalogue_productpicture own ON (own.product_id, own.picture_id) = (f.product_id, f.picture_id)
     WHERE f.product_id = %s AND f.bits IS NOT NULL ORDER BY own.position NULLS LAST, f.id LIMIT %s
"""
_MOST_VIEWS = 4
_VIEW = "bit_count(f.bits # %s::bit(512))"


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture that is looked for: its name in addresses, its fingerprints, a small WebP of it."""

    token: str
    views: tuple[str, ...]
    small: bytes


def ask_picture(data: bytes) -> Asked:
    """Look at an upload and return what is kept of it for an hour.

    Raises ``BadInput`` (codes ``picture_…``, field ``picture``) with a sentence that says how to mend it.
    """
    if AskedPicture.objects.filter(asked_at__gt=now() - timedelta(minutes=1)).count() >= _EACH_MINUTE:
        sentence = _("Many pictures are being looked at just now. Try again in a moment.")
        raise BadInput(sentence, code="picture_busy", fields={"picture": sentence})
    look = looks.look_at(data)
    row = AskedPicture.objects.create(views=list(look.views), small=look.small)
    return Asked(row.token, look.views, look.small)


def asked_picture(token: str) -> Asked | None:
    """Return what is kept of a picture that was asked for, None once its hour is over."""
    row = AskedPicture.objects.filter(token=token, asked_at__gt=now() - KEPT).first()
    return None if row is None else Asked(row.token, tuple(row.views), bytes(row.small))


def forget_asked_pictures() -> int:
    """Clock: delete what is kept of pictures whose hour is over; return how many those were."""
    return AskedPicture.objects.filter(asked_at__lte=now() - KEPT).delete()[0]


def nearest(views: Sequence[str], most: int = MOST) -> list[int]:
    """Return ids of listed goods whose pictures look like one of ``views`` (hexadecimal), the most alike first.

    One pass over all fingerprints: 50,000 of them take some 50 ms of PostgreSQL.
    """
    if not views:
        return []
    statement = _NEAREST.format(views=", ".join([_VIEW] * len(views)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*(f"x{view}" for view in views), FURTHEST, most])
        return [product_id for product_id, _least in cursor.fetchall()]


def looks_of(product: Product) -> list[str]:
    """Return the fingerprints of a product's pictures, at most four: the first ones of its gallery."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [product.pk, _MOST_VIEWS])
        return [f"{int(bits, 2):0{looks.BITS // 4}x}" for (bits,) in cursor.fetchall()]


def find_alike(query: Query, views: Sequence[str], *, but: int | None = None, actor: Actor | None = None) -> Results:
    """Return the goods that look like ``views`` and pass the filters of ``query``; its words and its sort don't count.

    ``but`` is the id of the product that isn't to be among them. Three queries. Facets are counted among the goods that
    look like it, each without its own filter.
    """
    query = replace(sane(query), text="", sort="relevance")
    found = [card for card in cards_of(nearest(views), actor=actor) if card.pk != but]
    passing = [card for card in found if all(test(card) for test in _tests(query).values())]
    start = query.offset
    return Results(
        query,
        products=passing[start : start + query.size],
        total=len(passing),
        facets=labelled(query, Hits((), len(passing), _facets(query, found))),
    )


def _tests(query: Query) -> dict[str, Callable[[Card], bool]]:
    """Return the filters that are set, each by the facet that it belongs to."""
    every: dict[str, tuple[object, Callable[[Card], bool]]] = {
        "category": (query.categories, lambda card: bool(query.categories & set(_categories(card)))),
        "kind": (query.kinds, lambda card: card.supplier.kind in query.kinds),
        "province": (query.provinces, lambda card: card.supplier.province in query.provinces),
        "country": (query.countries, lambda card: card.supplier.country in query.countries),
        "qualification": (
            query.qualifications,
            lambda card: card.supplier.valid_qualification in query.qualifications,
        ),
        "moq": (query.moq_max, lambda card: card.moq <= (query.moq_max or 0)),
        "lead": (query.lead_max, lambda card: card.lead_days is not None and card.lead_days <= (query.lead_max or 0)),
        "rating": (query.rating_min, lambda card: (card.rating_tenths or 0) >= (query.rating_min or 0)),
        "sample": (query.sample, lambda card: bool(card.sample_offered)),
        "own_logo": (query.own_logo, lambda card: card.own_logo),
        "currency": (query.asks_price, lambda card: _price_fits(card, query)),
    }
    return {name: test for name, (wanted, test) in every.items() if wanted}


def _price_fits(card: Card, query: Query) -> bool:
    price = card.unit_price(query.quantity)
    if price is None or price.currency != query.currency:
        return False
    return (query.price_min or 0) <= price.minor <= (price.minor if query.price_max is None else query.price_max)


def _categories(card: Card) -> list[str]:
    """Return the slugs of a card's category and of all above it."""
    return card.category.split("/") if card.category else []


def _facets(query: Query, found: Sequence[Card]) -> dict[str, dict[str, int]]:
    tests = _tests(query)

    def counted(name: str, values: Callable[[Card], Iterable[Any]]) -> dict[str, int]:
        others = [test for facet, test in tests.items() if facet != name]
        cards = (card for card in found if all(test(card) for test in others))
        return dict(Counter(str(value) for card in cards for value in values(card)))

    return {
        "category": counted("category", _categories),
        "kind": counted("kind", lambda card: [card.supplier.kind]),
        "province": counted("province", lambda card: [card.supplier.province]),
        "country": counted("country", lambda card: [card.supplier.country]),
        "qualification": counted("qualification", lambda card: [card.supplier.valid_qualification]),
        "currency": counted("currency", lambda card: [card.currency] if card.steps else []),
        "moq": counted("moq", lambda card: [most for most in MOQ_BUCKETS if card.moq <= most]),
        "lead": counted(
            "lead", lambda card: [most for most in LEAD_BUCKETS if card.lead_days and card.lead_days <= most]
        ),
        "rating": counted(
            "rating", lambda card: [least for least in RATING_BUCKETS if (card.rating_tenths or 0) >= least]
        ),
        "sample": counted("sample", lambda card: ["yes"] if card.sample_offered else []),
        "own_logo": counted("own_logo", lambda card: ["yes"] if card.own_logo else []),
    }
