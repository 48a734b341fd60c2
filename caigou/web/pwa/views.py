"""What makes the site an app on a phone: its manifest, its worker, and the page for when there is no network (F1)."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from caigou.accounts.access import PUBLIC, access
from caigou.house.settings import house_name

#: Which file is which icon: side in pixels, and what a system may do with it.
_ICONS = (
    ("ui/icon-192.png", 192, "any"),
    ("ui/icon-512.png", 512, "any"),
    ("ui/icon-maskable-512.png", 512, "maskable"),
)
#: The style sheet's canvas, by day: what a phone shows while the app opens.
_GROUND: Final = "#F3F6F6"
#: What the page without a network and the kept pages need to look as always.
_SHELL = ("ui/app.css", "ui/app.js", "ui/kept.js", "ui/seal.svg", "django_htmx/htmx-2.min.js")
#: Somebody else may come after any of these: what was kept for the reader before is forgotten.
_LEAVING = ("/account/", "/demo/sign-in/", "/me/seat/")
_WORKER: Final = "ui/worker.js"


@require_safe
@access(PUBLIC)
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app, in the reader's language, to a browser that may install it."""
    name = house_name()
    orders, messages = reverse("web:order_list"), reverse("web:inquiry_list")
    icon = {"src": static(_ICONS[0][0]), "sizes": "192x192", "type": "image/png"}
    described = {
        "id": "/",
        "name": name,
        "short_name": name[:12],
        "description": _("Wholesale from China: find, ask for an offer, pay into escrow, receive."),
        "lang": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "dir": "ltr",
        "start_url": reverse("web:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": _GROUND,
        "categories": ["business", "shopping"],
        "icons": [
            {"src": static(file), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for file, side, purpose in _ICONS
        ],
        "shortcuts": [
            {"name": _("Find goods"), "url": reverse("web:search"), "icons": [icon]},
            {"name": _("Orders"), "url": orders, "icons": [icon]},
            {"name": _("Messages"), "url": messages, "icons": [icon]},
        ],
    }
    return JsonResponse(described, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@access(PUBLIC)
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, so that it may see to every page; it says itself what it keeps."""
    house = {
        "shell": [static(file) for file in _shell()],
        "offline": reverse("web:offline"),
        "orders": reverse("web:order_list"),
        "static": settings.STATIC_URL,
        "leaving": _LEAVING,
    }
    source = _source()
    version = hashlib.sha256((json.dumps(house) + source).encode()).hexdigest()[:12]
    told = json.dumps({**house, "version": version})
    answer = HttpResponse(f"const HOUSE = {told};\n{source}", content_type="text/javascript; charset=utf-8")
    # Asked for anew at each visit; a browser takes it only when a byte of it changed.
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
@access(PUBLIC)
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no network, and what can be read without one. The worker keeps this page."""
    return render(request, "web/pwa/offline.html", {"no_find": True})


@cache
def _source() -> str:
    found = finders.find(_WORKER)
    if not isinstance(found, str):
        raise FileNotFoundError(_WORKER)
    return Path(found).read_text(encoding="utf-8")


@cache
def _shell() -> tuple[str, ...]:
    """The files that exist: a library may name its own otherwise in another version."""
    return tuple(file for file in _SHELL if finders.find(file))
