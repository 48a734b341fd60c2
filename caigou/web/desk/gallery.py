"""The pictures of one own product: add, put in order, take out. All of it works without JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from caigou.accounts.access import SUPPLIER, access
from caigou.accounts.current import SeatedRequest
from caigou.catalogue.models import ProductPicture
from caigou.catalogue.services.imports.details import MOST_PICTURES
from caigou.catalogue.services.pictures import add_pictures, set_gallery
from caigou.files.limits import MOST_BYTES
from caigou.kernel.errors import DomainError
from caigou.ui.refusals import put_on, sentence_of
from caigou.web.desk.product_forms import PicturesForm
from caigou.web.desk.sheet import frame_of, own_one, posted


@require_http_methods(["GET", "HEAD", "POST"])
@access(SUPPLIER)
def product_pictures(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Show the gallery and take more pictures (F6); nothing of a file is kept but what we drew from it."""
    product = own_one(request, public_id)
    form = PicturesForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        # One byte beyond the limit is enough to see that it is too large.
        uploads = [file.read(MOST_BYTES + 1) for file in form.cleaned_data["pictures"][: MOST_PICTURES + 1]]
        try:
            kept = add_pictures(product.pk, uploads, by=request.actor)
        except DomainError as error:
            put_on(form, error)
        else:
            messages.success(request, _("Pictures kept: %(count)s.") % {"count": len(kept)})
            return redirect("web:product_pictures", public_id=public_id)
    rows = list(product.pictures.select_related("picture"))
    context = {
        **frame_of(product, "web:product_pictures"),
        "form": form,
        "rows": rows,
        "most": MOST_PICTURES,
        "full": len(rows) >= MOST_PICTURES,
    }
    return render(request, "web/desk/pictures.html", context, status=422 if form.errors else 200)


@require_POST
@access(SUPPLIER)
def product_gallery(request: SeatedRequest, public_id: str) -> HttpResponse:
    """Put the pictures in the order of the numbers beside them; without those whose tick is set."""
    product = own_one(request, public_id)
    rows = list(product.pictures.all())
    dropped = {row.picture_id for row in rows if f"drop-{row.picture_id}" in request.POST}
    rows.sort(key=lambda row: (_place(request, row), row.position))
    staying = [row.picture_id for row in rows if row.picture_id not in dropped]
    try:
        set_gallery(product.pk, staying, without=dropped, by=request.actor)
    except DomainError as error:
        messages.error(request, sentence_of(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("web:product_pictures", public_id=public_id)


def _place(request: SeatedRequest, row: ProductPicture) -> int:
    """Return the number written beside the picture, where it stands where that is none."""
    typed = request.POST.get(f"place-{row.picture_id}", "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else row.position + 1
