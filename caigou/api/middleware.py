"""One shape for every refusal below ``/api/``, whoever refuses: the door, Django, or a fault of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from caigou.api.shapes import refusal

_OURS = "/api/"
#: No question of ours is larger; what is larger isn't read.
LARGEST_BODY = 256 * 1024


class OneShape:
    """Turn pages of HTML for what went wrong into ``{code, message, fields}``, and refuse what can't be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_OURS):
            return self.get_response(request)
        response = self._unreadable(request) or self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        return _shaped(request, response)

    def _unreadable(self, request: HttpRequest) -> HttpResponse | None:
        """Refuse a NUL, which PostgreSQL can't store or look up, and a body beyond every question of ours."""
        if "\0" in request.path or any(
            "\0" in name + value for name, values in request.GET.lists() for value in values
        ):
            return HttpResponse(status=400)
        told = request.META.get("CONTENT_LENGTH") or "0"
        if told.isascii() and told.isdigit() and int(told[:20]) > LARGEST_BODY:
            return HttpResponse(status=413)
        return None


def _shaped(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        code, message = {
            403: ("not_allowed", _("You may not do this.")),
            404: ("not_found", _("There is nothing at this address, or it is not for you.")),
            405: ("method_not_allowed", _("This address doesn't take this method.")),
            413: ("too_large", _("The body is larger than any request of this API.")),
            503: ("unavailable", _("We can't answer just now. Ask again; nothing is done twice under the same key.")),
        }.get(
            response.status_code,
            ("fault", _("Something went wrong on our side. Ask again; nothing is done twice under the same key."))
            if response.status_code >= 500
            else ("bad_input", _("The request can't be read.")),
        )
        shaped = refusal(code, message, response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            shaped.headers[name] = response.headers[name]
    return shaped
