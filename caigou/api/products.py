"""One product as JSON: everything that is stated about it, from one query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from caigou.api.shapes import money_or_none, qualification_of, rating_of
from caigou.catalogue.selectors import product_record
from caigou.files.shown import Shown
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money

_NAMED = ("name_en", "name_zh", "value_en", "value_zh")
_AS_STORED = (
    *("title_en", "title_zh", "description_en", "description_zh", "unit", "moq", "order_multiple", "quote_type"),
    *("weight_g", "lead_days", "rating_count", "sold"),
)


def product_json(public_id: str, *, actor: Actor | None) -> dict[str, Any] | None:
    """Return a product as ``schemas.ProductOut`` describes it, or None when there is none that ``actor`` may see."""
    record = product_record(public_id, actor=actor)
    if record is None:
        return None
    product = record["product"]
    currency: str = product["currency"]
    return {
        "id": product["public_id"],
        **{name: product[name] for name in _AS_STORED},
        "hs_code": product["hs_code"] or None,
        "rating": rating_of(product["rating_tenths"]),
        "category": _category(record),
        "tiers": [
            {"from_quantity": quantity, "unit_price": Money(minor, currency).to_json()}
            for quantity, minor in record["tiers"] or ()
        ],
        "variants": [_variant(row, currency) for row in record["variants"] or ()],
        "carton": {
            name: product[f"carton_{name}"] for name in ("pieces", "length_mm", "width_mm", "height_mm", "weight_g")
        },
        "sample": {
            "offered": product["sample_offered"],
            "price": money_or_none(product["sample_price_minor"], currency),
            "most": product["sample_most"],
            "days": product["sample_days"],
        },
        "customisation": [_customisation(row, currency) for row in product["customisation"]],
        "attributes": _named(product["attributes"]),
        "pictures": [
            {"width": row["width"], "height": row["height"], "href": Shown(**row).url(row["width"])}
            for row in record["pictures"] or ()
        ],
        "supplier": _supplier(record),
        "provenance": {
            "source": product["source"],
            "href": product["source_url"] or settings.CAIGOU_BASE_URL + reverse("web:product", args=[public_id]),
            "fetched_at": product["fetched_at"],
            "verified": False,
        },
    }


def _category(record: dict[str, Any]) -> dict[str, str] | None:
    if record["category"] is None:
        return None
    return {"path": record["category"], "name_en": record["category_en"], "name_zh": record["category_zh"]}


def _named(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: str(row.get(name) or "") for name in _NAMED} for row in rows]


def _variant(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "id": row["public_id"],
        "options": _named(row["options"]),
        "unit_price": money_or_none(row["unit_price_minor"], currency),
        "stock": row["stock"],
        "weight_g": row["weight_g"],
    }


def _customisation(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "kind": row.get("kind", ""),
        "moq": row.get("moq"),
        "setup_fee": money_or_none(row.get("setup_fee_minor"), currency),
        "unit_surcharge": money_or_none(row.get("unit_surcharge_minor"), currency),
        "days": row.get("days"),
        "note_en": row.get("note_en") or "",
        "note_zh": row.get("note_zh") or "",
    }


def _supplier(record: dict[str, Any]) -> dict[str, Any]:
    supplier = record["supplier"]
    return {
        "id": supplier["public_id"],
        "name_en": record["company_en"],
        "name_zh": record["company_zh"],
        "kind": supplier["kind"],
        "qualification": qualification_of(supplier["qualification"], supplier["verified_until"]),
        "place": {name: supplier[name] for name in ("country", "province", "province_zh", "city", "city_zh")},
    }
