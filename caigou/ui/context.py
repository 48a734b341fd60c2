"""What the base template needs on every page, from the request alone: no query of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from caigou.files.shown import Shown
from caigou.house.settings import LOGO, house_name
from caigou.ui import nav


def page(request: HttpRequest) -> dict[str, Any]:
    """Give ``nav``, ``role``, ``person_name``, ``person_initials``, ``demo``, ``reader`` and the house's name and logo.

    ``request.actor`` is set by the accounts middleware (None for a visitor); a door may set
    ``request.nav_counts``, such as ``{"inquiries": 3}``, to say what waits for the reader.
    """
    actor = getattr(request, "actor", None)
    role: str = actor.role if actor is not None else ""
    match = request.resolver_match
    here = match.view_name if match is not None else ""
    counts = getattr(request, "nav_counts", {})
    user = getattr(request, "user", None) if actor is not None else None
    name: str = getattr(user, "name", "") or getattr(user, "email", "")
    return {
        "role": role,
        "nav": nav.links(role, here=here, counts=counts, rights=actor.rights if actor is not None else ()),
        "person_name": name,
        "person_initials": initials(name),
        "demo": bool(getattr(settings, "CAIGOU_DEMO", False)),
        "house_name": house_name(),
        "house_logo": _logo(),
        "reader": getattr(request, "reader", None),
    }


@dataclass(frozen=True, slots=True)
class Logo:
    """The house's own picture for the bar, with the size in pixels at which it is drawn."""

    src: str
    width: int
    height: int


#: Height of the logo in the bar, in CSS pixels.
_LOGO_HEIGHT = 28


def _logo() -> Logo | None:
    shown = Shown.parse(LOGO.value)
    if shown is None:
        return None
    width = max(shown.width * _LOGO_HEIGHT // shown.height, 1)
    return Logo(shown.url(width * 2), width, _LOGO_HEIGHT)


def initials(name: str) -> str:
    """Return what stands in the round mark of a person: two letters, or one Chinese character.

    >>> initials("Hannah Park"), initials("林晓燕"), initials("Lin Xiaoyan 林晓燕"), initials("Madonna"), initials("")
    ('HP', '林', 'LX', 'M', '')
    """
    words = name.split()
    words = [word for word in words if word[0].isascii()] or words
    if not words:
        return ""
    if not words[0][0].isascii():
        return words[0][0]
    return "".join(word[0].upper() for word in (words if len(words) == 1 else [words[0], words[-1]]))
