"""The market's pages: find, look, ask. In both languages, without JavaScript, with every refusal said in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from caigou.accounts.models import User
from caigou.catalogue.models import ProductStatus
from caigou.kernel.ids import new_public_id
from caigou.negotiation.models import Inquiry
from caigou.notices.models import KeptMail
from caigou.search.services import reindex
from caigou.web.market import demonstration
from caigou.web.market.quantity import cartons, ladder, quantity_card
from tests.support.factories import make_buyer, make_product, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def fresh_index(settings: Settings, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "index"


def page(client: Client, route: str, *args: str, language: str = "en", **parameters: Any) -> Any:
    client.cookies["django_language"] = language
    return client.get(reverse(route, args=args), parameters)


def text(response: Any) -> str:
    return str(response.content.decode())


# --- Start page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_opens_with_goods_and_without(language: str) -> None:
    assert page(Client(), "web:home", language=language).status_code == 200
    make_product(title_en="Blue mug", title_zh="蓝色马克杯")
    shown = page(Client(), "web:home", language=language)
    assert ("Blue mug" if language == "en" else "蓝色马克杯") in text(shown)


def test_withdrawn_goods_are_not_on_the_start_page() -> None:
    make_product(title_en="Old mug", status=ProductStatus.WITHDRAWN)
    assert "Old mug" not in text(page(Client(), "web:home"))


def test_the_start_page_asks_as_often_for_three_goods_as_for_thirty() -> None:
    supplier = make_supplier()
    counts = []
    for more in (3, 27):
        for _turn in range(more):
            make_product(supplier)
        with CaptureQueriesContext(connection) as queries:
            page(Client(), "web:home")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Results ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_shows_the_price_at_the_chosen_quantity(fresh_index: None, language: str) -> None:
    make_product(tiers=((240, 13_80), (720, 12_60)))
    reindex()
    shown = page(Client(), "web:search", language=language, q="ceramic mug", quantity="1200")
    assert shown.status_code == 200
    assert "¥12.60" in text(shown)
    assert "¥15,120.00" in text(shown)
    assert "¥13.80" not in text(shown)


def test_results_ask_as_often_for_three_goods_as_for_thirty(fresh_index: None) -> None:
    supplier = make_supplier()
    counts = []
    for more in (3, 27):
        for _turn in range(more):
            make_product(supplier)
        reindex()
        with CaptureQueriesContext(connection) as queries:
            page(Client(), "web:search", q="mug")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_filters_narrow_and_can_be_dropped_one_by_one(fresh_index: None) -> None:
    make_product(make_supplier("Near", province="Fujian", province_zh="福建"), title_en="Near mug", moq=48)
    make_product(make_supplier("Far", province="Zhejiang", province_zh="浙江"), title_en="Far mug", moq=480)
    reindex()
    shown = text(page(Client(), "web:search", q="mug", province="Fujian", moq="50", price_max="20"))
    assert "Near mug" in shown
    assert "Far mug" not in shown
    assert 'href="?q=mug&amp;moq=50&amp;price_max=20"' in shown
    assert 'href="?q=mug"' in shown


def test_goods_in_several_currencies_are_told_apart(fresh_index: None) -> None:
    supplier = make_supplier()
    make_product(supplier, title_en="Yuan mug")
    make_product(supplier, title_en="Pound mug", currency="GBP")
    reindex()
    shown = text(page(Client(), "web:search", q="mug", currency="GBP"))
    assert "Pound mug" in shown
    assert "Yuan mug" not in shown
    assert 'value="GBP" checked' in shown
    assert "Yuan mug" in text(page(Client(), "web:search", q="mug", currency="ABC"))


def test_an_empty_list_names_the_filter_to_loosen(fresh_index: None) -> None:
    make_product(make_supplier("Near", province="Fujian"), moq=480)
    reindex()
    shown = text(page(Client(), "web:search", q="mug", moq="50"))
    assert "Smallest order up to 50" in shown
    assert "Loosen" in shown


def test_what_cannot_be_read_is_named_and_left_out(fresh_index: None) -> None:
    make_product()
    reindex()
    shown = page(Client(), "web:search", q="mug", quantity="many", price_min="1e3", moq="-1", page="x", sort="up")
    assert shown.status_code == 200
    assert "The quantity is left out" in text(shown)
    assert "Write the amount in plain digits" in text(shown)
    assert "ceramic mug" in text(shown)


def test_without_an_index_the_page_says_so(fresh_index: None) -> None:
    shown = page(Client(), "web:search", q="mug")
    assert shown.status_code == 200
    assert "Search is being prepared" in text(shown)


def test_the_address_that_a_filter_leaves_holds_only_what_was_chosen(fresh_index: None) -> None:
    make_product()
    reindex()
    answer = Client().get(
        reverse("web:search"), {"q": "mug", "moq": "", "kind": "factory"}, headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Push-Url"] == f"{reverse('web:search')}?q=mug&kind=factory"


def test_words_of_a_stranger_are_shown_as_text(fresh_index: None) -> None:
    make_product()
    reindex()
    assert "<script>alert" not in text(page(Client(), "web:search", q="<script>alert(1)</script>"))


# --- One product --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_product_shows_both_titles_its_tiers_and_the_sum(language: str) -> None:
    product = make_product(tiers=((240, 13_80), (720, 12_60)))
    shown = text(page(Client(), "web:product", product.public_id, language=language, quantity="1200"))
    for words in (product.title_en, product.title_zh, "¥13.80", "¥12.60", "¥15,120.00"):
        assert words in shown


def test_what_is_missing_is_not_stated_and_never_zero() -> None:
    shown = text(page(Client(), "web:product", make_product().public_id))
    assert shown.count("not stated") == 4
    assert ">0<" not in shown


def test_the_source_says_that_nobody_verified_it() -> None:
    assert "not verified" in text(page(Client(), "web:product", make_product().public_id))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1210", "Steps of 24 only. Use 1,200 or 1,224."),
        ("24", "The smallest order is 240."),
        ("a lot", "Write a whole number."),
        ("1.5", "Write a whole number."),
        ("-240", "Write a whole number."),
        ("999999999999", "Ask for at most 100,000,000."),
    ],
)
def test_a_quantity_that_cannot_be_ordered_gets_no_sum(typed: str, words: str) -> None:
    shown = text(page(Client(), "web:product", make_product().public_id, quantity=typed))
    assert words in shown
    assert "Choose a quantity that can be ordered" in shown


def test_a_withdrawn_product_is_gone_for_buyers_and_there_for_its_supplier() -> None:
    supplier = make_supplier()
    product = make_product(supplier, status=ProductStatus.WITHDRAWN)
    assert page(Client(), "web:product", product.public_id).status_code == 404
    assert page(make_supplier("Other").client(), "web:product", product.public_id).status_code == 404
    assert page(supplier.client(), "web:product", product.public_id).status_code == 200


def test_the_ladder_leaves_out_steps_below_the_smallest_order() -> None:
    product = make_product(moq=240, tiers=((1, 20_00), (100, 15_00), (240, 13_80), (720, 12_60)))
    spans = [(tier.from_quantity, tier.to_quantity) for tier in ladder(product, 240)]
    assert spans == [(240, 719), (720, None)]


def test_the_next_step_says_what_more_costs_or_saves() -> None:
    product = make_product(moq=24, tiers=((24, 10_00), (240, 5_00)))
    dearer = quantity_card(product, "24")
    cheaper = quantity_card(product, "216")
    assert dearer.better_words == "216 pcs more for ¥960.00, because all are then ¥5.00 each."
    assert cheaper.better_words == "24 pcs more cost ¥960.00 less in all, at ¥5.00 each."


def test_cartons_say_when_the_last_one_is_not_full() -> None:
    product = make_product(carton_pieces=24)
    assert cartons(product, 48) == "2 cartons"
    assert cartons(product, 50) == "3 cartons, the last not full"
    assert cartons(make_product(), 48) == ""


def test_a_product_without_a_price_is_not_priced_at_zero() -> None:
    card = quantity_card(make_product(tiers=()), None)
    assert card.total is None
    assert "ask for an offer" in str(card.rows[0].unpriced)


# --- Ask ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_buyer_asks_in_the_language_of_the_page(language: str) -> None:
    product, buyer = make_product(), make_buyer()
    assert page(buyer.client(), "web:ask", product.public_id, language=language).status_code == 200
    client = buyer.client()
    client.cookies["django_language"] = language
    answer = client.post(reverse("web:ask", args=[product.public_id]), {"quantity": "1,200", "wish": "  Blue.  "})
    inquiry = Inquiry.objects.get()
    assert answer.headers["Location"] == reverse("web:inquiry", args=[inquiry.public_id])
    assert (inquiry.quantity, inquiry.wish, inquiry.language) == (1200, "Blue.", language)


def test_a_refused_request_keeps_the_text_and_names_the_next_quantity() -> None:
    product = make_product()
    answer = (
        make_buyer()
        .client()
        .post(reverse("web:ask", args=[product.public_id]), {"quantity": "100", "wish": "Matt black, please."})
    )
    assert answer.status_code == 422
    assert "Matt black, please." in text(answer)
    assert "240" in text(answer)
    assert not Inquiry.objects.exists()


def test_taking_the_proposed_quantity_keeps_the_wish_and_sends_nothing() -> None:
    product = make_product()
    answer = (
        make_buyer()
        .client()
        .post(reverse("web:ask", args=[product.public_id]), {"quantity": "100", "wish": "Matt black.", "use": "240"})
    )
    assert answer.status_code == 200
    assert "Matt black." in text(answer)
    assert 'value="240"' in text(answer)
    assert not Inquiry.objects.exists()


def test_a_stranger_signs_in_first_and_comes_back_with_the_quantity() -> None:
    product = make_product()
    answer = page(Client(), "web:ask", product.public_id, quantity="480")
    assert answer.status_code == 302
    assert "quantity%3D480" in answer.headers["Location"]


@pytest.mark.parametrize("make", [make_supplier])
def test_only_buyers_ask(make: Any) -> None:
    assert page(make("Seller").client(), "web:ask", make_product().public_id).status_code == 403


# --- Demonstration ------------------------------------------------------------------------------------------------


def test_outside_a_demonstration_its_pages_are_not_there() -> None:
    assert Client().post(reverse("web:demo_sign_in"), {"key": "hannah"}).status_code == 404
    assert page(Client(), "web:demo_outbox").status_code == 404
    assert "demo/sign-in" not in text(page(Client(), "web:home"))


def test_in_a_demonstration_one_click_signs_a_person_in(settings: Settings) -> None:
    settings.CAIGOU_DEMO = True
    person = next(person for person in demonstration.demo_people() if person.role == "supplier")
    user = User.objects.create_user(person.email, name=person.name, language="zh-hans")
    client = Client()
    assert person.key in text(page(client, "web:home"))
    answer = client.post(reverse("web:demo_sign_in"), {"key": person.key})
    assert answer.headers["Location"] == reverse("web:start")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.cookies["django_language"].value == "zh-hans"


def test_a_demonstration_signs_nobody_in_who_is_not_of_its_world(settings: Settings) -> None:
    settings.CAIGOU_DEMO = True
    make_buyer()
    assert Client().post(reverse("web:demo_sign_in"), {"key": "root"}).status_code == 404
    assert Client().get(reverse("web:demo_sign_in")).status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outbox_shows_kept_mails_newest_first(settings: Settings, language: str) -> None:
    settings.CAIGOU_DEMO = True
    for number in (1, 2):
        KeptMail.objects.create(to="hannah@example.test", subject=f"Code {number}", body="ABCD-1234")
    shown = text(page(Client(), "web:demo_outbox", language=language))
    assert shown.index("Code 2") < shown.index("Code 1")


def test_the_page_of_parts_is_for_staff() -> None:
    assert page(Client(), "web:parts").status_code == 302
    assert page(make_buyer().client(), "web:parts").status_code == 403


def test_a_form_sent_twice_asks_once() -> None:
    buyer, product = make_buyer(), make_product(make_supplier())
    client = buyer.client()
    address = reverse("web:ask", args=[product.public_id])
    found = re.search(r'name="once" value="(\w+)"', client.get(address).content.decode())
    assert found
    form = {"quantity": str(product.moq), "wish": "Blue.", "once": found.group(1)}
    first, second = client.post(address, form), client.post(address, form)
    assert first.headers["Location"] == second.headers["Location"]
    client.post(address, {**form, "once": new_public_id()})
    assert Inquiry.objects.count() == 2
