"""Reads that span tables: a whole product in one question to the database."""

from __future__ import annotations

from typing import Any

from caigou.catalogue.cards import SEEN, seen_by
from caigou.kernel.actor import Actor
from caigou.kernel.prepared import fetch_all

#: One statement: a page or an answer about one product needs no other (the parts come as JSON arrays).
_PRODUCT = f"""
SELECT to_json(p) AS product, to_json(s) AS supplier,
       c.public_id AS company, c.name_en AS company_en, c.name_zh AS company_zh,
       k.path AS category, k.name_en AS category_en, k.name_zh AS category_zh,
       (SELECT json_agg(json_build_array(t.from_quantity, t.unit_price_minor) ORDER BY t.from_quantity)
          FROM catalogue_pricetier t WHERE t.product_id = p.id) AS tiers,
       (SELECT json_agg(v ORDER BY v.position, v.id) FROM catalogue_variant v WHERE v.product_id = p.id) AS variants,
       (SELECT json_agg(json_build_object('sha256', f.sha256, 'width', f.width, 'height', f.height)
                        ORDER BY g.position, g.id)
          FROM catalogue_productpicture g JOIN files_picture f ON f.id = g.picture_id
         WHERE g.product_id = p.id) AS pictures
  FROM catalogue_product p
  JOIN catalogue_supplier s ON s.id = p.supplier_id
  JOIN accounts_company c ON c.id = s.company_id
  LEFT JOIN catalogue_category k ON k.id = p.category_id
 WHERE p.public_id = %s AND {SEEN}
"""  # noqa: S608  no part of it comes from outside
_COLUMNS = (
    *("product", "supplier", "company", "company_en", "company_zh", "category", "category_en", "category_zh"),
    *("tiers", "variants", "pictures"),
)


def product_record(public_id: str, *, actor: Actor | None) -> dict[str, Any] | None:
    """Return everything that is stated about a product as plain values, or None when ``actor`` may not see it.

    All see listed goods, a supplier its own, staff all. Prices are minor units of the product's currency. One query.
    """
    rows = fetch_all(_PRODUCT, [public_id, *seen_by(actor)])
    return dict(zip(_COLUMNS, rows[0], strict=True)) if rows else None
