"""The names of addresses that the frame links to, so that the look is tested without the doors above it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _page(_request: HttpRequest, **_parts: Any) -> HttpResponse:
    return HttpResponse()


_WEB = ("home", "search", "inquiry_list", "order_list", "money", "me", "desk", "goods", "language", "reader", "rates")
_CONSOLE = ("home", "imports", "orders", "books")

urlpatterns = [
    path("", include(([path(f"{name}/", _page, name=name) for name in _WEB], "web"))),
    path("console/", include(([path(f"{name}/", _page, name=name) for name in _CONSOLE], "console"))),
    path("in/", _page, name="account_login"),
    path("out/", _page, name="account_logout"),
    path("new/", _page, name="account_signup"),
]
