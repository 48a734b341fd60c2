"""The API's own door: one ``NinjaAPI``, one shape for every refusal, and never a page of HTML.

Reads of the market are open to all, as the pages are; what needs a key comes with keys.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from caigou.api.shapes import answer
from caigou.kernel.errors import DomainError
from caigou.search.ports import IndexNotReady

#: Its OpenAPI document is served; pages that explain it would load scripts from elsewhere, so there are none.
api = NinjaAPI(
    title="Caigou",
    version="1",
    description="Wholesale goods from China: search and read them. Prices are listed prices, never offers.",
    urls_namespace="api",
    docs_url=None,
)


def refuse(code: str, message: str, status: int, fields: dict[str, str] | None = None) -> HttpResponse:
    """Return the one shape of a refusal."""
    return answer({"code": code, "message": message, "fields": fields or {}}, status)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that there is nothing, in the same words whether it never was or may not be seen."""
    return refuse("not_found", _("There is nothing at this address, or it is not for you."), 404)


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Turn the wrong role away."""
    return refuse("not_allowed", _("You may not do this."), 403)


@api.exception_handler(IndexNotReady)
def not_ready(request: HttpRequest, error: IndexNotReady) -> HttpResponse:
    """The index is being made: ask again, nothing is lost."""
    return refuse(error.code, str(error), 503)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Say what a rule of the domain refused, and how to mend it."""
    return refuse(error.code, str(error), 422, {name: str(text) for name, text in error.fields.items()})


@api.exception_handler(ValidationError)
def bad_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name each parameter that can't be read, with what is wrong with it."""
    fields: dict[str, str] = {}
    for one in error.errors:
        place: tuple[Any, ...] = tuple(one.get("loc", ()))
        names = [str(part) for part in place[2:] or place[1:] if not isinstance(part, int)]
        fields[".".join(names) or "query"] = str(one.get("msg", ""))
    return refuse("bad_input", _("Some parameters can't be read; see fields."), 422, fields)
