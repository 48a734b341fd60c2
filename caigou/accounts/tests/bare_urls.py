"""Addresses for the tests of declared access: with a policy, without one, and wrapped."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from caigou.accounts.access import (
    BUYER,
    FINANCE,
    MEMBER,
    OWNER,
    PERSON,
    PUBLIC,
    SIGNED,
    STAFF,
    SUPPLIER,
    TRADER,
    access,
)

reached: list[str] = []


def _view(request: HttpRequest) -> HttpResponse:
    reached.append(request.path)
    return HttpResponse("in")


def forgotten(request: HttpRequest) -> HttpResponse:
    return _view(request)


@require_POST
@access(BUYER)
def wrapped(request: HttpRequest) -> HttpResponse:
    return _view(request)


POLICIES = {p.name: p for p in (PUBLIC, PERSON, MEMBER, TRADER, BUYER, SUPPLIER, STAFF, FINANCE, OWNER, SIGNED)}


def _declared(name: str) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        return _view(request)

    return access(POLICIES[name])(view)


urlpatterns = [
    *(path(f"{name}/", _declared(name), name=name) for name in POLICIES),
    path("forgotten/", forgotten, name="forgotten"),
    path("wrapped/", wrapped, name="wrapped"),
    # The house's own, for the pages to which people are sent.
    path("", include("caigou.config.urls")),
]
