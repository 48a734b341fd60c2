"""Keys at the door: who acts, within which scope, how often, and once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.security import HttpBearer

from caigou.accounts.models import Company
from caigou.api.door import api, fields_of, status_of
from caigou.api.schemas import ErrorOut
from caigou.api.shapes import encoded, shape
from caigou.integrations.models import ApiKey
from caigou.integrations.services.keys import actor_of, find_key
from caigou.integrations.services.once import Answer, Refused, check_key, once
from caigou.integrations.settings import REQUESTS_A_MINUTE
from caigou.kernel.actor import Actor
from caigou.kernel.errors import DomainError, NotAllowed
from caigou.kernel.last import Last
from caigou.kernel.prepared import planned_once

_OPERATION = Callable[..., HttpResponse]
#: What every operation with a key may answer beside its own.
REFUSALS: dict[int, Any] = {
    400: ErrorOut,
    401: ErrorOut,
    403: ErrorOut,
    404: ErrorOut,
    422: ErrorOut,
    429: ErrorOut,
    503: ErrorOut,
}
_WRITE_REFUSALS: dict[int, Any] = {409: ErrorOut, 413: ErrorOut, 415: ErrorOut}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each thing that you want done, the same when you ask again. Kept for 30 days.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "example": "7f1c5a0e-order-4711-pay",
}


class KeyRequest(HttpRequest):
    """What operations with a key receive."""

    actor: Actor
    company: Company
    auth: ApiKey


class Key(HttpBearer):
    """A company's key with ``scope``; a browser's session counts for nothing here, so no page can be made to ask."""

    def __init__(self, scope: str | None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: Any, token: str) -> ApiKey | None:
        """Let the key's company act; raises ``TooMany`` beyond its limit and ``NotAllowed`` outside its scopes."""
        request.actor = request.company = None
        key = find_key(token, limit=REQUESTS_A_MINUTE.value)
        if key is None:
            return None
        if self.scope is not None and self.scope not in key.scopes:
            raise NotAllowed(
                _("This key may not do this: it lacks %(scope)s.") % {"scope": self.scope}, code="scope_missing"
            )
        request.actor, request.company = actor_of(key), key.company
        return key


def reads(path: str, *, scope: str | None, out: Any, summary: str, tag: str) -> Callable[[_OPERATION], _OPERATION]:
    """Register a GET of a company's own."""
    decorate: Callable[[_OPERATION], _OPERATION] = api.get(
        path,
        auth=Key(scope),
        response={200: out, **REFUSALS},
        summary=summary,
        tags=[tag],
        openapi_extra=_needs(scope),
        url_name=_name_of(path),
    )
    return decorate


def writes(path: str, *, scope: str, out: Any, summary: str, tag: str) -> Callable[[_OPERATION], _OPERATION]:
    """Register a POST; its function ends in ``done_once``."""
    decorate: Callable[[_OPERATION], _OPERATION] = api.post(
        path,
        auth=Key(scope),
        response={200: out, **REFUSALS, **_WRITE_REFUSALS},
        summary=summary,
        tags=[tag],
        openapi_extra={**_needs(scope), "parameters": [_IDEMPOTENCY_KEY]},
        url_name=_name_of(path),
    )
    return decorate


def _needs(scope: str | None) -> dict[str, Any]:
    return {"x-scope": scope or "any"}


def _name_of(path: str) -> str:
    """Return the route's name: one address has one, whatever its methods.

    >>> _name_of("orders/{public_id}/pay")
    'orders-one-pay'
    """
    return "-".join("one" if part.startswith("{") else part for part in path.split("/"))


@dataclass(frozen=True, slots=True)
class Told:
    """What to answer, and what of the effect shall happen last, when the answer is stored already."""

    answer: dict[str, Any]
    last: Last | None = None


def done_once(request: Any, body: Schema | None, work: Callable[[], dict[str, Any] | Told]) -> HttpResponse:
    """Answer with what ``work`` returns, done once for this key, address and body (docs/decisions/0040).

    A refusal by a rule is an answer, too, and is kept; that somebody else holds a lock is none.
    """
    key = check_key(request.headers.get("Idempotency-Key"))
    asked = encoded({"path": request.path, "body": None if body is None else body.model_dump(mode="json")})
    route = str(request.resolver_match.url_name)
    with planned_once():
        kept = once(request.company.pk, route, key, hashlib.sha256(asked).hexdigest(), lambda: _worked(work))
    response = HttpResponse(kept.body, content_type="application/json", status=kept.status)
    if kept.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _worked(work: Callable[[], dict[str, Any] | Told]) -> Answer:
    with _refusals_kept():
        told = work()
    if not isinstance(told, Told):
        return Answer(200, encoded(told).decode())
    last = told.last and replace(told.last, named=partial(_named, told.last))
    return Answer(200, encoded(told.answer).decode(), last=last)


def _named(last: Last, error: DatabaseError) -> Exception | None:
    """Return what an error of the transaction's end means; a refusal by a rule is an answer that is kept."""
    named = last.named(error)
    return (_answer_of(named) or named) if isinstance(named, DomainError) else named


@contextmanager
def _refusals_kept() -> Iterator[None]:
    """Turn a refusal by a rule into an answer that is kept."""
    try:
        yield
    except DomainError as error:
        refused = _answer_of(error)
        if refused is None:
            raise
        raise refused from error


def _answer_of(error: DomainError) -> Refused | None:
    """Return a refusal by a rule as an answer that is kept; None when it may end otherwise in a moment."""
    status = status_of(error)
    if status >= 500:
        return None
    return Refused(Answer(status, encoded(shape(error.code, str(error), fields_of(error))).decode()))
