"""How much of a product was sold on this market (F5). Who knows the orders tells it: orders."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from caigou.catalogue.events import ProductChanged
from caigou.catalogue.models import Product
from caigou.jobs.outbox import publish


@transaction.atomic
def record_sold(product_id: int, *, units: int) -> None:
    """Add ``units`` of the product, those of one completed order, to what was sold; what is searched for follows.

    Adds each time it is called: call it once an order, in the transaction that notes that it was.
    """
    Product.objects.filter(pk=product_id).update(sold_here=F("sold_here") + units)
    publish(ProductChanged(product_id=product_id))
