"""The address of a picture: answered for ever the same, harmless by its headers, and without the database."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from caigou.files.services import picture_url, store_picture
from caigou.files.shown import Shown
from caigou.files.tests import corpus
from caigou.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    return picture_url(store_picture(corpus.png(), by=SYSTEM), 480)


def test_a_picture_is_served_for_ever_and_can_do_nothing(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]
    assert "Set-Cookie" not in answer


def test_a_kept_one_is_not_sent_again(client: Client, address: str) -> None:
    tag = client.get(address)["ETag"]

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_no_query_is_asked(client: Client, address: str, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    client.cookies["sessionid"] = "somebody"
    with django_assert_num_queries(0):
        client.get(address)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing.webp",
        "../../settings.py",
        "%2e%2e/%2e%2e/secret",
        "a" * 64 + "-480.webp",
        "A" * 64 + "-480.webp",
        "a" * 64 + "-480.webp/../x",
        "a" * 64 + "-480.webp%00.html",
        "a" * 64 + "-99999.webp",
        "ab/" + "a" * 64 + "-480.webp",
        "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    ],
)
def test_only_names_of_ours_lead_to_a_file(client: Client, name: str) -> None:
    assert client.get(f"/pictures/{name}").status_code == 404


def test_nothing_is_written_there(client: Client, address: str) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(address).status_code == 405


def test_a_page_needs_only_the_text_that_the_table_keeps() -> None:
    shown = Shown("0" * 64, 960, 720)

    assert Shown.parse(str(shown)) == shown
    assert shown.srcset.count("/pictures/") == 3
    for text in ("", "x", f"{'0' * 64}.0.1", f"{'0' * 64}.960.720<script>"):
        assert Shown.parse(text) is None


def test_pictures_have_a_host_of_their_own_where_it_is_set(settings: Settings, address: str, client: Client) -> None:
    settings.CAIGOU_PICTURES_URL, settings.CAIGOU_PICTURES_HOST = "https://pictures.example", "pictures.example"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "pictures.example"]

    there = client.get(address, headers={"host": "pictures.example"})
    assert there.status_code == 200
    assert there["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/search/", headers={"host": "pictures.example"}).status_code == 404
    here = client.get(address)
    assert (here.status_code, here["Location"]) == (301, f"https://pictures.example{address}")
    assert Shown("a" * 64, 960, 640).url(480) == f"https://pictures.example/pictures/{'a' * 64}-480.webp"
    assert client.get("/healthz").status_code == 200
