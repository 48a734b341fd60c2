"""Searching by picture on the pages (F4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caigou.files import fingerprint
from caigou.files.tests import corpus
from caigou.kernel.clock import now
from caigou.search.models import AskedPicture
from caigou.search.services.alike import KEPT
from caigou.search.services.looking import keep_drawings
from tests.support.factories import make_product

pytestmark = pytest.mark.django_db


def upload(client: Client, data: bytes) -> object:
    return client.post("/search/picture/", {"picture": SimpleUploadedFile("a.jpg", data, "image/jpeg")})


def test_a_picture_leads_to_the_goods_that_look_like_it_for_an_hour() -> None:
    mug = make_product()
    keep_drawings({mug.pk: fingerprint.fingerprint(corpus.drawn())})
    client = Client()
    assert 'enctype="multipart/form-data"' in client.get("/search/picture/").content.decode()

    sent = upload(client, corpus.jpeg(quality=40))

    place = sent["Location"]  # type: ignore[index]
    page = client.get(place)
    body = page.content.decode()
    assert "1 product" in body
    assert mug.public_id in body
    assert 'src="data:image/webp;base64,' in body
    assert mug.public_id not in client.get(place, {"kind": "trader"}).content.decode().split('id="found"')[1]
    assert corpus.TELLTALE not in bytes(AskedPicture.objects.get().small)
    with time_machine.travel(now() + KEPT + timedelta(seconds=1), tick=False):
        gone = client.get(place)
    assert gone.status_code == 404
    assert "Choose it again" in gone.content.decode()


def test_what_is_no_picture_is_refused_on_the_page_with_its_reason() -> None:
    sent = upload(Client(), b"<svg onload=alert(1)>")

    assert sent.status_code == 422  # type: ignore[attr-defined]
    assert "This is no JPEG, PNG or WebP picture" in sent.content.decode()  # type: ignore[attr-defined]
    assert Client().post("/search/picture/").status_code == 422


def test_a_product_leads_to_others_that_look_like_it_and_not_to_itself() -> None:
    mug, cup = make_product(), make_product()
    bits = fingerprint.fingerprint(corpus.drawn())
    keep_drawings({mug.pk: bits, cup.pk: bits})
    client = Client()
    assert f"/p/{mug.public_id}/alike/" in client.get(f"/p/{mug.public_id}/").content.decode()

    found = client.get(f"/p/{mug.public_id}/alike/").content.decode()

    assert f'href="/p/{cup.public_id}/' in found
    assert f'name="p" value="{cup.public_id}"' in found
    assert f'name="p" value="{mug.public_id}"' not in found
