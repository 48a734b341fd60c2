"""The list below the search box, as htmx asks for it; and the box without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from caigou.search.services import reindex
from tests.support.factories import make_product, make_supplier

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def goods(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "index"
    make_product(make_supplier(), title_en="Glass <b>jar", title_zh="玻璃罐")
    reindex()


def test_the_list_has_options_that_say_what_they_are_and_where_they_lead(goods: None) -> None:
    page = Client().get("/suggest/", {"q": "gla"}, headers=HTMX)
    text = page.content.decode()
    assert page["Cache-Control"] == "private, max-age=30"
    assert 'role="option"' in text
    assert 'data-words="glass"' in text
    assert 'data-href="/search/?q=glass"' in text
    assert 'data-say="1 suggestion"' in text
    assert "<b>" not in text
    chinese = Client().get("/suggest/", {"q": "boli"}, headers=HTMX | {"Accept-Language": "zh-hans"})
    assert 'data-words="玻璃罐"' in chinese.content.decode()


def test_without_a_script_the_box_searches_and_the_list_sends_on_to_the_results(goods: None) -> None:
    page = Client().get("/search/").content.decode()
    assert 'role="listbox"' in page
    assert "combobox" not in page, "only the script makes it one"
    assert Client().get("/suggest/", {"q": "gla ss"})["Location"] == "/search/?q=gla+ss"


def test_without_an_index_there_is_nothing_to_suggest(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "none"
    page = Client().get("/suggest/", {"q": "glass"}, headers=HTMX)
    assert (page.status_code, page.content.strip()) == (200, b"")
