"""The page that says why a product stands where it stands, or why nobody finds it."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from caigou.catalogue.models import Product, ProductStatus
from caigou.search.models import Pending
from caigou.search.services import Query, explain, find, index_products, read_query, reindex, write_query
from tests.support.factories import make_buyer, make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(settings: Settings, tmp_path: Path) -> Product:
    settings.CAIGOU_INDEX = tmp_path / "index"
    seller = make_supplier(province="Fujian")
    made = make_product(seller, title_en="Ceramic mug with lid", title_zh="陶瓷马克杯", moq=240)
    make_product(seller, title_en="Glass jar", title_zh="玻璃罐", moq=10)
    reindex()
    return made


@pytest.fixture
def staff() -> Client:
    return make_staff().client()


@pytest.fixture
def page(staff: Client) -> Callable[..., str]:
    def opened(product: Product, language: str = "en", **asked: Any) -> str:
        staff.cookies["django_language"] = language
        answer = staff.get(f"/console/goods/{product.public_id}/why/", asked)
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    return opened


def test_the_place_the_words_and_the_score_are_told(mug: Product, page: Callable[..., str]) -> None:
    text = page(mug, q="ceramic mug zeppelin")
    assert "Found: place 1 of 1." in text
    assert "It doesn't have this word." in text
    assert "Score" in text
    assert "What the search engine says itself" in text
    told = explain(Query(text="ceramic mug lid"), mug).told
    assert sum(one.score for one in told.contributions) * told.factor == pytest.approx(told.score, rel=1e-3)
    assert sum(explain(Query(text="mug"), mug).prior.values()) == pytest.approx(told.quality, abs=1e-3)


def test_each_filter_says_what_is_asked_and_what_the_product_has(mug: Product, page: Callable[..., str]) -> None:
    asked = write_query(Query(text="mug", moq_max=100, provinces=frozenset({"Fujian"})))
    text = page(mug, query=asked)
    assert "Not found: it fails 1 filter." in text
    assert text.index("Smallest order") < text.index("up to 100") < text.index("240") < text.index("Fails")
    assert "Passes" in text


def test_every_filter_has_words(mug: Product, page: Callable[..., str]) -> None:
    every = Query(
        text="mug", quantity=500, currency="CNY", price_min=1, price_max=10**6, moq_max=500, lead_max=9, rating_min=40,
        countries=frozenset({"CN"}), provinces=frozenset({"Fujian"}), cities=frozenset({"Dehua"}), sample=True,
        qualifications=frozenset({"none"}), kinds=frozenset({"factory"}), categories=frozenset({"x"}), own_logo=True,
    )  # fmt: skip
    for language in ("en", "zh-hans"):
        text = page(mug, language, query=write_query(every))
        assert text.count("data-label") == 3 * 13


def test_each_reason_not_to_be_found_is_named(mug: Product, page: Callable[..., str]) -> None:
    assert "Not found: it has 0 of the words, and 2 are needed." in page(mug, q="glass jar", exact="yes")
    Pending.objects.create(product_id=mug.pk)
    assert "A change of the product isn't in the index yet." in page(mug, q="mug")
    Product.objects.filter(pk=mug.pk).update(status=ProductStatus.WITHDRAWN)
    index_products([mug.pk])
    assert "Not found: it isn't on the market." in page(mug, q="mug")
    Product.objects.filter(pk=mug.pk).update(status=ProductStatus.LISTED)
    assert "Not found yet: it changed a moment ago" in page(mug, q="mug")
    Pending.objects.all().delete()
    assert "the search index doesn't hold it" in page(mug, q="mug")


def test_what_is_written_is_read_again_and_anything_else_is_refused_in_words(
    mug: Product, page: Callable[..., str]
) -> None:
    query = Query(text="杯", kinds=frozenset({"factory"}), price_max=5, sort="price")
    assert read_query(write_query(query)) == query
    for broken in ("{", "[]", '{"text": 5}', '{"sort": "luck"}', "\x00", '{"moq_max": "1"}'):
        assert "This address is damaged." in page(mug, query=broken)
    page(mug, query='{"moq_max": 99999999999999999999, "quantity": -5}', q="x" * 500)


def test_only_staff_are_led_there_and_only_staff_may_see_it(mug: Product, staff: Client) -> None:
    link = f"/console/goods/{mug.public_id}/why/?query="
    buyer = make_buyer().client()
    results = unescape(staff.get("/search/", {"q": "mug", "moq": "500"}).content.decode())
    assert link in results
    there = results[results.index(link) :].partition('"')[0]
    assert "Found: place 1 of 2." in unescape(staff.get(there).content.decode())
    for other in (buyer, Client()):
        assert "/why/" not in other.get("/search/", {"q": "mug"}).content.decode()
        assert other.get(link).status_code in {302, 403, 404}


def test_without_an_index_the_page_says_so(settings: Settings, tmp_path: Path, page: Callable[..., str]) -> None:
    settings.CAIGOU_INDEX = tmp_path / "none"
    assert "The search index is being rebuilt." in page(make_product(), q="mug")
    assert find(Query(text="mug")).rebuilding
