"""The installed app: its manifest, its icons, its worker and the page without a network, as the server gives them.

What the worker does in a browser is shown by tests/journeys/test_phone.py.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

pytestmark = pytest.mark.django_db


def get(name: str, language: str = "en") -> Any:
    client = Client()
    client.cookies["django_language"] = language
    return client.get(reverse(f"web:{name}"))


def file_of(address: str) -> str:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return found


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-hans", "zh-Hans")])
def test_the_manifest_has_what_an_installation_asks_for(language: str, tag: str) -> None:
    answer = get("manifest", language)
    described = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (described["lang"], described["display"], described["scope"]) == (tag, "standalone", "/")
    assert described["name"]
    assert {(icon["sizes"], icon["purpose"]) for icon in described["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }


def test_every_icon_is_as_large_as_it_says_and_small_in_bytes() -> None:
    for icon in json.loads(get("manifest").content)["icons"]:
        path = file_of(icon["src"])
        with Image.open(path) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]
        with open(path, "rb") as file:  # noqa: PTH123
            assert len(file.read()) < 20_000


def test_a_maskable_icon_is_filled_to_its_corners() -> None:
    icons = json.loads(get("manifest").content)["icons"]
    masked = next(icon for icon in icons if icon["purpose"] == "maskable")
    with Image.open(file_of(masked["src"])) as picture:
        drawn = picture.convert("RGBA")
        corners = [drawn.getpixel((x, y)) for x in (0, drawn.width - 1) for y in (0, drawn.height - 1)]
    assert all(isinstance(corner, tuple) and corner[3] == 255 for corner in corners)


def test_shortcuts_lead_to_pages_of_ours() -> None:
    for shortcut in json.loads(get("manifest").content)["shortcuts"]:
        assert Client().get(shortcut["url"]).status_code in {200, 302}


def test_the_worker_keeps_files_that_exist_and_is_asked_for_anew() -> None:
    answer = get("worker")
    told = re.match(r"const HOUSE = (\{.*?\});\n", answer.content.decode())
    assert told
    house = json.loads(told.group(1))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert len(house["shell"]) == 5
    for address in house["shell"]:
        file_of(address)
    assert Client().get(house["offline"]).status_code == 200
    assert house["orders"] == reverse("web:order_list")


def test_whoever_leaves_is_forgotten() -> None:
    told = get("worker").content.decode()
    for name in ("account_logout", "account_login", "web:demo_sign_in", "web:seat"):
        path = reverse(name)
        assert any(path.startswith(leaving) for leaving in ("/account/", "/demo/sign-in/", "/me/seat/"))
        assert any(f'"{leaving}"' in told for leaving in ("/account/", "/demo/sign-in/", "/me/seat/"))


def test_the_page_without_a_network_holds_nothing_of_a_person_and_asks_no_database() -> None:
    get("offline")
    with CaptureQueriesContext(connection) as queries:
        shown = get("offline").content.decode()
    assert len(queries) == 0
    assert "There is no network" in shown
    assert "<form" not in shown


def test_every_page_names_manifest_and_worker() -> None:
    shown = Client().get(reverse("web:home")).content.decode()
    assert f'rel="manifest" href="{reverse("web:manifest")}"' in shown
    assert f'data-worker="{reverse("web:worker")}"' in shown
