"""The facts that a supplier states of a product, as the product's page lists them (F6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caigou.accounts.countries import country_name
from caigou.catalogue.models import Product
from caigou.ui.formats import format_number, format_quantity


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the specification in both languages; without a value it is "not stated", never zero."""

    name_en: str
    name_zh: str
    value_en: str = ""
    value_zh: str = ""


def product_facts(product: Product) -> list[Fact]:
    """Return what the supplier states, attributes first, then packing, time and place."""
    return [*_attributes(product.attributes), *_own_facts(product)]


def _attributes(rows: Any) -> Iterator[Fact]:
    """Yield the attributes of a file; it may leave out either language."""
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and (row.get("name_en") or row.get("name_zh")):
            yield Fact(*(str(row.get(key) or "") for key in ("name_en", "name_zh", "value_en", "value_zh")))


def _own_facts(product: Product) -> Iterator[Fact]:
    language = get_language() or "en"

    def fact(name: str, value: str) -> Fact:
        return Fact(name, name, value, value)

    pieces = format_quantity(product.carton_pieces, product.unit, language) if product.carton_pieces else ""
    yield fact(_("In a carton"), pieces)
    yield fact(_("Carton size"), _carton_size(product))
    yield fact(_("Carton weight"), _kilograms(product.carton_weight_g) if product.carton_weight_g else "")
    days = product.lead_days
    yield fact(_("Time to make"), _("%(days)s days") % {"days": format_number(days, language)} if days else "")
    supplier = product.supplier
    places = [part for part in (supplier.city, supplier.province) if part]
    places_zh = [part for part in (supplier.province_zh, supplier.city_zh) if part]
    country = country_name(supplier.country)
    yield Fact(
        _("Ships from"),
        _("Ships from"),
        ", ".join([*places, country] if places else [country]),
        " ".join(places_zh) if places_zh else country,
    )


def _carton_size(product: Product) -> str:
    sides = (product.carton_length_mm, product.carton_width_mm, product.carton_height_mm)
    if not all(sides):
        return ""
    return " × ".join(_centimetres(side) for side in sides if side) + " cm"


def _centimetres(millimetres: int) -> str:
    """Write a length exactly: 460 mm is 46 cm, 455 mm is 45.5 cm.

    >>> _centimetres(460), _centimetres(455)
    ('46', '45.5')
    """
    whole, rest = divmod(millimetres, 10)
    return f"{whole}.{rest}" if rest else str(whole)


def _kilograms(grams: int) -> str:
    """Write a weight exactly, without needless zeros.

    >>> _kilograms(10_300), _kilograms(12_000), _kilograms(455)
    ('10.3 kg', '12 kg', '0.455 kg')
    """
    whole, rest = divmod(grams, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".") + " kg" if rest else f"{whole} kg"


def source_words(product: Product) -> str:
    """Say in words where the product's data come from (B8)."""
    if product.source.startswith("supplier:"):
        return _("the supplier's own catalogue")
    return product.source
