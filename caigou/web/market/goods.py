"""One product as a list shows it."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse
from django.utils.http import urlencode

from caigou.catalogue.cards import Card
from caigou.catalogue.models import Product
from caigou.catalogue.pricing import next_valid_quantity, tier_for
from caigou.ui.shapes import Hit
from caigou.ui.words import foreign_source


def product_href(product: Product | Card, quantity: int | None = None) -> str:
    """Return the address of a product's page, for ``quantity`` units."""
    href = reverse("web:product", args=[product.public_id])
    return f"{href}?{urlencode({'quantity': quantity})}" if quantity else href


def ask_href(product: Product | Card, quantity: int) -> str:
    """Return the address at which a buyer asks for an offer of so many."""
    return reverse("web:ask", args=[product.public_id]) + "?" + urlencode({"quantity": quantity})


def turn_href(public_id: str, quantity: int | None = None) -> str:
    """Return the address that a box beside a product calls when it is ticked or unticked."""
    turn = {"one": public_id} | ({"quantity": str(quantity)} if quantity else {})
    return f"{reverse('web:tray')}?{urlencode(turn)}"


def hit_of(product: Product | Card, quantity: int | None, *, tray: Collection[str] | None = None) -> Hit:
    """Return a row of results: the price at the smallest orderable quantity that is at least ``quantity``.

    So the price filter and the figure beside the product follow the same rule (F5). With a ``tray`` (the public ids
    of what is compared), the row can be put into it.
    """
    many = next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=quantity or 1)
    tier = tier_for(product.tiers, many)
    return Hit(
        product,
        product_href(product, many if quantity else None),
        quantity=many,
        price=tier.unit_price if tier else None,
        total=tier.unit_price * many if tier else None,
        ask_href=ask_href(product, many),
        compare_href="" if tray is None else turn_href(product.public_id, quantity),
        compared=tray is not None and product.public_id in tray,
        source=foreign_source(product.source),
    )
