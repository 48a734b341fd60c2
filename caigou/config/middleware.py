"""What every request gets: an id in the logs, safe headers, and the reader's language."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from caigou.kernel.ids import new_public_id

log = structlog.get_logger("caigou.request")

GetResponse = Callable[[HttpRequest], HttpResponse]
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
#: Asked every few seconds by machines; a line each would bury the rest.
_QUIET = ("/healthz", "/readyz", "/static/")

#: Everything comes from our own origin; nothing inline, nothing framed, forms go home only.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class RequestLog:
    """Bind a request id to every log line and answer with it, so that a person can quote it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_public_id()
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if not request.path.startswith(_QUIET):
            took = round((time.perf_counter() - began) * 1000)
            log.info("request", method=request.method, path=request.path, status=response.status_code, ms=took)
        return response


class SecurityHeaders:
    """Content Security Policy and Permissions Policy on every answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        return response


class Language:
    """The language chosen on the page, else the person's own, else what the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen not in known:
            # The actor's middleware has looked at the session already; strangers have none.
            person = request.user if request.actor is not None else None
            chosen = person.language if person else translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response


#: Set by the page's script from the browser's own zone; without a script times are shown in UTC, and say so.
ZONE_COOKIE = "zone"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class TimeZone:
    """Show times in the reader's zone; deadlines are stored and decided in UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(ZONE_COOKIE, "")
        zone = ZoneInfo(name) if name in _zones() else None
        with timezone.override(zone or timezone.get_default_timezone()):
            return self.get_response(request)
