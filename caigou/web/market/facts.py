"""What a supplier states of a product, as its page lists it; what isn't stated is said so, never zero (F6, B8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from caigou.accounts.countries import country_name
from caigou.catalogue.models import Product, Supplier
from caigou.kernel.money import Money
from caigou.ui.formats import format_money, format_number, format_quantity
from caigou.web.market.measures import centimetres, grams, kilograms


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


def _fact(name: str, value: str) -> Fact:
    return Fact(name, name, value, value)


def _own_facts(product: Product) -> Iterator[Fact]:
    language = get_language() or "en"
    pieces = format_quantity(product.carton_pieces, product.unit, language) if product.carton_pieces else ""
    yield _fact(_("In a carton"), pieces)
    yield _fact(_("Carton size"), carton_size(product))
    yield _fact(_("Carton weight"), kilograms(product.carton_weight_g, language) if product.carton_weight_g else "")
    yield _fact(_("Weight, one packed"), grams(product.weight_g, language) if product.weight_g else "")
    yield _fact(_("Time to make"), _days(product.lead_days))
    yield origin_fact(product.supplier, _("Ships from"))
    code = product.hs_code
    hint = _("%(code)s, a hint and no classification") % {"code": f"{code[:4]}.{code[4:]}"} if code else ""
    yield _fact(_("HS code"), hint)


def origin_fact(supplier: Supplier, name: str) -> Fact:
    """Return where the goods leave from, in both scripts."""
    places = [part for part in (supplier.city, supplier.province) if part]
    places_zh = [part for part in (supplier.province_zh, supplier.city_zh) if part]
    return Fact(
        name,
        name,
        ", ".join([*places, country_name(supplier.country, "en")]),
        " ".join(places_zh) or country_name(supplier.country, "zh-hans"),
    )


def _days(days: int | None) -> str:
    if not days:
        return ""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": format_number(days, get_language() or "en")}


def carton_size(product: Product) -> str:
    """Return the sides of a carton in words; empty where one of them is not stated."""
    sides = (product.carton_length_mm, product.carton_width_mm, product.carton_height_mm)
    if not all(sides):
        return ""
    return " × ".join(centimetres(side) for side in sides if side) + " cm"


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample policy. ``offered`` None: not stated; ``price`` None: not stated, zero: free (F13)."""

    offered: bool | None
    price: Money | None = None
    most: int | None = None
    days: int | None = None

    @property
    def free(self) -> bool:
        return self.price is not None and not self.price


def sample_of(product: Product) -> Sample:
    """Return what the supplier says about samples."""
    minor = product.sample_price_minor
    price = None if minor is None else Money(minor, product.currency)
    return Sample(product.sample_offered, price, product.sample_most, product.sample_days)


#: What suppliers change for a buyer, by the code of the catalogue.
def _kinds() -> dict[str, str]:
    return {
        "logo": _("Your logo"),
        "packaging": _("Packaging"),
        "colour": _("Colour"),
        "size": _("Size"),
        "material": _("Material"),
        "design": _("Your design"),
    }


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that the supplier changes for a buyer; each figure is None where it isn't stated (F9)."""

    code: str
    kind: str
    moq: int | None
    setup_fee: Money | None
    surcharge: Money | None
    days: int | None
    note_en: str
    note_zh: str

    @property
    def words(self) -> str:
        """What it costs, in one phrase; empty where nothing of it is stated."""
        language = get_language() or "en"
        said = []
        if self.moq:
            said.append(_("from %(least)s on") % {"least": format_number(self.moq, language)})
        if self.surcharge:
            said.append(_("%(price)s more for each") % {"price": format_money(self.surcharge, language)})
        if self.setup_fee:
            said.append(_("%(price)s once") % {"price": format_money(self.setup_fee, language)})
        return ("，" if language.startswith("zh") else ", ").join(said)

    @property
    def days_words(self) -> str:
        """How much longer it takes, in words; empty where it isn't stated."""
        return _("adds %(days)s") % {"days": _days(self.days)} if self.days else ""


def customisation_of(product: Product) -> list[Option]:
    """Return the customisation options as they were stated; what can't be read of a row is left out."""
    rows = product.customisation if isinstance(product.customisation, list) else []
    return [_option(row, product.currency) for row in rows if isinstance(row, dict)]


def _option(row: dict[str, Any], currency: str) -> Option:
    def figure(name: str) -> int | None:
        value = row.get(name)
        return value if type(value) is int and value >= 0 else None

    def money(name: str) -> Money | None:
        minor = figure(name)
        return None if minor is None else Money(minor, currency)

    kind = str(row.get("kind") or "")
    notes = row.get("notes")
    shared = notes if isinstance(notes, str) else ""
    return Option(
        code=kind,
        kind=_kinds().get(kind, kind),
        moq=figure("moq"),
        setup_fee=money("setup_fee_minor"),
        surcharge=money("unit_surcharge_minor"),
        days=figure("days"),
        note_en=str(row.get("note_en") or shared),
        note_zh=str(row.get("note_zh") or shared),
    )


def source_link(product: Product) -> str:
    """Return the page that was read, where it is one that a browser may open; empty otherwise."""
    return product.source_url if urlsplit(product.source_url).scheme in {"http", "https"} else ""


def tenths(figure: int | None) -> str:
    """Write a rating of 47 tenths as 4.7.

    >>> tenths(47), tenths(50), tenths(None)
    ('4.7', '5.0', '')
    """
    return "" if figure is None else f"{figure // 10}.{figure % 10}"
