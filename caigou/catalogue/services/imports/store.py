"""Products into their tables, some hundred at a time: new ones, changed ones, and no write for unchanged ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from caigou.catalogue.models import PriceTier, Product
from caigou.catalogue.services.imports.steps import Listing
from caigou.kernel.clock import now

#: What a file says about a product; all else (status, public id) is the platform's.
_SAID = (
    "title_en", "title_zh", "description_en", "description_zh", "unit", "currency", "moq", "order_multiple",
    "carton_pieces", "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_g", "lead_days",
    "attributes", "drawing", "hue",
)  # fmt: skip
_WRITTEN = (*_SAID, "category_id", "fetched_at", "updated_at")
_KEY = ("source", "external_id")

Key = tuple[str, str]
Tiers = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Stored:
    """What came of a batch; ``taken`` are the positions of listings that another supplier already has."""

    new: int = 0
    changed: int = 0
    same: int = 0
    taken: list[int] = field(default_factory=list)
    product_ids: list[int] = field(default_factory=list)


def store(batch: Sequence[Listing]) -> Stored:
    """Write ``batch``, in the caller's transaction, and return what changed by it.

    A product that exists keeps its public id and status. Two imports of the same product wait for each other.
    """
    existing = _existing(batch)
    tiers = _tiers_of(existing.values())
    stored = Stored()
    products: list[Product] = []
    ladders: list[tuple[Product, Tiers]] = []
    for position, listing in enumerate(batch):
        old = existing.get((listing.source, listing.row.external_id))
        if old is not None and old.supplier_id != listing.supplier_id:
            stored.taken.append(position)
            continue
        new = _product(listing)
        other_tiers = old is None or tiers.get(old.pk, ()) != listing.row.tiers
        if old is not None and not other_tiers and _same(old, new):
            stored.same += 1
            continue
        stored.new += old is None
        stored.changed += old is not None
        products.append(new)
        if other_tiers:
            ladders.append((new, listing.row.tiers))
    _write(products, ladders, existing)
    stored.product_ids = [product.pk for product in products]
    return stored


def _existing(batch: Sequence[Listing]) -> dict[Key, Product]:
    """Return and lock the products of the batch, in one order, so that two imports can't wait in a circle."""
    found: dict[Key, Product] = {}
    by_source: dict[str, list[str]] = {}
    for listing in batch:
        by_source.setdefault(listing.source, []).append(listing.row.external_id)
    for source, ids in sorted(by_source.items()):
        rows: QuerySet[Product] = Product.objects.filter(source=source, external_id__in=ids)
        found |= {(row.source, row.external_id): row for row in rows.order_by("pk").select_for_update()}
    return found


def _tiers_of(products: Iterable[Product]) -> dict[int, Tiers]:
    rows = PriceTier.objects.filter(product__in=[product.pk for product in products]).order_by("from_quantity")
    tiers: dict[int, Tiers] = {}
    for product_id, quantity, minor in rows.values_list("product_id", "from_quantity", "unit_price_minor"):
        tiers[product_id] = (*tiers.get(product_id, ()), (quantity, minor))
    return tiers


def _product(listing: Listing) -> Product:
    said: dict[str, Any] = dict(listing.row.values)
    return Product(
        source=listing.source,
        external_id=listing.row.external_id,
        supplier_id=listing.supplier_id,
        category_id=listing.category_id,
        **said,
    )


def _same(old: Product, new: Product) -> bool:
    return old.category_id == new.category_id and all(getattr(old, name) == getattr(new, name) for name in _SAID)


def _write(products: list[Product], ladders: list[tuple[Product, Tiers]], existing: dict[Key, Product]) -> None:
    if not products:
        return
    stamp = now()
    for product in products:
        product.fetched_at = product.updated_at = stamp
    products.sort(key=lambda product: (product.source, product.external_id))
    Product.objects.bulk_create(
        products,
        update_conflicts=True,
        unique_fields=_KEY,
        update_fields=[name.removesuffix("_id") for name in _WRITTEN],
    )
    replaced = [product.pk for product, _tiers in ladders if (product.source, product.external_id) in existing]
    if replaced:
        PriceTier.objects.filter(product__in=replaced).delete()
    PriceTier.objects.bulk_create(
        [
            PriceTier(product=product, from_quantity=quantity, unit_price_minor=minor)
            for product, tiers in ladders
            for quantity, minor in tiers
        ]
    )
