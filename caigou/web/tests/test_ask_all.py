"""Asking for offers of two to five goods in one step: all or none, once, and only what can be asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from caigou.catalogue.models import Product, ProductStatus, Supplier
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.negotiation.models import Inquiry
from caigou.negotiation.services.ask_all import Asked, ask_for_offers
from tests.support.factories import Party, make_buyer, make_product, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


@pytest.fixture
def mugs() -> list[Product]:
    """Three of two suppliers, from 240 on in steps of 24; the last from 100 on in any number."""
    one, other = make_supplier("One"), make_supplier("Other")
    return [
        make_product(one, title_en="Red mug"),
        make_product(other, title_en="Blue mug"),
        make_product(other, title_en="Plain mug", moq=100, order_multiple=1),
    ]


def names(goods: list[Product]) -> list[str]:
    return [product.public_id for product in goods]


def shown(client: Client, goods: list[str], language: str = "en", **more: str) -> Any:
    client.cookies["django_language"] = language
    return client.get(reverse("web:ask_all"), {"p": goods, **more})


def form_of(page: Any, **changed: Any) -> dict[str, Any]:
    """What the page's form sends when nothing but ``changed`` is."""
    sent: dict[str, Any] = {"p": [line.product.public_id for line in page.context["lines"]], "wish": ""}
    for line in page.context["lines"]:
        sent |= {line.form[name].html_name: line.form[name].value() for name in ("quantity", "once")}
    return sent | changed


def send(client: Client, form: dict[str, Any]) -> Any:
    return client.post(reverse("web:ask_all"), form)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_supplier_is_asked_in_one_step_and_the_requests_are_listed(
    buyer: Party, mugs: list[Product], language: str
) -> None:
    client = buyer.client()
    page = shown(client, names(mugs), language, quantity="490")
    assert ("Ask all 3" if language == "en" else "3") in text(page)
    assert [line.form["quantity"].value() for line in page.context["lines"]] == [504, 504, 490]
    answer = send(client, form_of(page, wish="  Blue boxes. "))
    assert answer.headers["Location"] == reverse("web:inquiry_list")
    made = list(Inquiry.objects.order_by("pk"))
    assert [(one.product_id, one.quantity) for one in made] == [
        (mugs[0].pk, 504), (mugs[1].pk, 504), (mugs[2].pk, 490),
    ]  # fmt: skip
    assert {one.seller_id for one in made} == {mug.supplier.company_id for mug in mugs}
    assert {(one.buyer_id, one.wish, one.language) for one in made} == {(buyer.company.pk, "Blue boxes.", language)}
    listed = text(client.get(answer.headers["Location"]))
    assert all(reverse("web:inquiry", args=[one.public_id]) in listed for one in made)


def test_without_a_quantity_the_smallest_order_stands_there(buyer: Party, mugs: list[Product]) -> None:
    page = shown(buyer.client(), names(mugs))
    assert [line.form["quantity"].value() for line in page.context["lines"]] == [240, 240, 100]


def test_a_form_sent_twice_asks_once(buyer: Party, mugs: list[Product]) -> None:
    client = buyer.client()
    form = form_of(shown(client, names(mugs)))
    assert [send(client, form).status_code for _turn in range(2)] == [302, 302]
    assert Inquiry.objects.count() == 3


def test_one_quantity_that_cannot_be_ordered_holds_all_back_and_nothing_typed_is_lost(
    buyer: Party, mugs: list[Product]
) -> None:
    client = buyer.client()
    page = shown(client, names(mugs))
    answer = send(client, form_of(page, **{f"{mugs[1].public_id}-quantity": "250"}, wish="Blue boxes."))
    assert answer.status_code == 422
    assert not Inquiry.objects.exists()
    assert "Nothing was sent yet" in text(answer)
    assert "Steps of 24 only. Use 240 or 264." in text(answer)
    assert f'href="#id_{mugs[1].public_id}-quantity"' in text(answer)
    assert "Blue boxes." in text(answer)
    assert [line.form["quantity"].value() for line in answer.context["lines"]] == ["240", "250", "100"]
    unread = send(client, form_of(page, **{f"{mugs[0].public_id}-quantity": "many"}))
    assert [line.error for line in unread.context["lines"]] == ["Write a whole number.", "", ""]


def test_what_is_not_listed_any_more_is_left_out_before_anything_is_sent(buyer: Party, mugs: list[Product]) -> None:
    client = buyer.client()
    form = form_of(shown(client, names(mugs)))
    Product.objects.filter(pk=mugs[0].pk).update(status=ProductStatus.WITHDRAWN)
    answer = send(client, form)
    assert answer.status_code == 422
    assert "1 product that you chose is no longer listed" in text(answer)
    assert "Red mug" not in text(answer)
    assert not Inquiry.objects.exists()
    # What is left is sent by the same button.
    assert send(client, form_of(answer)).status_code == 302
    assert set(Inquiry.objects.values_list("product_id", flat=True)) == {mugs[1].pk, mugs[2].pk}


def test_goods_of_ones_own_company_are_left_out_by_name(buyer: Party, mugs: list[Product]) -> None:
    own = Supplier.objects.create(company=buyer.company, kind="trader")
    Product.objects.filter(pk=mugs[0].pk).update(supplier=own)
    page = shown(buyer.client(), names(mugs))
    assert "“Red mug” is your own company" in text(page)
    assert [line.product for line in page.context["lines"]] == mugs[1:]
    assert send(buyer.client(), form_of(page, p=names(mugs))).status_code == 422
    assert not Inquiry.objects.exists()


def test_the_service_asks_all_or_none(buyer: Party, mugs: list[Product]) -> None:
    Product.objects.filter(pk=mugs[2].pk).update(status=ProductStatus.WITHDRAWN)
    for last in (Asked(mugs[1].pk, 250), Asked(mugs[2].pk, 100)):
        with pytest.raises(BadInput):
            ask_for_offers([Asked(mugs[0].pk, 240), last], wish="", language="en", by=buyer.actor)
        assert not Inquiry.objects.exists()
    with pytest.raises(NotAllowed):
        ask_for_offers([Asked(mugs[0].pk, 240)], wish="", language="en", by=make_supplier("Third").actor)


def test_who_is_not_signed_in_is_led_there_and_back_and_suppliers_are_refused(mugs: list[Product]) -> None:
    answer = shown(Client(), names(mugs[:2]), quantity="480")
    assert answer.status_code == 302
    there = f"{reverse('web:ask_all')}%3Fp%3D{mugs[0].public_id}%26p%3D{mugs[1].public_id}%26quantity%3D480"
    assert answer.headers["Location"].endswith(f"?next={there}")
    assert shown(make_supplier("Third").client(), names(mugs[:2])).status_code == 403


def test_without_goods_the_tray_is_asked_and_without_a_tray_the_page_says_so(buyer: Party, mugs: list[Product]) -> None:
    client = buyer.client()
    for bad in ([], ["nobody"], ["'; drop table"]):
        page = shown(client, bad)
        assert page.status_code == 200
        assert "Find goods" in text(page)
    client.cookies["compare"] = ".".join(names(mugs[:2]))
    assert [line.product for line in shown(client, []).context["lines"]] == mugs[:2]
    assert send(client, {}).status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_tray_and_comparison_lead_there_from_two_goods_on_and_nobody_who_cannot_ask(
    buyer: Party, mugs: list[Product], language: str
) -> None:
    address = reverse("web:ask_all")
    for client, some, there in (
        (Client(), 3, True),
        (buyer.client(), 2, True),
        (buyer.client(), 1, False),
        (make_supplier("Third").client(), 3, False),
    ):
        client.cookies["django_language"] = language
        ids = names(mugs[:some])
        compared = text(client.get(reverse("web:compare"), {"p": ids, "quantity": "480"}))
        named = "&amp;".join(f"p={one}" for one in ids)
        assert (f'href="{address}?{named}&amp;quantity=480"' in compared) is there
        tray = text(client.get(reverse("web:tray"), headers={"HX-Request": "true"}))
        assert (f'formaction="{address}"' in tray) is there
