"""What search does on hearing of products. Handlers touch the database only; the worker's clock writes the index."""

from __future__ import annotations

from collections.abc import Iterable

from caigou.catalogue.events import ProductChanged, ProductsChanged, SupplierChanged
from caigou.catalogue.models import Product, ProductStatus
from caigou.search.models import Pending


def _note(product_ids: Iterable[int]) -> None:
    Pending.objects.bulk_create(Pending(product_id=product_id) for product_id in product_ids)


def on_product_changed(event: ProductChanged) -> None:
    """Let the index look at the product again."""
    _note([event.product_id])


def on_products_changed(event: ProductsChanged) -> None:
    """Let the index look at a batch of products again."""
    _note(event.product_ids)


def on_supplier_changed(event: SupplierChanged) -> None:
    """Let the index look at all that the supplier has on sale: kind, place and qualification are found with it."""
    on_sale = Product.objects.filter(supplier_id=event.supplier_id, status=ProductStatus.LISTED)
    _note(on_sale.values_list("pk", flat=True).iterator())
