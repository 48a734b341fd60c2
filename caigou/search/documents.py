"""From a product in PostgreSQL to what the index holds of it."""

from __future__ import annotations

from caigou.catalogue.models import Product, Qualification
from caigou.catalogue.pricing import Tier
from caigou.search.lexicon import PIECES
from caigou.search.ports import Document, Step

#: How much a qualification says for a product: a prior that orders otherwise equal goods (docs/search.md).
QUALIFIED = {Qualification.FACTORY: 0.35, Qualification.LICENCE: 0.2, Qualification.NONE: 0.0}
COMPLETE = 0.1


def _attributes(product: Product) -> str:
    words = [product.category.name_en, product.category.name_zh] if product.category else []
    for entry in product.attributes:
        words += [str(entry.get("value_en", "")), str(entry.get("value_zh", ""))]
    return PIECES.join(word for word in words if word)


def _quality(product: Product) -> float:
    """Return 0 to 1: the supplier's valid qualification, and how much is stated about the product."""
    stated = (
        product.title_en and product.title_zh,
        product.description_en or product.description_zh,
        product.category_id,
        product.attributes,
        product.lead_days,
        product.carton_pieces,
    )
    qualified = QUALIFIED[Qualification(product.supplier.valid_qualification)]
    return qualified + COMPLETE * sum(map(bool, stated)) / len(stated)


def _reached_from(product: Product, tier: Tier) -> int:
    """Return the smallest wish that, rounded up to the order multiple, reaches ``tier``: 101 of 120s pays for 120."""
    multiple = product.order_multiple
    return (tier.from_quantity - 1) // multiple * multiple + 1


def document_of(product: Product) -> Document:
    """Return what the index holds of ``product``; reads its supplier, category and price tiers."""
    supplier = product.supplier
    return Document(
        id=product.pk,
        title_en=product.title_en,
        title_zh=product.title_zh,
        description=f"{product.description_en}\n{product.description_zh}",
        attributes=_attributes(product),
        external_id=product.external_id,
        kind=supplier.kind,
        qualification=supplier.qualification,
        verified_until=supplier.verified_until,
        country=supplier.country,
        province=supplier.province,
        city=supplier.city,
        categories=product.category.path.split("/") if product.category else (),
        sample=bool(product.sample_offered),
        own_logo=product.own_logo,
        lead_days=product.lead_days,
        rating=product.rating_tenths,
        moq=product.moq,
        currency=product.currency,
        steps=[Step(_reached_from(product, tier), tier.unit_price.minor) for tier in product.tiers],
        quality=_quality(product),
        updated_at=product.updated_at,
    )
