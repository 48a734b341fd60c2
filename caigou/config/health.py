"""For machines that ask whether this process lives and may be sent people."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access


@require_safe
@access(PUBLIC)
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@access(PUBLIC)
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and the search index can be read; 503 names what is missing, nothing more."""
    parts = {"database": _database(), "search": _search()}
    ready = all(parts.values())
    words = {name: "ok" if fine else "not ready" for name, fine in parts.items()}
    return JsonResponse({"status": "ok" if ready else "not ready", **words}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _search() -> bool:
    from caigou.search.services import index

    return bool(index().is_ready())
