"""Searching by picture: choose one, see the goods that look like it (F4). All of it works without JavaScript."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.models import Product
from caigou.files.limits import MOST_BYTES
from caigou.kernel.errors import DomainError
from caigou.search.services.alike import KEPT, ask_picture, asked_picture, find_alike, looks_of
from caigou.ui.refusals import put_on
from caigou.ui.shapes import Terms
from caigou.web.market.asked import filled, read, without
from caigou.web.market.goods import hit_of
from caigou.web.market.kept import tray_of
from caigou.web.market.rail import chosen_filters, facets
from caigou.web.market.tray import tray_context

_MINUTES = int(KEPT.total_seconds()) // 60


class PictureForm(forms.Form):
    """One picture to look for."""

    picture = forms.FileField(
        label=_("Picture of the goods"),
        help_text=_("JPEG, PNG or WebP, up to 10 MB. A photo, or a picture of your screen."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-picture": "yes"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(PUBLIC)
def picture(request: Any) -> HttpResponse:
    """Take a picture to look for; of the upload itself nothing is kept."""
    posted = request.method == "POST"
    form = PictureForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        try:
            # One byte beyond the limit is enough to see that it is too large.
            asked = ask_picture(form.cleaned_data["picture"].read(MOST_BYTES + 1))
        except DomainError as error:
            put_on(form, error)
        else:
            return redirect("web:pictured", token=asked.token)
    context = {"form": form, "minutes": _MINUTES, "gone": False}
    return render(request, "web/market/picture.html", context, status=422 if form.errors else 200)


@require_safe
@access(PUBLIC)
def pictured(request: Any, token: str) -> HttpResponse:
    """Show the goods that look like a picture; once it isn't kept any more, ask for it again."""
    asked = asked_picture(token)
    if asked is None:
        context = {"form": PictureForm(), "minutes": _MINUTES, "gone": True}
        return render(request, "web/market/picture.html", context, status=404)
    small = "data:image/webp;base64," + b64encode(asked.small).decode("ascii")
    response = _found(request, asked.views, {"small": small, "minutes": _MINUTES})
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@access(PUBLIC)
def alike(request: Any, public_id: str) -> HttpResponse:
    """Show the goods that look like a product."""
    product = get_object_or_404(Product.objects.visible_to(request.actor), public_id=public_id)
    return _found(request, looks_of(product), {"like": product}, but=product.pk)


def _found(request: Any, views: Sequence[str], about: dict[str, Any], *, but: int | None = None) -> HttpResponse:
    asked = read(request.GET)
    found = find_alike(asked.query, views, but=but, actor=request.actor)
    quantity, ids, address = found.query.quantity, tray_of(request), filled(request.GET)
    here = f"{request.path}?{address}" if address else request.path
    chosen = chosen_filters(found)
    context = {
        "total": found.total,
        "quantity": quantity,
        "typed_quantity": asked.typed.get("quantity", quantity),
        "terms": Terms(quantity, href="#filter-quantity"),
        "mistakes": asked.mistakes,
        "hits": [hit_of(card, quantity, tray=ids) for card in found.products],
        "facets": facets(found, typed=asked.typed),
        "chosen": [(one, without(request.GET, one.names)) for one in chosen],
        "clear": without(request.GET, [name for one in chosen for name in one.names]),
        "page": Paginator(range(found.total), found.query.size).get_page(found.page),
    }
    ticked = [card.public_id for card in found.products]
    context |= tray_context(request, quantity, back=here, here=ticked)
    response = render(request, "web/market/pictured.html", context | about)
    if request.htmx:
        response["HX-Push-Url"] = here
    return response
