"""Pages for what went wrong: what happened, what did not, what to do, and a reference to quote."""

from __future__ import annotations

import sys
from typing import Any

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from caigou.house.settings import NAME_EN, house_name
from caigou.jobs.database import is_away, is_busy

log = structlog.get_logger(__name__)

#: Seconds after which a lock is probably free, and after which the database is probably back.
_BUSY_FOR, _AWAY_FOR = 1, 5


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """Draw an error page; when even that fails (no database for the session), the plain one instead."""
    try:
        return render(request, f"{name}.html", {"reference": _reference(request)}, status=status)
    except Exception as error:
        if is_away(error):
            return _for_now(request, error)
        log.exception("error_page_failed", page=name)
        return _plain(request, status, "500.html")


def _plain(request: HttpRequest, status: int, name: str, **context: Any) -> HttpResponse:
    """Draw a page that needs neither session nor database, in the reader's language as far as cookies tell it."""
    with translation.override(translation.get_language_from_request(request)):
        context |= {"reference": _reference(request), "house_name": _name()}
        return HttpResponse(render_to_string(name, context), status=status)


def _for_now(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer what the database can't do for now (503): no fault, so the log has one line and no traceback."""
    busy = is_busy(error)
    log.warning("database_busy" if busy else "database_gone", error=str(error).strip(), path=request.path)
    again = "" if request.method == "POST" else request.get_full_path()
    response = _plain(request, 503, "503.html", busy=busy, again=again)
    response.headers["Retry-After"] = str(_BUSY_FOR if busy else _AWAY_FOR)
    return response


def _name() -> str:
    """Return what the house is called; without a database, as it came."""
    try:
        return house_name()
    except Error:
        return NAME_EN.default


def _reference(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer a request that can't be read (400)."""
    return _page(request, "400", 400)


def not_allowed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer a person whose role may not do this (403)."""
    return _page(request, "403", 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Answer for what isn't there, or isn't this reader's to see (404)."""
    return _page(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the fault is ours (500), or when the database is away or busy for now (503).

    Django calls this while it handles the exception, also one that a middleware met.
    """
    error = sys.exc_info()[1]
    if error is not None and (is_busy(error) or is_away(error)):
        return _for_now(request, error)
    return _plain(request, 500, "500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose secret doesn't match: another sign-in since, or cookies that are switched off (403)."""
    return _page(request, "403_csrf", 403)
