"""Write and change a product by hand, part by part: words, packing, samples and what is made to order (F6, B8).

Prices and variants stand in ``prices.py``, pictures in ``pictures.py``. Each function takes one part as the page shows
it, checks it by the rules of the import, and tells the index. What the source of a product says stays its source: the
next import of the same file writes over what was changed here, and the page says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.catalogue.events import ProductChanged
from caigou.catalogue.models import Category, Product, ProductStatus, QuoteKind, Supplier
from caigou.catalogue.services.imports.details import CUSTOMISATIONS, MOST_ATTRIBUTES, MOST_CUSTOMISATIONS, STATED
from caigou.catalogue.services.own import changed, check_own, own_product
from caigou.jobs.outbox import publish
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput
from caigou.kernel.money import CURRENCIES, Money

MOST_TITLE = {"title_en": 300, "title_zh": 200}
MOST_DESCRIPTION = 10_000
MOST_OF_ATTRIBUTE = 300


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
    product = Product(supplier=supplier, source=f"desk:{supplier.public_id}", currency=currency, moq=moq)
    product.external_id = product.public_id
    product.status = ProductStatus.DRAFT
    product.quote_type = QuoteKind.BY_QUANTITY
    _put_words(product, words)
    product.edited_by_id = by.user_id
    product.save()
    return product


@transaction.atomic
def save_words(product_id: int, words: Words, *, by: Actor) -> Product:
    """Change titles, descriptions, category, unit and attributes. Raises as ``open_draft`` does."""
    product = own_product(product_id, by=by, lock=True)
    _put_words(product, words)
    return _stored(product, by)


def _put_words(product: Product, words: Words) -> None:
    product.title_en = _text(words.title_en, "title_en", MOST_TITLE["title_en"])
    product.title_zh = _text(words.title_zh, "title_zh", MOST_TITLE["title_zh"])
    if not product.title_en and not product.title_zh:
        raise BadInput(_("Give the product a title, in Chinese or in English."), fields={"title_zh": ""})
    product.description_en = _prose(words.description_en, "description_en")
    product.description_zh = _prose(words.description_zh, "description_zh")
    product.category = words.category
    product.unit = _text(words.unit, "unit", 20) or "piece"
    if len(words.attributes) > MOST_ATTRIBUTES:
        raise BadInput(_("A product has at most %(most)s attributes.") % {"most": MOST_ATTRIBUTES})
    product.attributes = [_attribute(entry) for entry in words.attributes]


def _attribute(entry: Mapping[str, str]) -> dict[str, str]:
    names = ("name_en", "name_zh", "value_en", "value_zh")
    said = {name: _text(entry.get(name, ""), "attributes", MOST_OF_ATTRIBUTE) for name in names}
    if not (said["name_en"] or said["name_zh"]) or not (said["value_en"] or said["value_zh"]):
        raise BadInput(_("An attribute needs a name and a value, each in one language at least."))
    return said


@transaction.atomic
def save_packing(product_id: int, packing: Packing, *, by: Actor) -> Product:
    """Change carton, weights, lead time and HS hint.

    Raises ``NotAllowed``, and ``BadInput`` naming the field at fault with its bounds: also for a carton that weighs
    less than what is in it.
    """
    product = own_product(product_id, by=by, lock=True)
    for field, (least, most) in STATED.items():
        value = getattr(packing, field, None)
        if value is not None and not least <= value <= most:
            sentence = _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
            raise BadInput(sentence, fields={field: sentence})
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
def save_service(product_id: int, service: Service, *, by: Actor) -> Product:
    """Change the sample policy and what is made to order.

    Raises ``NotAllowed``, and ``BadInput`` for sums in another currency than the product's or below zero, and for a
    kind that is no kind or stands there twice.
    """
    product = own_product(product_id, by=by, lock=True)
    offered = bool(service.sample_offered)
    product.sample_offered = service.sample_offered
    product.sample_price_minor = _minor(service.sample_price, product, "sample_price") if offered else None
    product.sample_most = service.sample_most if offered else None
    product.sample_days = service.sample_days if offered else None
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
        "moq": custom.moq,
        "setup_fee_minor": _minor(custom.setup_fee, product, "setup_fee"),
        "unit_surcharge_minor": _minor(custom.unit_surcharge, product, "unit_surcharge"),
        "days": custom.days,
        "note_en": _text(custom.note_en, "note_en", MOST_OF_ATTRIBUTE),
        "note_zh": _text(custom.note_zh, "note_zh", MOST_OF_ATTRIBUTE),
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


def _text(value: str, field: str, most: int) -> str:
    text = " ".join(unicodedata.normalize("NFC", value).replace("\0", "").split())
    if len(text) > most:
        sentence = _("This is longer than %(most)s characters.") % {"most": most}
        raise BadInput(sentence, fields={field: sentence})
    return text


def _prose(value: str, field: str) -> str:
    lines = unicodedata.normalize("NFC", value).replace("\0", "").replace("\r\n", "\n").split("\n")
    text = "\n".join(" ".join(line.split()) for line in lines).strip()
    if len(text) > MOST_DESCRIPTION:
        sentence = _("This is longer than %(most)s characters.") % {"most": MOST_DESCRIPTION}
        raise BadInput(sentence, fields={field: sentence})
    return text
