"""How a quantity of a product travels: cartons, volume, weights, in words; what isn't stated is said so (F6)."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product
from caigou.catalogue.packing import Carton, Packing, packing
from caigou.catalogue.settings import AIR_DIVISOR, EXPRESS_DIVISOR
from caigou.ui.formats import format_number
from caigou.web.market.measures import cubic_metres, kilograms


def packed(product: Product, quantity: int, *, divisor: int | None = None) -> Packing | None:
    """Return how the quantity is packed; None where the supplier states no carton, or for less than one unit.

    ``divisor`` is what a carrier's rate card says, in cm³ per kg; the house's own for express without one.
    """
    if not product.carton_pieces or quantity < 1:
        return None
    carton = Carton(
        product.carton_pieces,
        product.carton_length_mm,
        product.carton_width_mm,
        product.carton_height_mm,
        product.carton_weight_g,
    )
    return packing(quantity, carton, divisor=divisor or EXPRESS_DIVISOR.value)


def packing_rows(product: Product, quantity: int) -> list[tuple[str, str, str]]:
    """Return label, words and a remark of each figure; the words are empty for what can't be known."""
    language = _language()
    express, air = EXPRESS_DIVISOR.value, AIR_DIVISOR.value
    found = packed(product, quantity, divisor=express)
    if found is None:
        return []
    volume = "" if found.litres is None else cubic_metres(found.litres, language)
    gross = "" if found.gross_g is None else kilograms(found.gross_g, language)
    return [
        (_("Cartons"), format_number(found.cartons, language), _("the last not full") if found.in_last else ""),
        (_("Volume"), volume, ""),
        (_("Gross weight"), gross, ""),
        (_("Billed by express"), *_billed(found, express)),
        (_("Billed by air freight"), *_billed(packed(product, quantity, divisor=air), air)),
    ]


def _billed(found: Packing | None, divisor: int) -> tuple[str, str]:
    """Return the chargeable weight, and whether weight or volume decides it."""
    if found is None or found.chargeable_g is None:
        return "", ""
    by_volume = _("by volume, %(divisor)s cm³ per kg") % {"divisor": format_number(divisor, _language())}
    return kilograms(found.chargeable_g, _language()), by_volume if found.by_volume else _("by weight")


def _language() -> str:
    return get_language() or "en"
