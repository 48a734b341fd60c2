"""One own product: the overview with what is missing, a new draft, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Category, Product, ProductStatus, Supplier
from caigou.catalogue.services.edit import Words, open_draft, save_words
from caigou.catalogue.services.imports.details import MOST_ATTRIBUTES
from caigou.kernel.errors import DomainError
from caigou.ui.listing import price_span
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Crumb
from caigou.ui.words import source_of
from caigou.web.desk.product_forms import AttributeLine, NewForm, WordsForm
from caigou.web.desk.rows import filled, lines
from caigou.web.desk.sheet import Table, frame_of, own_one, posted, save, show


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a product on its overview: what is stated, or that it isn't."""

    word: str
    href: str
    stated: bool
    detail: str


def parts_of(product: Product) -> Iterator[Part]:
    """Yield what buyers look for in a listing, in the order in which it is missed."""

    def part(route: str, word: str, detail: str, *, stated: bool) -> Part:
        return Part(word, reverse(f"web:product_{route}", args=[product.public_id]), stated, detail)

    pictures = product.pictures.count()
    yield part(
        "words", _("Title and description in both languages"),
        _("Buyers search in their own language."),
        stated=bool(product.title_en and product.title_zh and product.description_en and product.description_zh),
    )  # fmt: skip
    yield part("words", _("Category"), _("It is found where buyers browse."), stated=product.category_id is not None)
    yield part("words", _("Attributes"), _("Material, size, what it is tested for."), stated=bool(product.attributes))
    yield part("prices", _("Prices"), _("Without one it can't be on sale."), stated=bool(product.tiers))
    yield part(
        "packing", _("Carton"), _("Freight is computed from it."),
        stated=bool(product.carton_pieces and product.carton_length_mm and product.carton_weight_g),
    )  # fmt: skip
    yield part("packing", _("Days to make"), _("Buyers plan with it."), stated=product.lead_days is not None)
    yield part(
        "service", _("Samples"), _("Say so, too, when there are none."), stated=product.sample_offered is not None
    )
    yield part("pictures", _("Pictures"), _("Without one a drawing stands for it."), stated=pictures > 0)


@require_safe
@access(SUPPLIER)
def product_edit(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show an own product as it stands, what it lacks, and where it comes from (F6, B8)."""
    product = own_one(request, public_id)
    context = {
        **frame_of(product, "web:product_edit"),
        "parts": list(parts_of(product)),
        **price_span(product),
        "variants": len(product.variants.all()),
        "listed": product.status == ProductStatus.LISTED,
        "imported": not product.source.startswith("desk:"),
        "source": source_of(product),
    }
    return render(request, "web/desk/product.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_new(request: SeatedRequest) -> HttpResponse:
    """Write a new product down as a draft, then go on to its prices."""
    supplier = get_object_or_404(Supplier, company=request.company)
    form = NewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            draft = open_draft(
                supplier.pk,
                _words(values, []),
                currency=values["currency"],
                moq=values["moq"],
                by=request.actor,
            )
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("The draft is kept. Nobody else sees it yet; now its prices."))
            return redirect("web:product_prices", public_id=draft.public_id)
    crumbs = [Crumb(_("Goods"), reverse("web:goods")), Crumb(_("New product"))]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "web/desk/product_new.html", context, status=422 if form.errors else 200)


def _words(values: dict[str, Any], attributes: list[dict[str, str]]) -> Words:
    texts = ("title_en", "title_zh", "description_en", "description_zh", "unit")
    category = Category.objects.filter(slug=values["category"]).first() if values["category"] else None
    return Words(**{name: values[name] for name in texts}, category=category, attributes=attributes)


_ATTRIBUTE = ("name_zh", "value_zh", "name_en", "value_en")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_words(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Change titles, category, unit, descriptions and attributes."""
    product = own_one(request, public_id)
    told = ("title_zh", "title_en", "unit", "description_zh", "description_en")
    initial = {name: getattr(product, name) for name in told}
    initial["category"] = product.category.slug if product.category else ""
    form = WordsForm(posted(request), own_unit=product.unit, initial=initial)
    entries = [{name: entry.get(name, "") for name in _ATTRIBUTE} for entry in product.attributes]
    table = Table(
        _("Attributes"),
        lines(AttributeLine, posted(request), entries, most=MOST_ATTRIBUTES, prefix="attributes"),
        words=_("Leave a line blank to take it out."),
    )
    if request.method == "POST" and save(
        request,
        form,
        [table],
        lambda: _words(form.cleaned_data, [_attribute(line.cleaned_data) for line in filled(table.lines)]),
        lambda words, seen: save_words(product.pk, words, by=request.actor, seen=seen),
    ):
        return redirect("web:product_words", public_id=public_id)
    return show(request, product, "web:product_words", form, [table])


def _attribute(values: dict[str, Any]) -> dict[str, str]:
    return {name: values.get(name) or "" for name in _ATTRIBUTE}
