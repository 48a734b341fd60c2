"""Write and change a product by hand, part by part: words, packing, samples and what is made to order (F6, B8).

Prices and variants stand in ``prices.py``, pictures in ``pictures.py``. Each function takes one part as the page shows
it and, as ``seen``, the mark of what the page showed (``seen.py``), checks it by the rules of the import, and tells the
index. What the source of a product says stays its source: the next import of the same file writes over what was changed
here, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.events import ProductChanged
from caigou.catalogue.models import Category, Product, ProductStatus, QuoteKind, Supplier
from caigou.catalogue.services.imports.details import (
    CUSTOMISATIONS,
    MOST_ATTRIBUTES,
    MOST_CUSTOMISATIONS,
    MOST_NOTE,
    MOST_OF_ATTRIBUTE,
    SAMPLE_COUNTS,
    STATED,
)
from caigou.catalogue.services.imports.values import MOST_UNITS, readable
from caigou.catalogue.services.own import changed, check_own, own_product
from caigou.catalogue.services.seen import check_seen, mark_of
from caigou.catalogue.services.typed import prose, text, within
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, Money

#: Days that making to order adds, at most.
_MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Words:
    """How a product is called, and what it is. ``attributes`` have name and value in both languages."""

    title_en: str
    title_zh: str
    description_en: str = ""
    description_zh: str = ""
    category: Category | None = None
    unit: str = "piece"
    attributes: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Packing:
    """A carton in pieces, millimetres and grams; one packed unit in grams; days to make. None: not stated."""

    carton_pieces: int | None = None
    carton_length_mm: int | None = None
    carton_width_mm: int | None = None
    carton_height_mm: int | None = None
    carton_weight_g: int | None = None
    weight_g: int | None = None
    lead_days: int | None = None
    hs_code: str = ""


@dataclass(frozen=True, slots=True)
class Custom:
    """One thing that is made to order; sums are in the product's currency, None: not stated."""

    kind: str
    moq: int | None = None
    setup_fee: Money | None = None
    unit_surcharge: Money | None = None
    days: int | None = None
    note_en: str = ""
    note_zh: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """Samples and what is made to order. ``sample_offered`` None: not stated; a price of 0 is free."""

    sample_offered: bool | None = None
    sample_price: Money | None = None
    sample_most: int | None = None
    sample_days: int | None = None
    customisation: Sequence[Custom] = ()


@transaction.atomic
def open_draft(supplier_id: int, words: Words, *, currency: str, moq: int, by: Actor) -> Product:
    """Write a new product down as a draft that only its supplier and staff see.

    Raises ``NotAllowed`` for anyone else, ``BadInput`` naming the field at fault.
    """
    supplier = Supplier.objects.get(pk=supplier_id)
    check_own(supplier, by)
    if currency not in CURRENCIES or currency == "PTS":
        raise BadInput(_("Choose a currency of the list."), fields={"currency": ""})
    within(moq, "moq", 1, MOST_UNITS)
    product = Product(supplier=supplier, source=f"desk:{supplier.public_id}", currency=currency, moq=moq)
    product.external_id = product.public_id
    product.status = ProductStatus.DRAFT
    product.quote_type = QuoteKind.BY_QUANTITY
    _put_words(product, words)
    product.edited_by_id = by.user_id
    product.save()
    return product


@transaction.atomic
def save_words(product_id: int, words: Words, *, by: Actor, seen: str | None = None) -> Product:
    """Change titles, descriptions, category, unit and attributes.

    Raises as ``open_draft`` does, and ``ChangedMeanwhile``.
    """
    product = own_product(product_id, by=by, lock=True)
    check_seen(mark_of(product, "words"), seen)
    _put_words(product, words)
    return _stored(product, by)


def _put_words(product: Product, words: Words) -> None:
    product.title_en = text(words.title_en, "title_en")
    product.title_zh = text(words.title_zh, "title_zh")
    if not readable(product.title_en) and not readable(product.title_zh):
        raise BadInput(_("Give the product a title, in Chinese or in English."), fields={"title_zh": ""})
    product.description_en = prose(words.description_en, "description_en")
    product.description_zh = prose(words.description_zh, "description_zh")
    product.category = words.category
    product.unit = text(words.unit, "unit") or "piece"
    if len(words.attributes) > MOST_ATTRIBUTES:
        raise BadInput(_("A product has at most %(most)s attributes.") % {"most": MOST_ATTRIBUTES})
    product.attributes = [_attribute(entry) for entry in words.attributes]


def _attribute(entry: Mapping[str, str]) -> dict[str, str]:
    names = ("name_en", "name_zh", "value_en", "value_zh")
    said = {name: text(entry.get(name, ""), "attributes", MOST_OF_ATTRIBUTE) for name in names}
    if not (said["name_en"] or said["name_zh"]) or not (said["value_en"] or said["value_zh"]):
        raise BadInput(_("An attribute needs a name and a value, each in one language at least."))
    return said


@transaction.atomic
def save_packing(product_id: int, packing: Packing, *, by: Actor, seen: str | None = None) -> Product:
    """Change carton, weights, lead time and HS hint.

    Raises ``NotAllowed``, ``ChangedMeanwhile``, and ``BadInput`` naming the field at fault with its bounds: also for a
    carton that weighs less than what is in it.
    """
    product = own_product(product_id, by=by, lock=True)
    check_seen(mark_of(product, "packing"), seen)
    for field, bounds in STATED.items():
        within(getattr(packing, field, None), field, *bounds)
    if packing.hs_code and not (packing.hs_code.isascii() and packing.hs_code.isdigit()):
        raise BadInput(_("An HS code has 6 to 10 digits."), fields={"hs_code": ""})
    if packing.hs_code and not 6 <= len(packing.hs_code) <= 10:
        raise BadInput(_("An HS code has 6 to 10 digits."), fields={"hs_code": ""})
    _check_carton(packing)
    for field in Packing.__dataclass_fields__:
        setattr(product, field, getattr(packing, field))
    return _stored(product, by)


def _check_carton(packing: Packing) -> None:
    sides = (packing.carton_length_mm, packing.carton_width_mm, packing.carton_height_mm)
    if any(sides) and not all(sides):
        raise BadInput(_("State all three sides of the carton, or none."), fields={"carton_length_mm": ""})
    inside = (packing.carton_pieces or 0) * (packing.weight_g or 0)
    if packing.carton_weight_g and inside > packing.carton_weight_g * 105 // 100:
        raise BadInput(
            _("The carton weighs less than what is in it: %(grams)s g. Check the pieces and both weights.")
            % {"grams": inside},
            fields={"carton_weight_g": ""},
        )


@transaction.atomic
def save_service(product_id: int, service: Service, *, by: Actor, seen: str | None = None) -> Product:
    """Change the sample policy and what is made to order.

    Raises ``NotAllowed``, ``ChangedMeanwhile``, and ``BadInput`` for sums in another currency than the product's or
    below zero, for counts beyond their bounds, and for a kind that is no kind or stands there twice.
    """
    product = own_product(product_id, by=by, lock=True)
    check_seen(mark_of(product, "service"), seen)
    offered = bool(service.sample_offered)
    product.sample_offered = service.sample_offered
    product.sample_price_minor = _minor(service.sample_price, product, "sample_price") if offered else None
    for field, bounds in SAMPLE_COUNTS.items():
        setattr(product, field, within(getattr(service, field), field, *bounds) if offered else None)
    kinds = [custom.kind for custom in service.customisation]
    if len(kinds) > MOST_CUSTOMISATIONS or not set(kinds) <= set(CUSTOMISATIONS):
        raise BadInput(_("Choose what you make to order from the list."))
    if len(set(kinds)) < len(kinds):
        raise BadInput(_("Each kind of customisation stands in one line only."))
    product.customisation = [_custom(custom, product) for custom in service.customisation]
    product.own_logo = "logo" in kinds
    return _stored(product, by)


def _custom(custom: Custom, product: Product) -> dict[str, Any]:
    return {
        "kind": custom.kind,
        "moq": within(custom.moq, "moq", 1, MOST_UNITS),
        "setup_fee_minor": _minor(custom.setup_fee, product, "setup_fee"),
        "unit_surcharge_minor": _minor(custom.unit_surcharge, product, "unit_surcharge"),
        "days": within(custom.days, "days", 0, _MOST_DAYS),
        "note_en": text(custom.note_en, "note_en", MOST_NOTE),
        "note_zh": text(custom.note_zh, "note_zh", MOST_NOTE),
    }


def _minor(sum_: Money | None, product: Product, field: str) -> int | None:
    if sum_ is None:
        return None
    if sum_.currency != product.currency or sum_.minor < 0:
        raise BadInput(
            _("Write the sum in %(currency)s, not below zero.") % {"currency": product.currency}, fields={field: ""}
        )
    return sum_.minor


def _stored(product: Product, by: Actor) -> Product:
    product.save()
    changed(product, by=by)
    publish(ProductChanged(product_id=product.pk))
    return product
