"""Where finance begins: each kind of work is counted, with its sum and its age."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.payments.bank.tests.banking import arrive, our_account
from caigou.payments.bank.tests.written import entry
from caigou.payments.models import Recharge
from caigou.payments.tests.purses import buyer
from caigou.wallets.services.compensate import propose_case
from tests.support.factories import Party, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei() -> Party:
    return make_staff()


def page(mei: Party, language: str = "en") -> str:
    answer = mei.client(language).get(reverse("console:finance"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_quiet_house_has_nothing_that_waits(mei: Party, language: str) -> None:
    shown = page(mei, language)
    assert shown.count('data-tone="ok"') > 10


def test_what_waits_is_counted_with_its_sum_and_its_age(mei: Party) -> None:
    ours, park = our_account(), buyer("Park")
    day = now().date() - timedelta(days=9)
    arrive(ours, entry("7.00", ref="1", day=day.isoformat()), entry("8.00", ref="2"), number="1")
    propose_case(park, Money(5_00, "CNY"), reason="damage", words="Broke it all.", by=mei.actor)
    Recharge.objects.create(company=park, gateway="sandbox", currency="USD", amount_minor=3_00, status="unknown")
    shown = page(mei)
    for words in ("Lines in suspense", "15.00", "9 days", "Compensation to decide", "5.00", "US$3.00"):
        assert words in shown
    assert shown.index("Lines in suspense") < shown.index("Compensation to decide")


def test_the_page_asks_as_often_for_many_as_for_one(mei: Party) -> None:
    ours, counts = our_account(), []
    for more in (1, 12):
        arrive(ours, *[entry("1.00", ref=f"{more}/{n}") for n in range(more)], number=str(more))
        with CaptureQueriesContext(connection) as queries:
            page(mei)
        counts.append(len(queries))
    assert counts[0] == counts[1]
