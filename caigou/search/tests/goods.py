"""Products in PostgreSQL for the tests of search; the numbers that matter stand in the tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from caigou.accounts.models import Company
from caigou.catalogue.models import PriceTier, Product, Supplier

_numbers = count(1)


def supplier(**fields: Any) -> Supplier:
    company = Company.objects.create(kind="supplier", name_en="Kiln", name_zh="窑厂", country="CN")
    if fields.get("qualification", "none") != "none":
        fields.setdefault("verified_until", date(2099, 1, 1))
    return Supplier.objects.create(company=company, **fields)


def product(
    title_en: str = "", title_zh: str = "", *, seller: Supplier, tiers: dict[int, int], **fields: Any
) -> Product:
    """Store a product with ``tiers`` of quantity → minor units."""
    values = {"currency": "CNY", "moq": min(tiers, default=1), "source": "test", "external_id": f"T-{next(_numbers)}"}
    made = Product.objects.create(supplier=seller, title_en=title_en, title_zh=title_zh, **{**values, **fields})
    PriceTier.objects.bulk_create(
        PriceTier(product=made, from_quantity=quantity, unit_price_minor=minor) for quantity, minor in tiers.items()
    )
    return made
