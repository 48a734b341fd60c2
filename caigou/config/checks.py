"""Checks at start-up: what must hold before the first request is served."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from caigou.accounts.middleware import UndeclaredAccess, policy_of


def all_routes(resolver: URLResolver | None = None, namespace: str = "") -> list[tuple[str, URLPattern]]:
    """Return every route of the site with its full name, ``namespace:name``."""
    routes: list[tuple[str, URLPattern]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            routes += all_routes(entry, inner)
        else:
            routes.append((f"{namespace}{entry.name}", entry))
    return routes


def routes_declare_access(**_: Any) -> list[CheckMessage]:
    """Every route names who may open it; the server does not start otherwise."""
    problems: list[CheckMessage] = []
    for name, route in all_routes():
        try:
            policy_of(route.callback, name)
        except UndeclaredAccess as error:
            problems.append(Error(str(error), hint="Put @access(...) on the view.", id="caigou.E001"))
    return problems


def register_all() -> None:
    """Register the checks with Django."""
    register(routes_declare_access, Tags.urls)
