"""Ticking goods, comparing them, finding them again; categories as pages. All of it without JavaScript, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from caigou.catalogue.models import Category, Product, ProductStatus
from caigou.search.services import reindex
from caigou.web.market.kept import MOST_COMPARED
from tests.support.factories import make_product, make_supplier

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def fresh_index(settings: Settings, tmp_path: Path) -> None:
    settings.CAIGOU_INDEX = tmp_path / "index"


@pytest.fixture
def mugs() -> list[Product]:
    """Six mugs from 1.00 to 6.00 each; the first is cheaper from 500 on."""
    seller = make_supplier()
    made = [make_product(seller, title_en=f"Mug {n}", moq=100, order_multiple=24) for n in range(1, 7)]
    for number, mug in enumerate(made, start=1):
        mug.price_tiers.all().delete()
        mug.price_tiers.create(from_quantity=100, unit_price_minor=number * 100)
    made[0].price_tiers.create(from_quantity=500, unit_price_minor=80)
    return made


def text(response: Any) -> str:
    return str(response.content.decode())


def names(goods: list[Product]) -> list[str]:
    return [product.public_id for product in goods]


def tray(client: Client) -> list[str]:
    kept = client.cookies.get("compare")
    return kept.value.split(".") if kept and kept.value else []


def tick(client: Client, product: Product, **more: Any) -> Any:
    parameters = {"one": product.public_id, "p": product.public_id, **more}
    return client.get(reverse("web:tray"), parameters, headers=HTMX)


# --- The tray -----------------------------------------------------------------------------------------------------


def test_a_ticked_product_is_in_the_tray_until_it_is_unticked(mugs: list[Product]) -> None:
    client = Client()
    assert "Mug 1" in text(tick(client, mugs[0]))
    assert "Mug 2" in text(tick(client, mugs[1]))
    assert tray(client) == names(mugs[:2])
    shown = client.get(reverse("web:tray"), {"one": mugs[0].public_id}, headers=HTMX)
    assert "Mug 1" not in text(shown)
    assert tray(client) == names(mugs[1:2])


def test_a_sixth_product_is_refused_in_words(mugs: list[Product]) -> None:
    client = Client()
    for mug in mugs[:MOST_COMPARED]:
        assert "at most" not in text(tick(client, mug))
    refused = text(tick(client, mugs[5]))
    assert "at most" in refused
    assert f'data-refused="{mugs[5].public_id}"' in refused
    assert tray(client) == names(mugs[:MOST_COMPARED])


def test_the_tray_shows_prices_at_my_quantity(mugs: list[Product]) -> None:
    assert "¥0.80" in text(tick(Client(), mugs[0], quantity=500))


def test_without_a_script_taking_out_leads_back_to_the_same_page_and_never_elsewhere(mugs: list[Product]) -> None:
    client = Client()
    tick(client, mugs[0])
    drop = {"drop": mugs[0].public_id, "next": "/search/?q=mug"}
    assert client.get(reverse("web:tray"), drop).headers["Location"] == "/search/?q=mug"
    assert tray(client) == []
    for elsewhere in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"):
        answer = client.get(reverse("web:tray"), {"next": elsewhere})
        assert answer.headers["Location"] == reverse("web:search")


def test_what_is_in_the_tray_is_ticked_in_the_results_and_what_is_not_there_comes_along(
    mugs: list[Product], fresh_index: None
) -> None:
    other = make_product(title_en="Teapot", moq=9_000)
    reindex()
    client = Client()
    tick(client, mugs[0])
    tick(client, other)
    page = text(client.get(reverse("web:search"), {"moq": "500"}))
    assert f'name="p" value="{mugs[0].public_id}" checked' in page
    assert f'name="p" value="{mugs[1].public_id}" hx-get' in page
    assert f'<input type="hidden" name="p" value="{other.public_id}">' in page


def test_a_bad_cookie_is_an_empty_tray(mugs: list[Product]) -> None:
    client = Client()
    for bad in ("'; drop table", "x" * 9_000, "....", "A.B.C", "nobody"):
        client.cookies["compare"] = bad
        assert "Tick two" in text(client.get(reverse("web:tray"), headers=HTMX))
        assert client.get(reverse("web:compare"), follow=True).status_code == 200


# --- Comparing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_two_goods_stand_side_by_side_at_the_next_quantity_that_can_be_ordered(
    mugs: list[Product], language: str
) -> None:
    client = Client()
    client.cookies["django_language"] = language
    shown = client.get(reverse("web:compare"), {"p": names(mugs[:2]), "quantity": "490"})
    first, second = shown.context["columns"]
    # 490 is no multiple of 24: 504 are bought, which reach the tier of 500.
    assert (first.quantity, first.price.minor, first.total.minor) == (504, 80, 504 * 80)
    assert (second.quantity, second.price.minor) == (504, 200)
    assert [first.lowest, second.lowest] == [True, False]
    assert tray(client) == names(mugs[:2])


def test_the_address_of_a_comparison_is_whole(mugs: list[Product]) -> None:
    client = Client()
    for mug in mugs[:3]:
        tick(client, mug)
    answer = client.get(reverse("web:compare"), {"quantity": "200"})
    assert answer.status_code == 302
    shown = Client().get(answer.headers["Location"])
    assert [column.product.public_id for column in shown.context["columns"]] == names(mugs[:3])
    assert shown.context["quantity"] == 200


def test_more_than_five_are_left_out_and_told(mugs: list[Product]) -> None:
    shown = Client().get(reverse("web:compare"), {"p": names(mugs)})
    assert len(shown.context["columns"]) == MOST_COMPARED
    assert "At most 5" in text(shown)


def test_withdrawn_goods_are_not_compared_and_leave_the_tray(mugs: list[Product]) -> None:
    Product.objects.filter(pk=mugs[0].pk).update(status=ProductStatus.WITHDRAWN)
    client = Client()
    shown = client.get(reverse("web:compare"), {"p": names(mugs[:3])})
    assert "Mug 1" not in text(shown)
    assert "no longer on sale" in text(shown)
    assert tray(client) == names(mugs[1:3])
    assert "no longer on sale" not in text(client.get(reverse("web:compare"), {"p": names(mugs[1:3])}))


def test_no_price_is_called_the_lowest_over_two_currencies_or_beside_an_unknown_one(mugs: list[Product]) -> None:
    dear = make_product(title_en="Pound mug", currency="GBP")
    shown = Client().get(reverse("web:compare"), {"p": [mugs[0].public_id, dear.public_id]})
    assert not any(column.lowest for column in shown.context["columns"])
    assert "different currencies" in text(shown)
    mugs[1].price_tiers.all().delete()
    shown = Client().get(reverse("web:compare"), {"p": names(mugs[:2])})
    assert not any(column.lowest for column in shown.context["columns"])
    assert "Not priced yet" in text(shown)


def test_no_price_is_called_the_lowest_over_pieces_and_dozens(mugs: list[Product]) -> None:
    """Two yuan a piece are more than twelve a dozen."""
    Product.objects.filter(pk=mugs[1].pk).update(unit="dozen")
    shown = Client().get(reverse("web:compare"), {"p": names(mugs[:2])})
    assert not any(column.lowest for column in shown.context["columns"])
    assert "different units" in text(shown)


def test_what_is_not_stated_is_said_so(mugs: list[Product]) -> None:
    Product.objects.filter(pk=mugs[0].pk).update(lead_days=None, carton_pieces=None, sample_offered=None)
    assert text(Client().get(reverse("web:compare"), {"p": names(mugs[:1])})).count("not stated") >= 3


def test_five_goods_ask_as_often_as_two(mugs: list[Product]) -> None:
    counts = []
    for some in (2, 5):
        with CaptureQueriesContext(connection) as queries:
            Client().get(reverse("web:compare"), {"p": names(mugs[:some])})
        counts.append(len(queries))
    assert counts == [3, 3]


# --- Recently seen ------------------------------------------------------------------------------------------------


def test_goods_that_were_looked_at_are_found_again_the_latest_first_and_forgotten_on_request(
    mugs: list[Product],
) -> None:
    client = Client()
    for mug in (mugs[0], mugs[1], mugs[0]):
        client.get(reverse("web:product", args=[mug.public_id]))
    shown = client.get(reverse("web:seen"))
    assert [hit.product.public_id for hit in shown.context["hits"]] == [mugs[0].public_id, mugs[1].public_id]
    assert "Recently seen" in text(client.get(reverse("web:home")))
    client.post(reverse("web:seen"))
    assert not client.get(reverse("web:seen")).context["hits"]


def test_withdrawn_goods_are_no_longer_among_those_seen(mugs: list[Product]) -> None:
    client = Client()
    client.get(reverse("web:product", args=[mugs[0].public_id]))
    Product.objects.filter(pk=mugs[0].pk).update(status=ProductStatus.WITHDRAWN)
    assert not client.get(reverse("web:seen")).context["hits"]


# --- Categories ---------------------------------------------------------------------------------------------------


@pytest.fixture
def shelves(mugs: list[Product], fresh_index: None) -> None:
    """Mugs below cups, two of them; the others are toys."""
    cups = Category.objects.create(slug="cups", name_en="Cups", name_zh="杯具")
    below = Category.objects.create(slug="tall-cups", parent=cups, name_en="Tall cups", name_zh="高杯")
    toys = Category.objects.create(slug="toys", name_en="Toys", name_zh="玩具")
    ids = [mug.pk for mug in mugs]
    Product.objects.filter(pk__in=ids[:2]).update(category=below)
    Product.objects.filter(pk=ids[2]).update(category=cups)
    Product.objects.filter(pk__in=ids[3:]).update(category=toys)
    reindex()


def test_the_page_of_a_category_holds_all_that_is_below_it(shelves: None) -> None:
    page = Client().get(reverse("web:category", args=["cups"]))
    assert page.context["total"] == 3
    assert [(shelf.branch.slug, shelf.count) for shelf in page.context["shelves"]] == [("tall-cups", 2)]
    assert [str(crumb.word) for crumb in page.context["crumbs"]] == ["Find goods", "Cups"]
    assert not page.context["chosen"]


def test_within_a_category_one_searches_and_filters_on(shelves: None) -> None:
    at = reverse("web:category", args=["cups"])
    assert Client().get(at, {"q": "mug 1"}).context["total"] <= 3
    narrowed = Client().get(at, {"category": "tall-cups"})
    assert narrowed.context["total"] == 2
    assert [one.word for one, _href in narrowed.context["chosen"]] == ["Tall cups"]


def test_an_unknown_category_is_not_found() -> None:
    assert Client().get(reverse("web:category", args=["nowhere"])).status_code == 404


def test_the_start_page_names_each_group_with_its_count(shelves: None) -> None:
    page = Client().get(reverse("web:home"))
    assert [(group.branch.slug, group.count) for group in page.context["groups"]] == [("cups", 3), ("toys", 3)]


# --- Filters of the page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found", "word"),
    [
        ({"sample": "yes"}, 1, "Sample offered"),
        ({"own_logo": "yes"}, 2, "Your own logo"),
        ({"lead": "7"}, 3, "Made in 7 days"),
        ({"rating": "45"}, 1, "Rated 4.5 and more"),
        ({"category": "toys"}, 3, "Toys"),
    ],
)
def test_each_filter_narrows_is_named_and_can_be_dropped(
    shelves: None, mugs: list[Product], asked: dict[str, str], found: int, word: str
) -> None:
    ids = [mug.pk for mug in mugs]
    Product.objects.update(lead_days=30, sample_offered=None, own_logo=False)
    Product.objects.filter(pk=ids[0]).update(sample_offered=True, rating_tenths=47, rating_count=12)
    Product.objects.filter(pk__in=ids[:2]).update(own_logo=True)
    Product.objects.filter(pk__in=ids[:3]).update(lead_days=7)
    reindex()
    page = Client().get(reverse("web:search"), asked)
    assert page.context["total"] == found
    assert [(one.word, href) for one, href in page.context["chosen"]] == [(word, "?")]


@pytest.mark.parametrize("sort", ["price", "moq", "lead", "newest", "rating"])
def test_each_order_is_a_link_and_marked_when_it_is_taken(shelves: None, sort: str) -> None:
    page = text(Client().get(reverse("web:search"), {"sort": sort}))
    assert f'href="?sort={sort}" aria-current="true"' in page


def test_numbers_that_are_none_are_left_out_and_said_so(shelves: None) -> None:
    page = Client().get(reverse("web:search"), {"lead": "soon", "rating": "good"})
    assert page.context["total"] == 6
    assert len(page.context["mistakes"]) == 2


# --- The tray on other pages, what differs, all categories --------------------------------------------------------


def test_a_product_is_ticked_on_its_own_page_and_the_tray_comes_along_everywhere(
    mugs: list[Product], shelves: None
) -> None:
    client = Client()
    own = reverse("web:product", args=[mugs[0].public_id])
    page = text(client.get(own, {"quantity": "500"}))
    assert f'name="p" value="{mugs[0].public_id}" hx-get' in page
    assert f"one={mugs[0].public_id}&amp;quantity=500" in page
    tick(client, mugs[0])
    assert f'name="p" value="{mugs[0].public_id}" checked' in text(client.get(own))
    supplier = reverse("web:supplier", args=[mugs[0].supplier.public_id])
    for address in (own, supplier, reverse("web:home"), reverse("web:categories"), reverse("web:seen")):
        assert [one.hit.product.public_id for one in client.get(address).context["tray"].goods] == names(mugs[:1])
    assert f'name="p" value="{mugs[0].public_id}" checked' in text(client.get(supplier))


def test_rows_in_which_all_goods_say_one_thing_are_told_apart_and_can_be_left_out(mugs: list[Product]) -> None:
    Product.objects.filter(pk__in=[mugs[0].pk, mugs[1].pk]).update(lead_days=20, sample_offered=True)
    Product.objects.filter(pk=mugs[0].pk).update(sample_offered=False)
    compared = {"p": names(mugs[:2]), "quantity": "200"}
    whole = Client().get(reverse("web:compare"), compared)
    assert {"lead", "moq", "supplier"} <= whole.context["same"]
    assert not {"price", "sample", "steps"} & whole.context["same"]
    assert "Time to make" in text(whole)
    different = text(Client().get(reverse("web:compare"), {**compared, "only": "differences"}))
    assert "Time to make" not in different
    assert "Price steps" in different
    assert not Client().get(reverse("web:compare"), {"p": names(mugs[:1])}).context["same"]


def test_what_is_changed_for_a_buyer_and_the_carton_stand_side_by_side(mugs: list[Product]) -> None:
    Product.objects.filter(pk=mugs[0].pk).update(
        customisation=[{"kind": "logo", "moq": 500, "unit_surcharge_minor": 30}],
        carton_pieces=24, carton_length_mm=400, carton_width_mm=300, carton_height_mm=250, carton_weight_g=9_500,
    )  # fmt: skip
    page = text(Client().get(reverse("web:compare"), {"p": names(mugs[:2])}))
    for words in ("Your logo", "from 500 on", "¥0.30 more for each", "24 pcs", "40 × 30 × 25 cm", "9.5 kg"):
        assert words in page


def test_at_most_twelve_goods_are_remembered(mugs: list[Product]) -> None:
    client = Client()
    client.cookies["seen"] = ".".join(f"nobody{number}" for number in range(30))
    client.get(reverse("web:product", args=[mugs[0].public_id]))
    kept = client.cookies["seen"].value.split(".")
    assert len(kept) == 12
    assert kept[0] == mugs[0].public_id


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_all_categories_with_goods_stand_on_one_page_with_their_counts(shelves: None, language: str) -> None:
    Category.objects.create(slug="empty", name_en="Empty", name_zh="空")
    client = Client()
    client.cookies["django_language"] = language
    page = client.get(reverse("web:categories"))
    groups = [
        (one.branch.slug, one.count, [below.branch.slug for below in one.below]) for one in page.context["groups"]
    ]
    assert groups == [("cups", 3, ["tall-cups"]), ("toys", 3, [])]
    assert reverse("web:category", args=["tall-cups"]) in text(page)


def test_a_page_of_results_with_tray_and_filters_asks_twice(
    shelves: None, mugs: list[Product], django_assert_max_num_queries: Any
) -> None:
    client = Client()
    for mug in mugs[:3]:
        tick(client, mug)
    client.get(reverse("web:search"))  # what is remembered for a minute
    with django_assert_max_num_queries(2):
        client.get(reverse("web:search"), {"q": "mug", "quantity": "500", "category": "cups", "sort": "price"})


def test_a_chosen_value_is_never_hidden_behind_more(mugs: list[Product], fresh_index: None) -> None:
    for number in range(9):
        seller = make_supplier(f"Seller {number}", province=f"Province {number}")
        for _turn in range(9 - number):
            make_product(seller)
    reindex()
    chosen = Client().get(reverse("web:search"), {"province": "Province 8"})
    assert '<details class="facet-more" open>' in text(chosen)
    assert '<details class="facet-more">' in text(Client().get(reverse("web:search")))
