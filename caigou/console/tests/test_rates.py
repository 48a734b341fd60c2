"""Exchange rates on the console: what counts, the house's own, and how they came to be (B9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from caigou.jobs.models import Call
from caigou.kernel.clock import frozen
from caigou.kernel.money import Money
from caigou.payments.rates.current import estimate
from caigou.payments.rates.models import OwnRate
from caigou.payments.rates.ports import Sheet
from caigou.payments.rates.services import store_sheets
from tests.support.factories import Party, make_staff

pytestmark = pytest.mark.django_db

ENTRY = {"currency": "KES", "base": "USD", "figure": "129.5", "day": "2026-11-02", "reason": "The bank's board."}


@pytest.fixture(autouse=True)
def _rates() -> Iterator[None]:
    with frozen(datetime(2026, 11, 2, 12, tzinfo=UTC)):
        store_sheets([Sheet(date(2026, 10, 30), {"USD": Decimal("1.25"), "CNY": Decimal(8)})])
        yield


@pytest.fixture
def staff() -> Party:
    return make_staff()


def enter(staff: Party, **more: str) -> Any:
    return staff.client().post(reverse("console:rates"), ENTRY | more)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_what_counts_and_what_is_missing(staff: Party, language: str) -> None:
    client = staff.client()
    client.cookies["django_language"] = language
    html = client.get(reverse("console:rates")).content.decode()
    assert "€1 = US$1.25" in html
    assert "NGN" in html


def test_a_rate_of_our_own_reaches_the_readers_pages_at_once(staff: Party) -> None:
    assert enter(staff).status_code == 302
    row = OwnRate.objects.get()
    assert (row.by, row.figure) == (staff.user, Decimal("129.5"))
    stranger = Client()
    stranger.cookies["currency"] = "KES"
    assert "¥1 ≈ KES\xa020.234" in stranger.get("/").content.decode()
    assert "The bank&#x27;s board." in staff.client().get(reverse("console:rates")).content.decode()


def test_it_is_withdrawn_with_a_reason_and_the_pages_say_that_there_is_none(staff: Party) -> None:
    enter(staff)
    url = reverse("console:rate_withdraw")
    staff.client().post(url, {"currency": "KES", "reason": ""})
    assert estimate(Money(1, "CNY"), "KES") is not None
    staff.client().post(url, {"currency": "KES", "reason": "The board is closed."})
    assert estimate(Money(1, "CNY"), "KES") is None
    assert OwnRate.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"figure": "0"}, {"figure": "x"}, {"day": "2026-11-03"}, {"base": "NGN"}])
def test_a_refused_rate_comes_back_with_the_reason_and_what_was_typed(staff: Party, wrong: dict[str, str]) -> None:
    answer = enter(staff, **wrong)
    assert answer.status_code == 422
    assert "The bank&#x27;s board." in answer.content.decode()
    assert not OwnRate.objects.exists()


def test_a_figure_far_from_the_one_in_force_asks_twice(staff: Party) -> None:
    assert enter(staff, currency="CNY", figure="0.156").status_code == 422
    assert enter(staff, currency="CNY", figure="20", sure="on").status_code == 302


def test_an_earlier_day_is_looked_up_by_its_nearest_publication(staff: Party) -> None:
    store_sheets([Sheet(date(2026, 10, 2), {"USD": Decimal("1.10")})])
    html = staff.client().get(reverse("console:rates"), {"on": "2026-10-04"}).content.decode()
    assert "What counted on" in html
    assert "€1 = US$1.1<" in html
    assert "€1 = US$1.25" not in html
    assert 'aria-label="<' not in html


@pytest.mark.parametrize("wrong", ["", "yesterday", "2026-13-01", "0000-00-00"])
def test_a_day_that_is_none_shows_todays_rates_with_a_word(staff: Party, wrong: str) -> None:
    answer = staff.client().get(reverse("console:rates"), {"on": wrong})
    assert answer.status_code == 200
    assert "What counts now" in answer.content.decode()


def test_fetching_is_a_call_where_the_house_knows_an_address(staff: Party, settings: Any) -> None:
    staff.client().post(reverse("console:rates_fetch"))
    assert not Call.objects.exists()
    settings.CAIGOU_RATES_URL = "http://127.0.0.1:1/"
    staff.client().post(reverse("console:rates_fetch"))
    assert Call.objects.count() == 1
