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
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from caigou.config.metrics import observe
from caigou.kernel.ids import new_public_id

log = structlog.get_logger("caigou.request")

GetResponse = Callable[[HttpRequest], HttpResponse]
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
#: Asked every few seconds by machines; a line each would bury the rest.
_QUIET = ("/healthz", "/readyz", "/static/", "/pictures/")

#: Everything comes from our own origin, pictures from theirs where they have one, the stream of live updates from its
#: port where no proxy joins the two; nothing inline, nothing framed, forms go home only.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; "
    + f"connect-src 'self' {settings.CAIGOU_LIVE_ORIGIN}".strip()
    + "; "
    + " ".join(filter(None, ["img-src 'self'", settings.CAIGOU_PICTURES_URL, "data:"]))
    + "; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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
        seconds = time.perf_counter() - began
        observe(request, response, seconds)
        if not request.path.startswith(_QUIET):
            took = round(seconds * 1000)
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


class Readable:
    """Refuse what can't be read before anything of it is looked at (400).

    PostgreSQL can't look a session up by a key with a NUL; a cookie with one is none. A body beyond every limit is
    not even written to a temporary file.
    """

    #: Megabytes above the limit for catalogue files, within which the form itself says what is wrong.
    SLACK_MB = 32

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if _length(request) > (settings.CAIGOU_UPLOAD_MAX_MB + self.SLACK_MB) * 1024 * 1024:
            raise RequestDataTooBig("the body is larger than any form of ours")
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    """Return the length that the request announces; without one nothing is read."""
    told = request.META.get("CONTENT_LENGTH") or ""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0


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
