"""Who asks, and may they open this route?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.module_loading import import_string

from caigou.accounts.access import Access, declared
from caigou.accounts.current import CHOSEN, actor_on, seat_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class UndeclaredAccess(Exception):
    """A route that nobody wrote a policy for: closed to all."""


@cache
def foreign_routes() -> Mapping[str, Access]:
    """Policies of views that a library wrote, by the name of their route; from ``config``."""
    table: Mapping[str, Access] = import_string(settings.CAIGOU_FOREIGN_ROUTES)
    return table


def policy_of(view: Callable[..., Any], route: str | None) -> Access:
    """Return the route's declared policy; raises ``UndeclaredAccess`` when there is none."""
    policy = declared(view) or foreign_routes().get(route or "")
    if policy is None:
        raise UndeclaredAccess(f"the route {route or view!r} declares no access")
    return policy


class CurrentActor:
    """Put ``request.actor`` and ``request.company`` there: None for people without a seat."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = request.company = None
        # Files and health checks set no session; looking at one would cost a query and a Vary header.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            seat = seat_of(request.user, request.session.get(CHOSEN))
            if seat is not None:
                request.actor, request.company = actor_on(seat), seat.company
        return self.get_response(request)


class DeclaredAccess:
    """Refuse a route without a policy, send strangers to the door, and turn the wrong role away."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        policy = policy_of(view, match.view_name if match else None)
        role = request.actor.role if request.actor else None
        signed_in = request.user.is_authenticated if not policy.signed else False
        rights = request.actor.rights if request.actor else ()
        if policy.allows(role, signed_in=signed_in, rights=rights):
            return None
        if not signed_in and request.headers.get("HX-Request"):
            # A part of a page that follows along: load the whole page, which leads to the door.
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        if not signed_in:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if role is None:
            return redirect("web:company_new")
        raise PermissionDenied
