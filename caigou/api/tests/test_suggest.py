"""Suggestions over the API (F4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from caigou.api.suggest import SuggestOut
from caigou.search.services import reindex
from tests.support.factories import make_product, make_supplier

pytestmark = pytest.mark.django_db


def test_what_is_suggested_says_what_it_is_and_a_damaged_question_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "index"
    assert Client().get("/api/v1/suggest", {"q": "glas"}).status_code == 503
    make_product(make_supplier(), title_en="Glass jar", title_zh="玻璃罐")
    reindex()
    body = Client().get("/api/v1/suggest", {"q": "glas"}).json()
    assert SuggestOut.model_validate(body, strict=True).model_dump() == body
    assert {"kind": "words", "text": "glass", "products": 1, "id": None} in body["items"]
    assert Client().get("/api/v1/suggest", {"q": "x" * 201}).json()["code"] == "bad_input"
