"""What everything is compared with: a Django view that only SELECTs 24 rows by an index and says them as JSON.

It passes the same middleware as our own pages and uses the ORM in its leanest usual way (``values``), so the ratio
says what our search and our pages add.
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from caigou.accounts.access import PUBLIC, access
from caigou.catalogue.models import Product

_SHOWN = ("public_id", "title_en", "title_zh", "currency", "moq", "lead_days")


@access(PUBLIC)
def rows_24(request: HttpRequest) -> JsonResponse:
    """Answer with the 24 goods from a given place on."""
    start = int(request.GET.get("from", "0"))
    rows = Product.objects.filter(pk__gte=start).order_by("pk").values(*_SHOWN)[:24]
    return JsonResponse({"items": list(rows)})
