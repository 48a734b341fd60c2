"""Pages for what went wrong: what happened, what did not, what to do, and a reference to quote."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from caigou.house.settings import NAME_EN, house_name

log = structlog.get_logger(__name__)


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """Draw an error page; when even that fails (no database for the session), the plain one instead."""
    try:
        return render(request, f"{name}.html", {"reference": _reference(request)}, status=status)
    except Exception:
        log.exception("error_page_failed", page=name)
        return _plain(request, status)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    """Draw the page that needs neither session nor database."""
    context = {"reference": _reference(request), "house_name": _name()}
    return HttpResponse(render_to_string("500.html", context), status=status)


def _name() -> str:
    """Return what the house is called; without a database, as it came."""
    try:
        return house_name()
    except DatabaseError:
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
    """Answer when the fault is ours (500)."""
    return _plain(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose secret doesn't match: another sign-in since, or cookies that are switched off (403)."""
    return _page(request, "403_csrf", 403)
