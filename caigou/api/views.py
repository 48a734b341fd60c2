"""The operations: thin, each one question to a domain app and one answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from caigou.api.door import api
from caigou.api.products import product_json
from caigou.api.schemas import ErrorOut, ProductOut
from caigou.api.shapes import answer


@api.get(
    "products/{public_id}",
    response={200: ProductOut, 404: ErrorOut},
    url_name="product",
    summary="A product with everything that is stated about it",
)
def product(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer with one product (F6, B8)."""
    found: dict[str, Any] | None = product_json(public_id, actor=getattr(request, "actor", None))
    if found is None:
        raise Http404
    return answer(found)
