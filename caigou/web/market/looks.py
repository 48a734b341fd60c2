"""How the reader wants lists of goods: in rows, to compare figures, or as pictures, to choose by eye (F5)."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse

ROWS: Final = "rows"
PICTURES: Final = "pictures"
VIEWS: Final = (ROWS, PICTURES)
_COOKIE: Final = "view"
_ONE_YEAR: Final = 365 * 24 * 3600


def view_of(request: Any) -> str:
    """Return the view that the address names, else the one chosen before in this browser, else rows."""
    said = (request.GET.get("view", ""), request.COOKIES.get(_COOKIE, ""))
    return next((one for one in said if one in VIEWS), ROWS)


def keep_view(request: Any, response: HttpResponse) -> None:
    """Remember for a year what the address names, as place and currency are; nothing is written for the same again."""
    named = request.GET.get("view", "")
    if named in VIEWS and named != request.COOKIES.get(_COOKIE, ROWS):
        response.set_cookie(
            _COOKIE, named, max_age=_ONE_YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax", httponly=True
        )
