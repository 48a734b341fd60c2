"""Take a product off the market and put it back."""

from __future__ import annotations

from django.db import transaction

from caigou.catalogue.events import ProductChanged
from caigou.catalogue.models import PRODUCT_MOVES, Product, ProductStatus
from caigou.catalogue.services.own import changed, own_product
from caigou.catalogue.services.prices import check_priced
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.states import check_move


@transaction.atomic
def withdraw_product(product_id: int, *, by: Actor) -> Product:
    """Take a product off the market: nobody can find it or ask for it, offers and orders go on. Safe to repeat.

    Raises ``NotAllowed`` for anyone but its supplier or staff.
    """
    return _set_status(product_id, ProductStatus.WITHDRAWN, by)


@transaction.atomic
def list_product(product_id: int, *, by: Actor) -> Product:
    """Put a draft or a withdrawn product on the market. Safe to repeat.

    Raises ``NotAllowed`` for anyone but its supplier or staff, ``BadInput`` for a product without a price, or with a
    variant without one where each has its own.
    """
    return _set_status(product_id, ProductStatus.LISTED, by)


def _set_status(product_id: int, status: str, by: Actor) -> Product:
    product = own_product(product_id, by=by, lock=True)
    if product.status == status:
        return product
    if status == ProductStatus.LISTED:
        check_priced(product)
    check_move(PRODUCT_MOVES, product.status, status)
    product.status = status
    product.save(update_fields=["status"])
    changed(product, by=by)
    publish(ProductChanged(product_id=product.pk))
    return product
