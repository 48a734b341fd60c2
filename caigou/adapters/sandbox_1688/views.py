"""The sandbox's door, at the address where 1688's gateway has its own."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from caigou.accounts.access import SIGNED, access
from caigou.adapters.sandbox_1688.gateway import answer


@csrf_exempt
@require_POST
@access(SIGNED)
def call(request: HttpRequest) -> JsonResponse:
    """Answer one signed call of the open platform."""
    path = request.path_info.partition("/openapi/")[2]
    form = {name: request.POST[name] for name in request.POST}
    status, body = answer(path, form, secret=settings.CAIGOU_SANDBOX_SECRET)
    return JsonResponse(body, status=status)
