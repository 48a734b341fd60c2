"""Whose product it is: only its supplier and staff change it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.catalogue.models import Product, Supplier
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import NotAllowed


def own_product(product_id: int, *, by: Actor, lock: bool = False) -> Product:
    """Return the product, locked if asked for; raises ``NotAllowed`` for anyone but its supplier or staff."""
    products = Product.objects.select_related("supplier")
    product = (products.select_for_update(of=("self",)) if lock else products).get(pk=product_id)
    check_own(product.supplier, by)
    return product


def check_own(supplier: Supplier, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` sits at this supplier or is staff."""
    at_home = by.role == "supplier" and supplier.company_id == by.company_id
    if not (by.is_staff or by.is_system or at_home):
        raise NotAllowed(_("Only the supplier of this product may do this."))


def changed(product: Product, *, by: Actor) -> None:
    """Write down who changed it and when."""
    product.updated_at = now()
    product.edited_by_id = by.user_id
    product.save(update_fields=["updated_at", "edited_by"])
