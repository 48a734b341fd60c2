"""Two to five goods beside each other, at the reader's own quantity (F15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.models import Product
from caigou.catalogue.pricing import next_valid_quantity, tier_for
from caigou.kernel.money import Money
from caigou.ui.formats import format_quantity
from caigou.ui.shapes import Terms, Tier
from caigou.ui.words import source_of
from caigou.web.market.facts import (
    Fact,
    Option,
    Sample,
    carton_size,
    customisation_of,
    origin_fact,
    sample_of,
)
from caigou.web.market.goods import ask_href, product_href
from caigou.web.market.kept import MOST_COMPARED, keep_tray, sound, tray_of
from caigou.web.market.measures import kilograms
from caigou.web.market.packed import packing_rows
from caigou.web.market.tray import ask_all_href, compare_href
from caigou.web.market.wanted import parse_quantity


@dataclass(frozen=True, slots=True)
class Compared:
    """One column. ``quantity`` is the smallest that can be ordered and is at least the reader's."""

    product: Product
    href: str
    ask_href: str
    drop_href: str
    quantity: int
    price: Money | None
    total: Money | None
    #: Cheaper each than all others, where all prices are of one currency and for one unit.
    lowest: bool
    tiers: list[Tier]
    sample: Sample
    origin: Fact
    carton: list[str]
    packing: list[str]
    made: list[Option]
    source: str


@dataclass(frozen=True, slots=True)
class PackingRow:
    """One figure of packing across all goods; empty where it isn't stated. ``same``: all have one value."""

    label: str
    values: list[str]
    same: bool


@require_safe
@access(PUBLIC)
def compare(request: Any) -> HttpResponse:
    """Show the goods that the address names, else those of the tray, side by side at one quantity."""
    named = request.GET.getlist("p")
    if not named and (kept := tray_of(request)):
        return redirect(compare_href(kept, parse_quantity(request.GET.get("quantity"))))
    ids = sound(named, MOST_COMPARED)
    typed = (request.GET.get("quantity") or "").strip()
    quantity = parse_quantity(typed) or None
    columns = _columns(ids, quantity, request)
    context = {
        "columns": columns,
        "quantity": quantity,
        "mistake": _("The quantity is left out: write a whole number.") if typed and not quantity else "",
        "left_out": len(set(named)) > len(ids),
        "most": MOST_COMPARED,
        "packing": _packing_rows(columns),
        "same": _same(columns),
        "only": request.GET.get("only") == "differences" and len(columns) > 1,
        "several_currencies": len({column.product.currency for column in columns}) > 1,
        "several_units": len({column.product.unit for column in columns}) > 1,
        "gone": len(ids) > len(columns) > 0,
        "may_ask": request.actor is None or request.actor.role == "buyer",
        "ask_all_href": ask_all_href([column.product.public_id for column in columns], quantity),
        "terms": Terms(quantity, href="#compare-quantity"),
    }
    response = render(request, "web/market/compare.html", context)
    if named:
        keep_tray(response, [column.product.public_id for column in columns])
    return response


def _columns(ids: list[str], quantity: int | None, request: Any) -> list[Compared]:
    goods = Product.objects.visible_to(request.actor).for_cards().filter(public_id__in=ids)
    by_id = {product.public_id: product for product in goods}
    shown = [by_id[one] for one in ids if one in by_id]
    kept = [product.public_id for product in shown]
    cheapest = _cheapest(shown, [_price(product, _many(product, quantity)) for product in shown])
    return [_column(product, quantity, cheapest, kept) for product in shown]


def _many(product: Product, quantity: int | None) -> int:
    return next_valid_quantity(moq=product.moq, multiple=product.order_multiple, quantity=quantity or 1)


def _price(product: Product, quantity: int) -> Money | None:
    tier = tier_for(product.tiers, quantity)
    return tier.unit_price if tier else None


def _cheapest(goods: list[Product], prices: list[Money | None]) -> Money | None:
    """Return the lowest price when all are known, of one currency, for one unit, and not all the same."""
    known = [price for price in prices if price is not None]
    if len(known) < len(prices) or len({price.currency for price in known}) != 1 or len(set(known)) < 2:
        return None
    return min(known) if len({product.unit for product in goods}) == 1 else None


def _column(product: Product, wish: int | None, cheapest: Money | None, kept: list[str]) -> Compared:
    many = _many(product, wish)
    price = _price(product, many)
    return Compared(
        product,
        href=product_href(product, many if wish else None),
        ask_href=ask_href(product, many),
        drop_href=compare_href([one for one in kept if one != product.public_id], wish),
        quantity=many,
        price=price,
        total=None if price is None else price * many,
        lowest=price is not None and price == cheapest,
        tiers=_ladder(product, many),
        sample=sample_of(product),
        origin=origin_fact(product.supplier, ""),
        carton=_carton(product),
        packing=[words for _label, words, _remark in packing_rows(product, many)],
        made=customisation_of(product),
        source=source_of(product),
    )


def _ladder(product: Product, quantity: int) -> list[Tier]:
    reached = tier_for(product.tiers, quantity)
    rows, ladder = [], product.tiers
    for place, tier in enumerate(ladder):
        after = ladder[place + 1].from_quantity - 1 if place + 1 < len(ladder) else None
        rows.append(Tier(tier.from_quantity, after, tier.unit_price, tier == reached))
    return rows


def _carton(product: Product) -> list[str]:
    """Return what is stated of a carton: pieces, size, weight."""
    language = get_language() or "en"
    pieces = format_quantity(product.carton_pieces, product.unit, language) if product.carton_pieces else ""
    weight = kilograms(product.carton_weight_g, language) if product.carton_weight_g else ""
    return [words for words in (pieces, carton_size(product), weight) if words]


#: What a row of the table says, by the name of the row: where all say one thing, the row says so.
_ROWS: dict[str, Callable[[Compared], object]] = {
    "price": lambda one: one.price,
    "quantity": lambda one: (one.quantity, one.product.unit),
    "total": lambda one: one.total,
    "steps": lambda one: [(tier.from_quantity, tier.price) for tier in one.tiers],
    "moq": lambda one: (one.product.moq, one.product.order_multiple),
    "lead": lambda one: one.product.lead_days,
    "sample": lambda one: one.sample,
    "made": lambda one: (one.product.own_logo, [(option.kind, option.words) for option in one.made]),
    "carton": lambda one: one.carton,
    "rating": lambda one: (one.product.rating_tenths, one.product.rating_count),
    "supplier": lambda one: one.product.supplier_id,
    "origin": lambda one: (one.origin.value_en, one.origin.value_zh),
    "source": lambda one: (one.source, one.product.fetched_at.date()),
}


def _same(columns: list[Compared]) -> set[str]:
    """Return the rows in which all goods say one thing; none for a single product."""
    if len(columns) < 2:
        return set()
    said = {name: [read(column) for column in columns] for name, read in _ROWS.items()}
    return {name for name, values in said.items() if all(value == values[0] for value in values)}


def _packing_rows(columns: list[Compared]) -> list[PackingRow]:
    """Return the figures of packing, by the labels of the first column that has them."""
    rows = []
    for place, label in _packing_labels(columns):
        values = [column.packing[place] if column.packing else "" for column in columns]
        rows.append(PackingRow(label, values, len(values) > 1 and len(set(values)) == 1))
    return rows


def _packing_labels(columns: list[Compared]) -> list[tuple[int, str]]:
    """Return the place and the label of each figure of packing, from the first column that has them."""
    for column in columns:
        if column.packing:
            return [(place, row[0]) for place, row in enumerate(packing_rows(column.product, column.quantity))]
    return []
