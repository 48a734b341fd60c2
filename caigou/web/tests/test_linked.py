"""Links and codes in the search box lead to the very goods (F4), and never make us open anything."""

from __future__ import annotations

import pytest
from django.test import Client

from caigou.search.services import reindex
from tests.support.factories import make_product

pytestmark = pytest.mark.django_db

OFFER = "620201390233"


def to(query: str) -> str:
    """Return where a search leads; an empty text for a page of its own."""
    answer = Client().get("/search/", {"q": query})
    return answer["Location"] if answer.status_code == 302 else ""


def test_a_link_or_a_code_leads_to_the_product_and_nowhere_else() -> None:
    mug, other, coded = make_product(), make_product(), make_product()
    for product, source, external_id in (
        (mug, "1688", OFFER),
        (other, "taobao", OFFER),
        (coded, "import:kiln", "DH-M350"),
    ):
        product.source, product.external_id = source, external_id
        product.save()
    reindex()
    page = f"/p/{mug.public_id}/"

    assert to(f"https://detail.1688.com/offer/{OFFER}.html?spm=a2615") == page
    assert to(f"【1688】陶瓷马克杯 https://m.1688.com/offer/{OFFER}.html，快来看") == page
    assert to(f"https://item.taobao.com/item.htm?id={OFFER}&spm=x") == f"/p/{other.public_id}/"
    assert to("dh-m350") == f"/p/{coded.public_id}/"
    assert to(f"http://testserver/p/{mug.public_id}/?quantity=5") == page
    assert to("http://testserver/p/nothinghere000/") == ""
    assert to("https://evil.example/p/" + mug.public_id) == ""
    assert to("https://detail.1688.com.evil.example/offer/" + OFFER + ".html") == ""


def test_a_link_to_other_goods_says_what_to_do_next() -> None:
    body = (
        Client().get("/search/", {"q": "「陶瓷马克杯」https://detail.1688.com/offer/999999999.html"}).content.decode()
    )
    assert "Not among our goods yet" in body
    assert "陶瓷马克杯" in body
    assert "/search/picture/" in body

    assert "short link" in Client().get("/search/", {"q": "https://m.tb.cn/h.5abc?tk=1"}).content.decode()
    assert "never open links" in Client().get("/search/", {"q": "https://evil.example/x"}).content.decode()
