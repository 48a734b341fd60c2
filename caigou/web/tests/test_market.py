"""The market's pages: find, look, ask. In both languages, without JavaScript, with every refusal said in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from caigou.accounts.models import User
from caigou.catalogue.models import ProductStatus
from caigou.notices.models import KeptMail
from caigou.search.services import reindex
from caigou.web.market import demonstration
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
    make_product(supplier)
    page(Client(), "web:home")  # what is remembered for a minute
    counts = []
    for more in (3, 27):
        for _turn in range(more):
            make_product(supplier)
        with CaptureQueriesContext(connection) as queries:
            page(Client(), "web:home")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Results ------------------------------------------------------------------------------------------------------


def test_the_results_say_what_was_corrected_and_how_to_search_for_what_was_typed(fresh_index: None) -> None:
    make_product(title_en="Ceramic mug <350ml>")
    reindex()
    for language in LANGUAGES:
        shown = text(page(Client(), "web:search", language=language, q="cermaic mug"))
        assert "<strong><bdi>ceramic mug</bdi></strong>" in shown
        assert 'href="?q=cermaic+mug&amp;exact=yes"' in shown
        assert 'value="cermaic mug"' in shown
    exact = text(page(Client(), "web:search", q="cermaic mug", exact="yes"))
    assert "<bdi>ceramic mug</bdi>" not in exact
    assert '<input type="hidden" name="exact" value="yes">' in exact
    assert "Nothing found" in exact


def test_the_results_say_what_may_have_been_meant_and_which_words_were_not_all_found(fresh_index: None) -> None:
    for title in ("Red carved clasp", "Red carver clasp", "Linen scarf"):
        make_product(title_en=title, title_zh="")
    reindex()
    offered = text(page(Client(), "web:search", q="red carvex clasp"))
    assert "Did you mean" in offered
    assert 'href="?q=red+carve' in offered
    relaxed = text(page(Client(), "web:search", q="linen clasp"))
    assert "Nothing has all of these words." in relaxed
    assert relaxed.index("<bdi>linen</bdi>") < relaxed.index("<bdi>clasp</bdi>")
    hostile = text(page(Client(), "web:search", q="<script>alert(1)</script> linen clasp"))
    assert "<script>alert" not in hostile


def test_behind_a_short_page_stand_goods_with_some_of_the_words_under_their_own_title(fresh_index: None) -> None:
    for title in ("Red linen scarf", "Linen bag"):
        make_product(title_en=title, title_zh="")
    reindex()
    for language, one, more in (
        ("en", "1 product for", "More goods, with some of your words"),
        ("zh-hans", "共 1 种商品", "更多商品（包含部分词语）"),
    ):
        shown = text(page(Client(), "web:search", language=language, q="red linen scarf"))
        assert one in shown
        assert shown.index("Red linen scarf</") < shown.index(more) < shown.index("Linen bag</")
    assert "Linen bag" not in text(page(Client(), "web:search", q="red linen scarf", exact="yes"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_shows_the_price_at_the_chosen_quantity(fresh_index: None, language: str) -> None:
    make_product(tiers=((240, 13_80), (720, 12_60)))
    reindex()
    shown = page(Client(), "web:search", language=language, q="ceramic mug", quantity="1200")
    assert shown.status_code == 200
    assert "¥12.60" in text(shown)
    assert "¥15,120.00" in text(shown)
    assert "¥13.80" not in text(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_says_who_states_it_and_when_where_that_is_not_the_supplier(fresh_index: None, language: str) -> None:
    """Like its own page does (B8)."""
    seller = make_supplier()
    make_product(seller, title_en="Own mug", source="supplier:abc123")
    reindex()
    assert "hit-title" in text(page(Client(), "web:search", q="mug"))
    assert "abc123" not in text(page(Client(), "web:search", q="mug"))
    assert 'class="source"' not in text(page(Client(), "web:search", q="mug"))
    product = make_product(seller, title_en="Other mug", source="uci-online-retail")
    reindex()
    shown = text(page(Client(), "web:search", q="mug", language=language))
    words = ("Source: uci-online-retail", "not verified") if language == "en" else ("来源：uci-online-retail", "未验证")
    assert all(word in shown.split('class="source"')[1][:300] for word in words)
    assert shown.count('class="source"') == 1
    assert f'datetime="{product.fetched_at.isoformat()}"' in shown


def test_results_ask_as_often_for_three_goods_as_for_thirty(fresh_index: None) -> None:
    supplier = make_supplier()
    make_product(supplier)
    reindex()
    page(Client(), "web:search")  # what is remembered for a minute
    counts = []
    for more in (3, 27):
        for _turn in range(more):
            make_product(supplier)
        reindex()
        with CaptureQueriesContext(connection) as queries:
            page(Client(), "web:search", q="mug")
        counts.append(len(queries))
    assert counts == [1, 1]


def test_filters_narrow_and_can_be_dropped_one_by_one(fresh_index: None) -> None:
    make_product(make_supplier("Near", province="Fujian", province_zh="福建"), title_en="Near mug", moq=48)
    make_product(make_supplier("Far", province="Zhejiang", province_zh="浙江"), title_en="Far mug", moq=480)
    reindex()
    shown = text(page(Client(), "web:search", q="mug", province="Fujian", moq="50", price_max="20"))
    assert "Near mug" in shown
    assert "Far mug" not in shown
    assert 'href="?q=mug&amp;moq=50&amp;price_max=20"' in shown
    assert 'href="?q=mug"' in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_stand_in_rows_or_as_pictures_and_the_one_that_is_taken_is_marked(
    fresh_index: None, language: str
) -> None:
    make_product(tiers=((240, 13_80), (720, 12_60)), lead_days=25)
    reindex()
    rows = text(page(Client(), "web:search", language=language, q="mug", quantity="1200", sort="price"))
    assert '<div class="hits"><article class="hit">' in rows
    assert re.search(r'href="[?]q=mug&amp;quantity=1200&amp;sort=price&amp;view=rows" aria-current="true"', rows)
    there = "?q=mug&quantity=1200&sort=price&view=pictures"
    assert f'href="{there.replace("&", "&amp;")}">' in rows
    shown = text(page(Client(), "web:search", language=language, **dict(parse_qsl(there[1:]))))
    assert f'href="{there.replace("&", "&amp;")}" aria-current="true"' in shown
    assert 'view=rows">' in shown
    cards = shown.split('<div class="hits" data-kind="pictures">')[1]
    for words in ('class="pic" data-size="card"', "¥12.60", "240", "hit-place", 'type="checkbox"', "hit-title"):
        assert words in cards
    # What has no room on a card stands on the product's page.
    days = "25 days to make" if language == "en" else "25 天"
    assert days in rows
    assert days not in cards


def test_the_chosen_view_stays_while_filters_sorts_and_pages_change(fresh_index: None) -> None:
    supplier = make_supplier()
    for _turn in range(21):
        make_product(supplier)
    reindex()
    shown = text(page(Client(), "web:search", q="mug", view="pictures", page="2"))
    assert '<input type="hidden" name="view" value="pictures">' in shown
    assert 'href="?q=mug&amp;view=pictures&amp;sort=price"' in shown
    assert 'rel="prev" href="?q=mug&amp;view=pictures&amp;page=1"' in shown
    # The other view shows the same page of goods.
    assert "?q=mug&amp;view=rows&amp;page=2" in shown
    # A filter is dropped, and the view isn't.
    assert 'href="?q=mug&amp;view=pictures"' in text(page(Client(), "web:search", q="mug", view="pictures", moq="500"))
    assert 'name="view"' not in text(page(Client(), "web:search", q="mug"))


def test_the_browser_remembers_the_view_until_another_is_chosen(fresh_index: None) -> None:
    make_product()
    reindex()
    client, cards = Client(), 'data-kind="pictures"'
    assert cards not in text(page(client, "web:search", q="mug", view="wall"))
    assert "view" not in client.cookies
    page(client, "web:search", q="mug", view="pictures")
    kept = client.cookies["view"]
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("pictures", True, "Lax")
    assert cards in text(page(client, "web:search", q="cup mug"))
    assert cards not in text(page(client, "web:search", q="mug", view="rows"))
    assert cards not in text(page(client, "web:search", q="mug"))
    client.cookies["view"] = "'; drop table"
    assert cards not in text(page(client, "web:search", q="mug"))


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


@pytest.mark.parametrize(("language", "words"), [("en", "most lie at ¥5.00–7.00"), ("zh-hans", "多数在 ¥5.00–7.00")])
def test_prices_stand_as_bars_above_their_limits(language: str, words: str, fresh_index: None) -> None:
    supplier = make_supplier()
    for minor in (2_00, 5_10, 6_90, 9_00):
        make_product(supplier, title_en=f"Mug {minor}", moq=1, tiers=((1, minor),))
    reindex()
    shown = text(page(Client(), "web:search", language=language, q="mug", price_min="5"))
    assert words in shown
    bars = shown.partition('class="facet-bars"')[2].partition("</svg>")[0]
    assert bars.count("<rect") == 3
    assert bars.count("data-out") == 1  # what costs two is below the limit
    ends = shown.partition('class="facet-ends"')[2].partition("</p>")[0]
    assert re.findall(r"<bdi>(.*?)</bdi>", ends) == ["¥2.00", "¥10.00"]
    assert "facet-bars" not in text(page(Client(), "web:search", language=language, q="Mug 900"))


def test_what_cannot_be_read_is_named_and_left_out(fresh_index: None) -> None:
    make_product()
    reindex()
    shown = page(Client(), "web:search", q="mug", quantity="many", price_min="1e3", moq="-1", page="x", sort="up")
    assert shown.status_code == 200
    assert "The quantity is left out" in text(shown)
    assert "Write the amount in plain digits" in text(shown)
    assert "ceramic mug" in text(shown)
    # It stays in its field: who mistyped mends it there.
    assert 'name="quantity" value="many"' in shown.content.decode()
    assert 'name="price_min" value="1e3"' in shown.content.decode()
    for senseless in ({"price_max": "0"}, {"price_min": "-5"}):
        shown = page(Client(), "web:search", q="mug", **senseless)
        assert "Write an amount above zero" in text(shown)
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
