"""The supplier's desk and goods."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caigou.catalogue.models import Product, ProductStatus
from caigou.jobs.models import Delivery
from caigou.kernel.money import Money
from caigou.orders.earnings import earnings
from caigou.orders.services.confirm import confirm_receipt
from tests.support.factories import (
    make_buyer,
    make_deal,
    make_inquiry,
    make_open_offer,
    make_product,
    make_staff,
    make_supplier,
)

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


def get(client: Client, route: str, language: str = "en", **parameters: Any) -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse(route), parameters)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_opens_without_anything_to_do(language: str) -> None:
    supplier = make_supplier()
    new = reverse("web:product_new")
    assert new in get(supplier.client(), "web:desk", language)
    # With goods on the market there is nothing to do but wait.
    make_product(supplier)
    assert new not in get(supplier.client(), "web:desk", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_shows_requests_shipments_offers_and_money(language: str) -> None:
    supplier, buyer = make_supplier(), make_buyer("Nordlicht")
    product = make_product(supplier)
    asked = make_inquiry(buyer, product)
    offered = make_inquiry(buyer, product)
    make_open_offer(offered, supplier)
    order = make_deal(buyer=buyer, supplier=supplier).place_paid()

    shown = get(supplier.client(), "web:desk", language)

    for link in (
        reverse("web:inquiry", args=[asked.public_id]),
        reverse("web:inquiry", args=[offered.public_id]),
        reverse("web:order", args=[order.public_id]),
    ):
        assert link in shown
    assert "¥2,904.00" in shown


def test_the_desk_shows_nothing_of_others() -> None:
    deal = make_deal(supplier=make_supplier("Mine"))
    order = deal.place_paid()
    assert order.number not in get(make_supplier("Other").client(), "web:desk")


def test_money_is_in_escrow_until_the_buyer_confirms() -> None:
    deal = make_deal()
    order = deal.place_shipped()
    assert _figures(deal.supplier.company) == [(Money(2_904_00, "CNY"), Money(0, "CNY"))]
    confirm_receipt(order.pk, by=deal.buyer.actor)
    assert _figures(deal.supplier.company) == [(Money(0, "CNY"), Money(2_904_00, "CNY"))]


def _figures(company: Any) -> list[tuple[Money, Money]]:
    return [(figures.in_escrow, figures.released) for figures in earnings(company)]


def test_the_desk_asks_as_often_for_one_deal_as_for_ten() -> None:
    supplier, buyer = make_supplier(), make_buyer()
    counts = []
    for more in (1, 9):
        for _turn in range(more):
            make_deal(buyer=buyer, supplier=supplier).place_paid()
            make_inquiry(buyer, make_product(supplier))
        client = supplier.client()
        with CaptureQueriesContext(connection) as queries:
            get(client, "web:desk")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("make", [make_buyer, make_staff])
@pytest.mark.parametrize("route", ["web:desk", "web:goods"])
def test_only_suppliers_have_a_desk(make: Any, route: str) -> None:
    assert make().client().get(reverse(route)).status_code == 403


# --- Own goods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_supplier_sees_own_goods_in_every_state(language: str) -> None:
    supplier = make_supplier()
    make_product(supplier, title_en="Listed mug", title_zh="")
    make_product(supplier, title_en="Old mug", title_zh="", status=ProductStatus.WITHDRAWN)
    make_product(make_supplier("Other"), title_en="Foreign mug", title_zh="")
    shown = get(supplier.client(), "web:goods", language)
    assert "Listed mug" in shown
    assert "Old mug" in shown
    assert "Foreign mug" not in shown
    assert "Listed mug" not in get(supplier.client(), "web:goods", language, status="withdrawn")


def test_goods_ask_as_often_for_three_as_for_thirty() -> None:
    supplier = make_supplier()
    counts = []
    for more in (3, 27):
        for _turn in range(more):
            make_product(supplier)
        client = supplier.client()
        with CaptureQueriesContext(connection) as queries:
            get(client, "web:goods")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_withdrawn_and_listed_again_the_index_hears_of_each_once() -> None:
    supplier = make_supplier()
    product = make_product(supplier)
    for route, status in (
        ("web:product_withdraw", ProductStatus.WITHDRAWN),
        ("web:product_withdraw", ProductStatus.WITHDRAWN),
        ("web:product_list", ProductStatus.LISTED),
    ):
        assert supplier.client().post(reverse(route, args=[product.public_id])).status_code == 302
        product.refresh_from_db()
        assert product.status == status
    told = Delivery.objects.filter(event="catalogue.ProductChanged")
    assert [row.payload for row in told] == [{"product_id": product.pk}] * 2


def test_goods_of_another_supplier_are_not_there() -> None:
    product = make_product(make_supplier())
    answer = make_supplier("Other").client().post(reverse("web:product_withdraw", args=[product.public_id]))
    assert answer.status_code == 404
    assert Product.objects.get().status == ProductStatus.LISTED


def test_goods_without_a_price_are_not_listed() -> None:
    supplier = make_supplier()
    product = make_product(supplier, tiers=(), status=ProductStatus.DRAFT)
    answer = supplier.client().post(reverse("web:product_list", args=[product.public_id]), follow=True)
    assert "has no price yet" in answer.content.decode()
    product.refresh_from_db()
    assert product.status == ProductStatus.DRAFT
