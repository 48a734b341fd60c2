"""Goods that a browser remembers, as ids in a cookie: those in the compare tray, and those seen last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpResponse

#: Goods beside each other; more are not compared but searched.
MOST_COMPARED: Final = 5
MOST_SEEN: Final = 12
_COMPARE, _SEEN = "compare", "seen"
_DAYS = 60 * 60 * 24
_AGES: Final = {_COMPARE: 7 * _DAYS, _SEEN: 60 * _DAYS}
_ID = re.compile(r"[0-9a-z]{1,26}", re.ASCII)


def sound(ids: Iterable[str], most: int) -> list[str]:
    """Return what can be an id, each once, at most ``most``.

    >>> sound(["a1", "a1", "x'y", "b2"], 2)
    ['a1', 'b2']
    """
    return [one for one in dict.fromkeys(ids) if _ID.fullmatch(one)][:most]


def _read(request: Any, name: str, most: int) -> list[str]:
    return sound(request.COOKIES.get(name, "")[:2_000].split("."), most)


def _write(response: HttpResponse, name: str, ids: list[str]) -> None:
    if ids:
        response.set_cookie(name, ".".join(ids), max_age=_AGES[name], httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")


def tray_of(request: Any) -> list[str]:
    """Return the public ids in the compare tray, in the order in which they came."""
    return _read(request, _COMPARE, MOST_COMPARED)


def keep_tray(response: HttpResponse, ids: list[str]) -> None:
    """Remember the tray for a week."""
    _write(response, _COMPARE, ids)


def seen_of(request: Any) -> list[str]:
    """Return the public ids of the goods seen last, the latest first."""
    return _read(request, _SEEN, MOST_SEEN)


def keep_seen(request: Any, response: HttpResponse, public_id: str) -> None:
    """Remember for two months that the product was seen now."""
    _write(response, _SEEN, sound([public_id, *seen_of(request)], MOST_SEEN))


def forget_seen(response: HttpResponse) -> None:
    """Forget all goods that were seen."""
    _write(response, _SEEN, [])
