"""Prices, variants, packing, samples and what is made to order of one own product: a page each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, QuoteKind, Variant
from caigou.catalogue.pricing import Tier
from caigou.catalogue.services.edit import Custom, Packing, Service, save_packing, save_service
from caigou.catalogue.services.imports.details import MOST_CUSTOMISATIONS
from caigou.catalogue.services.imports.fields import MOST_TIERS
from caigou.catalogue.services.prices import MOST_VARIANTS, Prices, VariantFacts, save_prices, save_variants
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money, parse_money
from caigou.ui.words import label_of
from caigou.web.desk.product_forms import (
    CustomLine,
    OptionsForm,
    PackingForm,
    PricesForm,
    SampleForm,
    TierLine,
    VariantLine,
    VariantPriceLine,
    figure,
)
from caigou.web.desk.rows import filled, lines
from caigou.web.desk.sheet import Table, own_one, posted, save, show

# --- Prices -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_prices(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change how the product is quoted: by quantity, by the total of its variants, or each variant its price."""
    product = own_one(request, public_id)
    told = ("quote_type", "currency", "moq", "order_multiple")
    form = PricesForm(posted(request), initial={name: getattr(product, name) for name in told})
    tiers = [{"from_quantity": t.from_quantity, "price": t.unit_price.amount} for t in product.own_tiers]
    tables = [
        Table(
            _("Price list"),
            lines(TierLine, posted(request), tiers, most=MOST_TIERS, prefix="tiers"),
            words=_("By quantity, or by the total of all variants. More must not cost more for each unit."),
        )
    ]
    variants = list(product.variants.all())
    if variants:
        tables.append(_variant_prices(request, product, variants))
    if request.method == "POST" and save(
        request,
        form,
        tables,
        lambda: _prices(form.cleaned_data, tables),
        lambda prices, seen: save_prices(product.pk, prices, by=request.actor, seen=seen),
    ):
        return redirect("web:product_prices", public_id=public_id)
    lede = _("Orders and offers that exist keep the price that they name.")
    return show(request, product, "web:product_prices", form, tables, lede=lede)


def _variant_prices(request: SeatedRequest, product: Product, variants: list[Variant]) -> Table:
    entries = [{"public_id": one.public_id, "price": figure(one.unit_price_minor, product)} for one in variants]
    return Table(
        _("Each variant its price"),
        lines(VariantPriceLine, posted(request), entries, most=len(entries), prefix="each", blank=0),
        words=_("Counts only when each variant has its price."),
        labels=[label_of(one) for one in variants],
    )


def _prices(values: dict[str, Any], tables: list[Table]) -> Prices:
    currency, each = values["currency"], values["quote_type"] == QuoteKind.PER_VARIANT
    tiers = []
    for line in [] if each else filled(tables[0].lines):
        start, price = line.cleaned_data.get("from_quantity"), line.money("price", currency)
        if start is None or (price is None and not line.errors):
            line.add_error("from_quantity" if start is None else "price", _("Fill in both, or leave both blank."))
        elif price is not None:
            tiers.append(Tier(start, price))
    variants = {}
    for line in tables[1].lines.forms if each and len(tables) > 1 else []:
        price = line.money("price", currency)
        if price is not None:
            variants[line.cleaned_data["public_id"]] = price
    return Prices(values["quote_type"], currency, values["moq"], values["order_multiple"], tiers, variants)


# --- Variants -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_variants(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change in which variants the product comes; a blank line takes its variant out."""
    product = own_one(request, public_id)
    variants = list(product.variants.all())
    form = OptionsForm(posted(request), initial=_options(variants))
    most = max(MOST_VARIANTS, len(variants))
    entries = [_entry(one, product) for one in variants]
    table = Table(
        _("Variants"),
        lines(VariantLine, posted(request), entries, most=most, prefix="variants", without=_needless(product, form)),
        words=_("Leave a line blank to take it out."),
    )
    there = {one.public_id: one for one in variants}
    if request.method == "POST" and save(
        request,
        form,
        [table],
        lambda: [_facts(line, form.cleaned_data, product.currency, there) for line in filled(table.lines)],
        lambda facts, seen: save_variants(product.pk, facts, by=request.actor, seen=seen),
    ):
        return redirect("web:product_variants", public_id=public_id)
    return show(request, product, "web:product_variants", form, [table])


_PLACES = ("first", "second")


def _needless(product: Product, form: OptionsForm) -> tuple[str, ...]:
    """Return the columns to leave out: a second value where nothing differs by two things, a price that isn't asked."""
    second = any(form[f"second_{script}"].value() for script in ("zh", "en"))
    each = product.quote_type == QuoteKind.PER_VARIANT
    return (*(() if second else ("second_zh", "second_en")), *(() if each else ("price",)))


def _options(variants: list[Variant]) -> dict[str, str]:
    """Return by what the variants differ, as the first one says; a new product differs by colour."""
    if not variants:
        return {"first_zh": "颜色", "first_en": "Colour"}
    found: dict[str, str] = {}
    for place, option in zip(_PLACES, variants[0].options, strict=False):
        found |= {f"{place}_zh": option.get("name_zh", ""), f"{place}_en": option.get("name_en", "")}
    return found


def _entry(variant: Variant, product: Product) -> dict[str, Any]:
    entry = {
        "public_id": variant.public_id,
        "price": figure(variant.unit_price_minor, product),
        "stock": variant.stock,
        "weight_g": variant.weight_g,
    }
    for place, option in zip(_PLACES, variant.options, strict=False):
        entry |= {f"{place}_zh": option.get("value_zh", ""), f"{place}_en": option.get("value_en", "")}
    return entry


def _facts(line: Any, names: dict[str, str], currency: str, there: dict[str, Variant]) -> VariantFacts:
    values = line.cleaned_data
    options = [
        {
            "name_en": names[f"{place}_en"],
            "name_zh": names[f"{place}_zh"],
            "value_en": values.get(f"{place}_en", ""),
            "value_zh": values.get(f"{place}_zh", ""),
        }
        for place in _PLACES
        if names[f"{place}_zh"] or names[f"{place}_en"]
    ]
    stored = there.get(values["public_id"])
    if stored is not None:  # a file may bring more than two; what the page doesn't show stays
        options += stored.options[len(_PLACES) :]
    return VariantFacts(
        options, values["public_id"], line.money("price", currency), values["stock"], values["weight_g"]
    )


# --- Packing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_packing(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change carton, weights, days to make and the HS hint."""
    product = own_one(request, public_id)
    names = tuple(Packing.__dataclass_fields__)
    form = PackingForm(posted(request), initial={name: getattr(product, name) for name in names})
    if request.method == "POST" and save(
        request,
        form,
        [],
        lambda: Packing(**{name: form.cleaned_data[name] for name in names}),
        lambda packing, seen: save_packing(product.pk, packing, by=request.actor, seen=seen),
    ):
        return redirect("web:product_packing", public_id=public_id)
    lede = _("Outer sides and gross weight. What you leave out is shown as “not stated”.")
    return show(request, product, "web:product_packing", form, lede=lede)


# --- Samples and what is made to order ----------------------------------------------------------------------------

_OFFERED = {True: "yes", False: "no", None: ""}


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_service(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change the sample policy and what is made to order."""
    product = own_one(request, public_id)
    form = SampleForm(
        posted(request),
        initial={
            "offered": _OFFERED[product.sample_offered],
            "price": figure(product.sample_price_minor, product),
            "most": product.sample_most,
            "days": product.sample_days,
        },
    )
    entries = [_custom_entry(entry, product) for entry in product.customisation]
    table = Table(
        _("Made to order"),
        lines(CustomLine, posted(request), entries, most=MOST_CUSTOMISATIONS, prefix="custom"),
        words=_("Sums are in %(currency)s. Leave a line blank to take it out.") % {"currency": product.currency},
    )
    if request.method == "POST" and save(
        request,
        form,
        [table],
        lambda: _service(form, table, product.currency),
        lambda service, seen: save_service(product.pk, service, by=request.actor, seen=seen),
    ):
        return redirect("web:product_service", public_id=public_id)
    return show(request, product, "web:product_service", form, [table])


def _custom_entry(entry: dict[str, Any], product: Product) -> dict[str, Any]:
    sums = {name: figure(entry.get(f"{name}_minor"), product) for name in ("setup_fee", "unit_surcharge")}
    told = {name: entry.get(name) for name in ("kind", "moq", "days", "note_zh", "note_en")}
    return {**told, **sums}


def _service(form: Any, table: Table, currency: str) -> Service:
    values = form.cleaned_data
    price: Money | None = None
    if values["price"]:
        try:
            price = parse_money(values["price"], currency)
        except BadInput as error:
            form.add_error("price", str(error))
    return Service(
        {"yes": True, "no": False}.get(values["offered"]),
        price,
        values["most"],
        values["days"],
        [_custom(line, currency) for line in filled(table.lines)],
    )


def _custom(line: Any, currency: str) -> Custom:
    values = dict(line.cleaned_data)
    if not values["kind"]:
        line.add_error("kind", _("Choose what is made to order."))
    return Custom(
        values["kind"],
        values["moq"],
        line.money("setup_fee", currency),
        line.money("unit_surcharge", currency),
        values["days"],
        values["note_en"],
        values["note_zh"],
    )
