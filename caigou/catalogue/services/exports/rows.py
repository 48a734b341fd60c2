"""One product as a row of the import's format, read from objects that were loaded with their parts: no query here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caigou.catalogue.models import PriceTier, Product, Variant
from caigou.catalogue.services.imports.steps import own_source
from caigou.kernel.money import Money

Row = dict[str, Any]


def row_of(product: Product, seller: str) -> Row:
    """Return everything that the format knows of ``product``; ``seller`` is how the file names its supplier.

    Amounts are texts with all digits of the product's currency, sizes millimetres and grams. What isn't stated is
    null, an empty text or an empty list.
    """
    return {
        "external_id": product.external_id,
        "supplier": seller,
        "source": "" if product.source == own_source(product.supplier) else product.source,
        "status": product.status,
        "title_en": product.title_en,
        "title_zh": product.title_zh,
        "description_en": product.description_en,
        "description_zh": product.description_zh,
        "category": product.category.slug if product.category else "",
        "unit": product.unit,
        "currency": product.currency,
        "moq": product.moq,
        "order_multiple": product.order_multiple,
        "quote_type": product.quote_type,
        "tiers": [_tier(tier, product.currency) for tier in product.price_tiers.all()],
        "variants": [_variant(variant, product.currency) for variant in product.variants.all()],
        **_measures(product),
        "sample": _sample(product),
        "customisation": [_made_to_order(kind, product.currency) for kind in product.customisation],
        "hs_code": product.hs_code,
        "rating": _rating(product),
        "sold": product.sold,
        "attributes": product.attributes,
        "pictures": [f"{one.picture.sha256}.webp" for one in product.pictures.all()],
        "source_url": product.source_url,
        "drawing": product.drawing,
        "hue": product.hue,
        "look": product.look,
    }


def _amount(minor: int | None, currency: str) -> str | None:
    return None if minor is None else Money(minor, currency).amount


def _tier(tier: PriceTier, currency: str) -> Row:
    return {"from": tier.from_quantity, "price": _amount(tier.unit_price_minor, currency)}


def _variant(variant: Variant, currency: str) -> Row:
    said = {
        "external_id": variant.external_id,
        "options": variant.options,
        "price": _amount(variant.unit_price_minor, currency),
        "stock": variant.stock,
        "weight_g": variant.weight_g,
    }
    return {name: value for name, value in said.items() if value is not None}


def _measures(product: Product) -> Row:
    sides = ("pieces", "length_mm", "width_mm", "height_mm", "weight_g")
    carton = {side: getattr(product, f"carton_{side}") for side in sides}
    stated = {side: value for side, value in carton.items() if value is not None}
    return {"carton": stated or None, "weight_g": product.weight_g, "lead_days": product.lead_days}


def _sample(product: Product) -> Any:
    if not product.sample_offered:
        return product.sample_offered
    said = {
        "price": _amount(product.sample_price_minor, product.currency),
        "most": product.sample_most,
        "days": product.sample_days,
    }
    return {name: value for name, value in said.items() if value is not None}


def _made_to_order(kind: Mapping[str, Any], currency: str) -> Row:
    said = {
        "kind": kind.get("kind"),
        "moq": kind.get("moq"),
        "setup_fee": _amount(kind.get("setup_fee_minor"), currency),
        "unit_surcharge": _amount(kind.get("unit_surcharge_minor"), currency),
        "days": kind.get("days"),
        "note_en": kind.get("note_en") or None,
        "note_zh": kind.get("note_zh") or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _rating(product: Product) -> Row | None:
    tenths = product.rating_tenths
    if tenths is None:
        return None
    return {"average": f"{tenths // 10}.{tenths % 10}", "count": product.rating_count}
