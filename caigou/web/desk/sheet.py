"""What the pages about one own product share: whose it is, the tabs, a form with tables, saving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import Product, ProductQuerySet
from caigou.catalogue.services.seen import mark_of
from caigou.kernel.errors import DomainError
from caigou.ui.refusals import put_on
from caigou.ui.seen import mark_to_carry
from caigou.ui.shapes import Crumb, Tab
from caigou.ui.states import state_of
from caigou.ui.words import title_of
from caigou.web.desk.rows import heads

_Facts = TypeVar("_Facts")


def own(request: SeatedRequest) -> ProductQuerySet:
    """The goods of the reader's company, in any state."""
    return Product.objects.filter(supplier__company=request.company)


def own_one(request: SeatedRequest, public_id: str) -> Product:
    """Return one of them, or answer 404: of other people's goods nothing is said."""
    goods = own(request).select_related("supplier__company", "category").prefetch_related("price_tiers", "variants")
    return get_object_or_404(goods, public_id=public_id)


def posted(request: SeatedRequest) -> QueryDict | None:
    """Return what was sent, None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of fields on a page; ``labels`` stand before its lines where the line can't say what it is."""

    title: str
    lines: Any
    words: str = ""
    labels: Sequence[str] = ()

    @property
    def heads(self) -> list[str]:
        return list(heads(self.lines))

    @property
    def wrong(self) -> bool:
        """Whether something in it can't be taken."""
        return self.lines.is_bound and (bool(self.lines.non_form_errors()) or any(f.errors for f in self.lines.forms))

    @property
    def rows(self) -> list[tuple[str, Any]]:
        names = [*self.labels, *[""] * len(self.lines.forms)]
        return list(zip(names, self.lines.forms, strict=False))


def tabs_of(product: Product, here: str) -> list[Tab]:
    """Return the parts of a product as tabs."""
    parts = (
        ("web:product_edit", _("Overview")),
        ("web:product_words", _("Words")),
        ("web:product_prices", _("Prices")),
        ("web:product_variants", _("Variants")),
        ("web:product_packing", _("Packing")),
        ("web:product_service", _("Samples and custom")),
        ("web:product_pictures", _("Pictures")),
    )
    return [Tab(word, reverse(route, args=[product.public_id]), route == here) for route, word in parts]


def frame_of(product: Product, here: str) -> dict[str, Any]:
    """Return what the head of each page shows."""
    return {
        "product": product,
        "name": title_of(product),
        "state": state_of("product", product.status, "supplier"),
        "tabs": tabs_of(product, here),
        "label": _("Parts of the product"),
        "crumbs": [Crumb(_("Goods"), reverse("web:goods")), Crumb(title_of(product))],
    }


def show(
    request: SeatedRequest,
    product: Product,
    here: str,
    form: forms.Form,
    tables: Sequence[Table] = (),
    *,
    lede: str = "",
) -> HttpResponse:
    """Answer with the form of one part; 422 where something in it can't be taken."""
    wrong = bool(form.errors) or any(table.wrong for table in tables)
    seen = mark_to_carry(posted(request), form, mark_of(product, here.removeprefix("web:product_")))
    context = {**frame_of(product, here), "form": form, "tables": tables, "lede": lede, "seen": seen}
    return render(request, "web/desk/part.html", context, status=422 if wrong else 200)


def save(
    request: SeatedRequest,
    form: forms.Form,
    tables: Sequence[Table],
    read: Callable[[], _Facts],
    act: Callable[[_Facts, str | None], object],
) -> bool:
    """Read what was sent and do it, with the mark of what was seen.

    False when the page must say what is wrong, with everything that was typed.
    """
    if not all([form.is_valid(), *(table.lines.is_valid() for table in tables)]):
        return False
    facts = read()
    if form.errors or any(line.errors for table in tables for line in table.lines.forms):
        return False  # reading found a sum that is none in this currency
    try:
        act(facts, request.POST.get("seen"))
    except DomainError as error:
        put_on(form, error)
        return False
    messages.success(request, _("Saved."))
    return True
