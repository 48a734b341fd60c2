"""From products in PostgreSQL to what the index holds of them: plain rows of one statement, no models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from math import log10
from typing import NamedTuple

from msgspec.json import decode

from caigou.catalogue.models import Qualification
from caigou.catalogue.pricing import QuoteType
from caigou.kernel.clock import now
from caigou.kernel.prepared import fetch_all
from caigou.search.completing import completions_of
from caigou.search.lexicon import PIECES
from caigou.search.ports import Document, Step

#: How much a qualification says for a product: a prior that orders otherwise equal goods (docs/search.md).
QUALIFIED: dict[str, float] = {Qualification.FACTORY: 0.35, Qualification.LICENCE: 0.2, Qualification.NONE: 0.0}
COMPLETE = 0.1
#: What was sold on this market says as much at a million units, and most of it with the first ones.
SOLD, MANY_SOLD = 0.3, 1_000_000
#: A product that its supplier listed or changed so lately.
FRESH, FRESH_FOR = 0.1, timedelta(days=180)

#: Products that are read at once.
CHUNK = 500

#: The products that can be found: those that everyone may see. Columns in the order of ``_Listed``.
_LISTED = """
SELECT p.id, p.title_en, p.title_zh, p.description_en, p.description_zh, p.attributes::text, p.external_id,
       s.kind, s.qualification, s.verified_until, s.country, s.province, s.city, c.path,
       p.sample_offered, p.own_logo, p.lead_days, p.rating_tenths, p.carton_pieces,
       p.currency, p.quote_type, p.moq, p.order_multiple,
       ARRAY(SELECT ARRAY[t.from_quantity::bigint, t.unit_price_minor]
               FROM catalogue_pricetier t WHERE t.product_id = p.id ORDER BY t.from_quantity),
       CASE WHEN p.quote_type = 'per_variant' THEN ARRAY(
            SELECT v.unit_price_minor FROM catalogue_variant v
             WHERE v.product_id = p.id AND v.unit_price_minor IS NOT NULL) END,
       p.updated_at, p.sold_here, s.public_id, o.name_en, o.name_zh
  FROM catalogue_product p
  JOIN catalogue_supplier s ON s.id = p.supplier_id
  JOIN accounts_company o ON o.id = s.company_id
  LEFT JOIN catalogue_category c ON c.id = p.category_id
 WHERE p.id = ANY(%s::bigint[]) AND p.status = 'listed'
"""

_CATEGORIES = "SELECT slug, name_en, name_zh FROM catalogue_category"
#: The names of each category in both languages, by slug.
Names = Mapping[str, tuple[str, str]]


class _Listed(NamedTuple):
    """One row: a product with its supplier, its category's path (None without one) and its prices in minor units."""

    id: int
    title_en: str
    title_zh: str
    description_en: str
    description_zh: str
    attributes: str
    external_id: str
    kind: str
    qualification: str
    verified_until: date | None
    country: str
    province: str
    city: str
    category: str | None
    sample_offered: bool | None
    own_logo: bool
    lead_days: int | None
    rating_tenths: int | None
    carton_pieces: int | None
    currency: str
    quote_type: str
    moq: int
    order_multiple: int
    tiers: list[list[int]]
    variants: list[int] | None
    updated_at: datetime
    sold_here: int
    supplier: str
    supplier_en: str
    supplier_zh: str


def documents_of(product_ids: Iterable[int]) -> Iterator[Document]:
    """Yield what the index holds of those of these products that are listed, in no order, some hundred at a time."""
    waiting = iter(product_ids)
    while chunk := list(islice(waiting, CHUNK)):
        rows = fetch_all(_LISTED, [chunk])
        names = {slug: (english, chinese) for slug, english, chinese in fetch_all(_CATEGORIES, [])}
        today = now().date()
        for row in rows:
            yield _document(_Listed(*row), today, names)


def _document(product: _Listed, today: date, names: Names) -> Document:
    categories = product.category.split("/") if product.category else ()
    return Document(
        id=product.id,
        title_en=product.title_en,
        title_zh=product.title_zh,
        description=f"{product.description_en}\n{product.description_zh}",
        attributes=_attributes(product, categories, names),
        external_id=product.external_id,
        kind=product.kind,
        qualification=product.qualification,
        verified_until=product.verified_until,
        country=product.country,
        province=product.province,
        city=product.city,
        categories=categories,
        sample=bool(product.sample_offered),
        own_logo=product.own_logo,
        lead_days=product.lead_days,
        rating=product.rating_tenths,
        moq=product.moq,
        currency=product.currency,
        steps=_steps(product),
        quality=sum(_prior(product, today).values()),
        updated_at=product.updated_at,
        completions=completions_of(
            title_en=product.title_en,
            title_zh=product.title_zh,
            categories=categories,
            supplier=(product.supplier, product.supplier_en, product.supplier_zh),
        ),
    )


def _attributes(product: _Listed, categories: Sequence[str], names: Names) -> str:
    """Return the names of the category and of all above it, for a necklace is jewellery, and the attributes."""
    words = [name for slug in reversed(categories) for name in names[slug]]
    for entry in decode(product.attributes):
        words += [str(entry.get("value_en", "")), str(entry.get("value_zh", ""))]
    return PIECES.join(word for word in words if word)


def prior_of(product_id: int) -> dict[str, float]:
    """Return the parts of the quality of a listed product, by name, as they would be indexed now; empty for others."""
    today = now().date()
    return next((_prior(_Listed(*row), today) for row in fetch_all(_LISTED, [[product_id]])), {})


def _prior(product: _Listed, today: date) -> dict[str, float]:
    """Return the parts of 0 to 1: the supplier's valid qualification, what was sold here, how new and how complete."""
    stated = (
        product.title_en and product.title_zh,
        product.description_en or product.description_zh,
        product.category,
        product.attributes != "[]",
        product.lead_days,
        product.carton_pieces,
    )
    is_valid = product.verified_until is not None and product.verified_until >= today
    return {
        "verified": QUALIFIED[product.qualification] if is_valid else 0.0,
        "sold": SOLD * min(1.0, log10(1 + product.sold_here) / log10(1 + MANY_SOLD)),
        "fresh": FRESH if product.updated_at.date() > today - FRESH_FOR else 0.0,
        "complete": COMPLETE * sum(map(bool, stated)) / len(stated),
    }


def _steps(product: _Listed) -> list[Step]:
    """Return ``pricing.Quote.ladder`` as the index needs it, in plain numbers: millions of them are made.

    A step begins with the smallest wish that, rounded up to the order multiple, reaches it: 101 of 120s pays for 120.
    """
    ladder = product.tiers
    if product.quote_type == QuoteType.PER_VARIANT:
        ladder = [[product.moq, min(product.variants)]] if product.variants else []
    multiple = product.order_multiple
    if multiple == 1:
        return [Step(quantity, minor) for quantity, minor in ladder]
    # Of two that begin together the deeper one counts: of 110 and 150 in hundreds, 200 reach both.
    starts = {(quantity - 1) // multiple * multiple + 1: minor for quantity, minor in ladder}
    return [Step(*step) for step in starts.items()]
