"""Searching over the API: the page's goods and counts, read strictly, refused in one shape (F4, F5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from caigou.api.schemas import SearchOut
from caigou.catalogue.models import Product
from caigou.kernel.clock import frozen, now
from caigou.search.services import Query, find, reindex
from tests.support.factories import make_product, make_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(settings: Any, tmp_path: Path) -> list[Product]:
    settings.CAIGOU_INDEX = tmp_path / "index"
    seller = make_supplier(province="Fujian", province_zh="福建")
    made = [
        make_product(seller, title_en=f"Ceramic mug {number}", lead_days=number, moq=24 * (number + 1))
        for number in range(30)
    ]
    made.append(make_product(title_en="Linen scarf", title_zh="亚麻围巾", sample_offered=True, own_logo=True))
    reindex()
    return made


def search(**asked: Any) -> Any:
    return Client().get("/api/v1/search", asked)


def test_the_answer_is_what_the_document_promises(goods: list[Product]) -> None:
    body = search(q="scarf", quantity=500).json()
    assert SearchOut.model_validate(body, strict=True).model_dump() == body
    [item] = body["items"]
    assert (item["title_zh"], item["quantity"]) == ("亚麻围巾", 504)
    assert item["unit_price"] == {"amount": "13.80", "currency": "CNY"}
    assert body["facets"]["sample"] == {"yes": 1}


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ({"q": "mug", "moq": 240}, Query(text="mug", moq_max=240)),
        ({"province": "Fujian", "lead": 7}, Query(provinces=frozenset({"Fujian"}), lead_max=7)),
        ({"own_logo": "true"}, Query(own_logo=True)),
        ({"price_max": "13.00", "quantity": 1000}, Query(price_max=13_00, quantity=1000)),
        ({"sort": "lead", "category": ["mugs"]}, Query(sort="lead", categories=frozenset({"mugs"}))),
    ],
)
def test_it_finds_what_the_page_finds(goods: list[Product], asked: dict[str, Any], query: Query) -> None:
    body, page = search(limit=20, **asked).json(), find(query)
    assert [item["id"] for item in body["items"]] == [product.public_id for product in page.products]
    assert body["total"] == page.total > 0
    for name, counts in body["facets"].items():
        assert {value.value: value.count for value in page.facets[name] if value.count} == counts


def test_cursors_lead_through_all_pages_and_end(goods: list[Product]) -> None:
    seen: list[str] = []
    body = search(limit=7, sort="moq").json()
    while True:
        seen += [item["id"] for item in body["items"]]
        if body["next"] is None:
            break
        body = search(limit=7, sort="moq", cursor=body["next"]).json()
    assert len(seen) == len(set(seen)) == len(goods)


def test_what_changes_of_a_supplier_is_said_in_the_next_answer(goods: list[Product]) -> None:
    """Processes remember suppliers; never beyond a change, nor a mark beyond its last day."""

    def said(moment: datetime) -> dict[str, Any]:
        with frozen(moment):
            [item] = search(q="scarf").json()["items"]
        supplier: dict[str, Any] = item["supplier"]
        return supplier

    seller, today = goods[-1].supplier, now()
    seller.qualification, seller.verified_until = "licence_checked", today.date()
    seller.save()
    assert said(today)["qualification"] == "licence_checked"
    assert said(today + timedelta(days=1))["qualification"] == "none"
    seller.city, seller.company.name_en = "Keqiao", "Keqiao Linen"
    seller.save()
    seller.company.save()
    assert (said(today)["place"]["city"], said(today)["name_en"]) == ("Keqiao", "Keqiao Linen")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 1_000_000}, "limit"),
        ({"quantity": "many"}, "quantity"),
        ({"sort": "password"}, "sort"),
        ({"cursor": "cGFnZTotMQ"}, "cursor"),
        ({"cursor": "?"}, "cursor"),
        ({"price_max": "1e3"}, "price_max"),
        ({"price_min": "10.001"}, "price_min"),
        ({"currency": "XXX"}, "currency"),
        ({"q": "x" * 5_000}, "q"),
        ({"kind": "bank"}, "kind"),
    ],
)
def test_what_cannot_be_read_is_named(goods: list[Product], asked: dict[str, Any], field: str) -> None:
    answer = search(**asked)
    assert answer.status_code == 422
    body = answer.json()
    assert set(body) == {"code", "message", "fields"}
    assert any(name.startswith(field) for name in body["fields"]), body


def test_it_takes_one_query(goods: list[Product], django_assert_num_queries: Any) -> None:
    search(q="mug")
    with django_assert_num_queries(1):
        search(q="mug", quantity=300)


def test_without_an_index_it_says_try_again(settings: Any, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "nothing"
    answer = search(q="mug")
    assert (answer.status_code, answer.json()["code"]) == (503, "index_not_ready")


def test_it_tells_what_was_corrected_and_what_was_left_out(goods: list[Product]) -> None:
    told = {name: search(q="cermaic mug").json()[name] for name in ("corrected", "did_you_mean", "relaxed", "total")}
    assert told == {"corrected": "ceramic mug", "did_you_mean": None, "relaxed": [], "total": 30}
    assert search(q="cermaic mug", exact="true").json()["total"] == 0
    body = search(q="linen zeppelin").json()
    assert (body["relaxed"], body["total"]) == (["linen"], 1)
    assert SearchOut.model_validate(body, strict=True).model_dump() == body
