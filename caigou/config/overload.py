"""More asked than can be answered: who has waited too long is turned away at once, so that the others are served.

A queue that only grows makes everybody wait longer than they will, and then the work is done for nobody. The proxy says
when a request reached it (``X-Request-Start``, docs/operating.md); without that nothing is turned away.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from caigou.api.shapes import refusal

#: Seconds in a queue after which an answer would come too late for most who asked.
LONGEST_WAIT = 0.25
#: A clock that is off by more than this tells nothing about a queue.
_UNLIKELY = 60.0
#: nginx says seconds with a fraction, Caddy milliseconds.
_STAMP = re.compile(r"t=(\d{10})(?:\.?(\d{3}))?")


class InTime:
    """Answer 503 with ``Retry-After`` to what has waited longer than ``LONGEST_WAIT``; nothing of it is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.BEHIND_PROXY or not LONGEST_WAIT < waited(request, time.time()) < _UNLIKELY:
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            words = _("We are very busy just now, so nothing was done. Please try again.")
            if request.path.startswith("/api/"):
                response: HttpResponse = refusal("busy", words, 503)
            else:
                response = HttpResponse(f"{words}\n", status=503, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = "1"
        response.headers["Content-Length"] = str(len(response.content))  # what else does so stands below
        return response


def waited(request: HttpRequest, moment: float) -> float:
    """Return the seconds since the request reached the proxy; 0 when it doesn't say."""
    found = _STAMP.fullmatch(request.headers.get("X-Request-Start", ""))
    if found is None:
        return 0.0
    return moment - int(found.group(1)) - int(found.group(2) or 0) / 1_000
