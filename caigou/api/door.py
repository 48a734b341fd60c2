"""The API's own door: one ``NinjaAPI``, one shape for every refusal, and never a page of HTML.

Reads of the market are open to all, as the pages are; everything of a company's own needs a key (``api/keys.py``).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from caigou.api.body import JSON, StrictJson
from caigou.api.examples import add_examples
from caigou.api.shapes import refusal
from caigou.integrations.services.limits import TooMany
from caigou.integrations.services.once import BadKey, InFlight
from caigou.jobs.database import Busy, is_busy
from caigou.kernel.errors import DomainError, NotAllowed
from caigou.search.ports import IndexNotReady

#: What is refused by status: a busy account is no final word, so it is a 503 and asked again.
STATUS_OF: dict[str, int] = {"busy": 503, "not_allowed": 403, "scope_missing": 403}


class Door(NinjaAPI):
    """Draws its OpenAPI document once: it changes with the code only, and drawing it takes half a second."""

    @cached_property
    def _document(self) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=reverse("api:api-root"))
        add_examples(document)
        return document

    def get_openapi_schema(self, **_kwargs: Any) -> OpenAPISchema:
        """Return the document."""
        return self._document


#: Its OpenAPI document is served; pages that explain it would load scripts from elsewhere, so there are none.
api = Door(
    title="Caigou",
    version="1",
    description=(
        "Wholesale goods from China: search and read them, ask for offers, order, pay into escrow. Listed prices are"
        " never offers. Money is text with its currency, never a number. What belongs to a company needs a key:"
        " `Authorization: Bearer cgk_…`. Every POST needs an `Idempotency-Key`."
    ),
    urls_namespace="api",
    docs_url=None,
    parser=StrictJson(),
)


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return 403 if isinstance(error, NotAllowed) else STATUS_OF.get(error.code, 422)


def _asked_again(response: HttpResponse, seconds: int = 1) -> HttpResponse:
    response.headers["Retry-After"] = str(seconds)
    return response


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that there is nothing, in the same words whether it never was or may not be seen."""
    return refusal("not_found", _("There is nothing at this address, or it is not for you."), 404)


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Turn the wrong role away."""
    return refusal("not_allowed", _("You may not do this."), 403)


@api.exception_handler(AuthenticationError)
def no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Say that a key is missing, unknown or revoked, in the same words."""
    response = refusal("key_needed", _("Send a key that acts: Authorization: Bearer cgk_…"), 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say that the body isn't JSON that we take."""
    if error.status_code == 400 and request.content_type != JSON:
        return refusal("not_json", _("Send JSON, with Content-Type: application/json."), 415)
    return refusal("bad_json", _("The body is not valid JSON in UTF-8."), error.status_code)


@api.exception_handler(OperationalError)
def busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """Others keep a lock too long, or the database is overloaded: nothing is done, ask again; other faults go on."""
    if not is_busy(error):
        raise error
    return refused(request, Busy())


@api.exception_handler(IndexNotReady)
def not_ready(request: HttpRequest, error: IndexNotReady) -> HttpResponse:
    """The index is being made: ask again, nothing is lost."""
    return _asked_again(refusal(error.code, str(error), 503), 5)


@api.exception_handler(TooMany)
def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    """The key's limit of this minute is reached."""
    return _asked_again(refusal(error.code, str(error), 429), error.wait)


@api.exception_handler(InFlight)
def in_flight(request: HttpRequest, error: InFlight) -> HttpResponse:
    """The first request under this idempotency key still runs."""
    return _asked_again(refusal(error.code, str(error), 409))


@api.exception_handler(BadKey)
def bad_key(request: HttpRequest, error: BadKey) -> HttpResponse:
    """There is no idempotency key, or none that can be taken."""
    return refusal(error.code, str(error), 400, {"Idempotency-Key": str(error)})


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Say what a rule of the domain refused, and how to mend it."""
    response = refusal(error.code, str(error), status_of(error), fields_of(error))
    return _asked_again(response) if response.status_code == 503 else response


def fields_of(error: DomainError) -> dict[str, str]:
    """Return what is wrong with which input, as text."""
    return {name: str(text) for name, text in error.fields.items()}


@api.exception_handler(ValidationError)
def bad_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name each parameter that can't be read, with what is wrong with it."""
    fields: dict[str, str] = {}
    for one in error.errors:
        place: tuple[Any, ...] = tuple(one.get("loc", ()))
        names = [str(part) for part in place[2:] or place[1:] if not isinstance(part, int)]
        fields[".".join(names) or "query"] = str(one.get("msg", ""))
    return refusal("bad_input", _("Some parameters can't be read; see fields."), 422, fields)
