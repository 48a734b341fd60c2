"""One product as a list shows it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from caigou.catalogue.models import Product
from caigou.catalogue.pricing import next_valid_quantity, tier_for
from caigou.ui.shapes import Hit


def hit_of(product: Product, quantity: int | None) -> Hit:
    """Return a row of results: the price at the smallest orderable quantity that is at least ``quantity``.

    So the price filter and the figure beside the product follow the same rule (F5).
    """
    many = next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=quantity or 1)
    tier = tier_for(product.tiers, many)
    href = reverse("web:product", args=[product.public_id])
    if quantity:
        href += "?" + urlencode({"quantity": many})
    return Hit(
        product,
        href,
        quantity=many,
        price=tier.unit_price if tier else None,
        total=tier.unit_price * many if tier else None,
        ask_href=reverse("web:ask", args=[product.public_id]) + "?" + urlencode({"quantity": many}),
    )
