"""What search does on hearing of products. Handlers touch the database only; the worker's clock writes the index."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from caigou.catalogue.events import ProductChanged, ProductsChanged, SupplierChanged
from caigou.catalogue.models import Product, ProductStatus
from caigou.jobs.outbox import wake
from caigou.kernel.clock import now
from caigou.search.meaning.keeping import note_titles
from caigou.search.services.looking import note_pictures


def _note(product_ids: Iterable[int]) -> None:
    """Store one row for each in one statement, an import has thousands; the clock that indexes them ticks at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_pending (product_id, since) SELECT named, %s FROM unnest(%s::bigint[]) AS named",
            [now(), list(product_ids)],
        )
    wake("clocks")


def on_product_changed(event: ProductChanged) -> None:
    """Let the index look at the product again, and the worker at its new pictures and titles."""
    _note([event.product_id])
    note_pictures([event.product_id])
    note_titles([event.product_id])


def on_products_changed(event: ProductsChanged) -> None:
    """Let the index look at a batch of products again, and the worker at their new pictures and titles."""
    _note(event.product_ids)
    note_pictures(event.product_ids)
    note_titles(event.product_ids)


def on_supplier_changed(event: SupplierChanged) -> None:
    """Let the index look at all that the supplier has on sale: kind, place and qualification are found with it."""
    on_sale = Product.objects.filter(supplier_id=event.supplier_id, status=ProductStatus.LISTED)
    _note(on_sale.values_list("pk", flat=True))
