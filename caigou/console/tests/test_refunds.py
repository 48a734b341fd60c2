"""Refunds on the console: agreed to, declined, asked about."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from caigou.jobs.models import Call
from caigou.kernel.clock import now
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import ask_refund
from caigou.payments.tests.purses import buyer, cny, fund, of, purse
from tests.support.factories import Party, make_staff
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei() -> Party:
    return make_staff()


def asked(amount: str = "40") -> Refund:
    park = buyer("Park")
    return ask_refund(fund(park, cny("9000")).pk, cny(amount), fallback="wallet", words="Paid twice.", by=of(park))


def send(party: Party, refund: Refund, do: str, **form: Any) -> None:
    party.client().post(reverse("console:refunds"), {"refund": refund.public_id, "do": do, **form})
    refund.refresh_from_db()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_refund_waits_on_the_console_and_two_agree_to_a_large_one(mei: Party, language: str) -> None:
    refund = asked("6000")
    client = mei.client(language)
    assert "Paid twice." in client.get(reverse("console:refunds")).content.decode()
    assert reverse("console:refunds") in client.get(reverse("console:home")).content.decode().partition("<main")[2]
    send(mei, refund, "agree")
    shown = client.get(reverse("console:refunds"), {"status": "second"}).content.decode()
    assert 'value="agree"' not in shown, "offered to who agreed before"
    send(mei, refund, "agree")
    assert refund.status == "second"
    send(colleague_of(mei), refund, "agree")
    assert refund.status == "agreed"


def test_a_refund_is_declined_with_a_reason(mei: Party) -> None:
    refund = asked()
    send(mei, refund, "decline", reason=" ")
    assert refund.status == "asked"
    send(mei, refund, "decline", reason="Ask the supplier first.")
    assert (refund.declined_because, purse(refund.company)[1]) == ("Ask the supplier first.", "9000.00")


def test_the_gateway_is_asked_now(mei: Party) -> None:
    refund = asked()
    Refund.objects.update(status="unknown", agreed_by=mei.user, sent_at=now())
    send(mei, refund, "ask")
    assert Call.objects.get(function="payments.refund", done_at=None).payload == {"reference": refund.public_id}
