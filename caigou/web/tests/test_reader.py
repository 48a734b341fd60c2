"""Place and currency: chosen on any page, without an account and without JavaScript; no price changes by it (B9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from caigou.house.services import change_setting
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import frozen
from caigou.negotiation.models import Offer
from caigou.payments.rates.ports import Sheet
from caigou.payments.rates.services import store_sheets
from caigou.payments.settings import SPREAD
from caigou.ui.formats import format_money
from tests.support.factories import make_buyer, make_deal, make_staff

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 30)
LANGUAGES = ("en", "zh-hans")


@pytest.fixture(autouse=True)
def _rates() -> Iterator[None]:
    with frozen(datetime(2026, 11, 2, 12, tzinfo=UTC)):
        store_sheets([Sheet(DAY, {"USD": Decimal("1.25"), "CNY": Decimal(8), "GBP": Decimal("0.8")})])
        yield


def choose(client: Client, **values: str) -> Any:
    return client.post(reverse("web:reader"), values)


def page(client: Client, path: str = "/") -> str:
    return client.get(path).content.decode()


def test_a_stranger_chooses_and_every_page_follows() -> None:
    client = Client()
    answer = choose(client, currency="GBP", destination="KE", next="/rates/")
    assert answer.headers["Location"] == "/rates/"
    html = page(client)
    assert "Kenya" in html
    assert "£1 ≈ ¥10.000" in html
    assert "an estimate, not an offer" in html
    assert "European Central Bank" in html


def test_the_choice_follows_a_person_to_another_device() -> None:
    buyer = make_buyer()
    choose(buyer.client(), currency="GBP", destination="KE")
    buyer.user.refresh_from_db()
    assert (buyer.user.currency, buyer.user.destination) == ("GBP", "KE")
    assert "£1 ≈" in page(buyer.client())


@pytest.mark.parametrize("wrong", [{"currency": "PTS"}, {"currency": "XXX"}, {"currency": "GBP", "destination": "ZZ"}])
def test_what_is_no_place_or_currency_is_refused_with_the_form(wrong: dict[str, str]) -> None:
    client = Client()
    answer = choose(client, **wrong)
    assert answer.status_code == 422
    assert "currency" not in client.cookies


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_nobody_is_sent_off_this_site(elsewhere: str) -> None:
    assert choose(Client(), currency="GBP", next=elsewhere).headers["Location"] == "/"


def test_an_offer_keeps_its_currency_whatever_the_viewer_chooses() -> None:
    deal = make_deal()
    client, path = deal.buyer.client(), reverse("web:inquiry", args=[deal.inquiry.public_id])
    before, sealed = Offer.objects.values().get(pk=deal.offer.pk), format_money(deal.offer.total, "en")
    assert sealed in page(client, path)
    choose(client, currency="GBP", destination="KE")
    assert Offer.objects.values().get(pk=deal.offer.pk) == before
    assert sealed in page(client, path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", ["web:reader", "web:rates"])
def test_the_pages_open_for_strangers(route: str, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    assert client.get(reverse(route)).status_code == 200


def test_the_rates_page_names_each_rate_its_day_and_what_is_missing() -> None:
    html = page(Client(), reverse("web:rates"))
    assert "US$1 ≈ ¥6.4000" in html
    assert "No rate for KES" in html


def test_the_working_of_an_estimate_can_be_followed() -> None:
    change_setting(SPREAD, "2", reason="Our bank takes as much.", by=SYSTEM)
    html = page(Client(), reverse("web:rates") + "?amount=640.00&currency=CNY")
    for words in ("¥640.00", "€1 = ¥8", "€1 = US$1.25", "2%", "≈ US$102.00"):
        assert words in html, words


@pytest.mark.parametrize("query", ["?amount=1e9&currency=CNY", "?amount=1&currency=PTS", "?amount=1&currency=%00"])
def test_an_address_that_names_no_amount_shows_the_rates_alone(query: str) -> None:
    answer = Client().get(reverse("web:rates") + query)
    assert answer.status_code == 200
    assert "The working of one estimate" not in answer.content.decode()


def test_a_rate_that_is_old_says_so() -> None:
    with frozen(datetime(2026, 11, 20, tzinfo=UTC)):
        assert "an old rate" in page(Client())
    assert "an old rate" not in page(Client())


def test_staff_find_the_switch_in_the_foot_of_the_console_and_not_in_its_bar() -> None:
    shown = page(make_staff().client(), "/console/")
    assert 'name="destination"' not in shown
    assert f'href="{reverse("web:reader")}?next=%2Fconsole%2F"' in shown
