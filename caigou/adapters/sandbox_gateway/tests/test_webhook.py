"""The door for webhooks: twice, late, shuffled, forged or never, the money ends right (A13, promise 9)."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from caigou.accounts.models import Company, CompanyKind
from caigou.adapters.sandbox_gateway.gateway import SandboxGateway, decide
from caigou.adapters.sandbox_gateway.models import SandboxCharge
from caigou.adapters.sandbox_gateway.refunds import DELIVER
from caigou.adapters.sandbox_gateway.signing import TOLERANCE, sign
from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.payments.models import InboxMessage, Recharge, RechargeStatus
from caigou.payments.services.recharge import ask_later, start_recharge
from caigou.payments.services.wallet import available

pytestmark = pytest.mark.django_db

SECRET = "the secret of this test"


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.CAIGOU_SANDBOX_SECRET = SECRET


@pytest.fixture
def hotel() -> Company:
    return Company.objects.create(kind=CompanyKind.BUYER, name_en="Park Hotels", country="AU")


def _start(hotel: Company, minor: int = 100_00) -> Recharge:
    by = Actor("buyer", company_id=hotel.pk)
    recharge = start_recharge(hotel, Money(minor, "CNY"), gateway="sandbox", by=by)
    SandboxGateway().start(recharge.public_id, recharge.amount, "/money/")
    return recharge


def _pay(recharge: Recharge, status: str = "paid") -> None:
    """The payer decides; the gateway's own attempts to tell us are lost on the way."""
    decide(recharge.public_id, status)
    Call.objects.filter(function=DELIVER).delete()


def _send(
    recharge: Recharge, event: str = "evt_1", *, secret: str = SECRET, age: int = 0, body: bytes | None = None
) -> int:
    content = json.dumps({"reference": recharge.public_id}).encode() if body is None else body
    stamp = int(time.time()) - age
    headers: dict[str, Any] = {
        "webhook-id": event,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret, event, stamp, content),
    }
    answer = Client().post(reverse("sandbox:webhook"), data=content, content_type="application/json", headers=headers)
    return answer.status_code


def test_a_genuine_webhook_three_times_credits_once(hotel: Company) -> None:
    recharge = _start(hotel)
    _pay(recharge)
    assert [_send(recharge) for _copy in range(3)] == [204, 204, 204]
    assert available(hotel, "CNY") == Money(0, "CNY"), "credited before the gateway was asked"
    make_due()
    assert available(hotel, "CNY") == Money(100_00, "CNY")
    assert InboxMessage.objects.count() == 1
    assert _send(recharge, "evt_2") == 204
    make_due()
    assert available(hotel, "CNY") == Money(100_00, "CNY")


@pytest.mark.slow
def test_many_webhooks_shuffled_end_in_the_gateways_truth(hotel: Company) -> None:
    chance = random.Random(20261122)
    recharges = [_start(hotel, 1_00) for _one in range(20)]
    truth = {recharge.pk: chance.choice(["paid", "failed"]) for recharge in recharges}
    for recharge in recharges:
        _pay(recharge, truth[recharge.pk])
    messages = [(recharge, f"evt_{recharge.pk}") for recharge in recharges for _copy in range(3)]
    chance.shuffle(messages)
    for recharge, event in messages:
        forged = chance.random() < 0.2
        assert _send(recharge, event, secret="guessed" if forged else SECRET) == (401 if forged else 204)
        if chance.random() < 0.3:
            make_due()
    for recharge in recharges:
        recharge.refresh_from_db()
        ask_later(recharge)
    make_due()
    assert dict(Recharge.objects.values_list("pk", "status")) == truth
    assert available(hotel, "CNY") == Money(100 * list(truth.values()).count("paid"), "CNY")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"secret": "guessed"}, id="forged"),
        pytest.param({"age": TOLERANCE + 60}, id="stale"),
        pytest.param({"age": -TOLERANCE - 60}, id="from the future"),
        pytest.param({"body": b"not JSON"}, id="not JSON"),
        pytest.param({"body": b"[]"}, id="another shape"),
        pytest.param({"body": b'{"reference": null}'}, id="no reference"),
        pytest.param({"body": b'{"reference": "a\\u0000b"}'}, id="36: NUL"),
        pytest.param({"body": b'{"reference": "\\ud800"}'}, id="36: half a character"),
        pytest.param({"body": b'{"reference": "\xff"}'}, id="36: not UTF-8"),
        pytest.param({"body": b"[" * 60_000}, id="34: very deep"),
        pytest.param({"body": b""}, id="nothing"),
    ],
)
def test_what_is_not_a_fresh_event_of_the_gateway_is_turned_away(hotel: Company, changed: dict[str, Any]) -> None:
    recharge = _start(hotel)
    _pay(recharge)
    assert _send(recharge, **changed) == 401
    assert InboxMessage.objects.count() == 0
    assert Call.objects.count() == 0
    assert available(hotel, "CNY") == Money(0, "CNY")


def test_a_message_that_is_too_large_is_not_even_verified(hotel: Company) -> None:
    assert _send(_start(hotel), body=b"x" * 70_000) == 413
    assert InboxMessage.objects.count() == 0


@pytest.mark.parametrize("blank", ["", None])
def test_without_a_secret_the_door_is_not_there(hotel: Company, settings: Settings, blank: str | None) -> None:
    recharge = _start(hotel)
    settings.CAIGOU_SANDBOX_SECRET = blank
    assert _send(recharge, secret="") == 404
    assert InboxMessage.objects.count() == 0


def test_an_event_about_nothing_of_ours_is_taken_and_comes_to_nothing(hotel: Company) -> None:
    recharge = _start(hotel)
    assert _send(recharge, body=b'{"reference": "somebodyelses"}') == 204
    make_due()
    assert Call.objects.get().done_at is not None
    assert available(hotel, "CNY") == Money(0, "CNY")


def test_a_gateway_that_took_another_amount_is_not_credited(hotel: Company) -> None:
    recharge = _start(hotel)
    SandboxCharge.objects.update(amount_minor=100_00_00)
    _pay(recharge)
    assert _send(recharge) == 204
    make_due()
    recharge.refresh_from_db()
    assert recharge.status == RechargeStatus.STARTED
    assert available(hotel, "CNY") == Money(0, "CNY")


def test_the_first_decision_of_the_payer_stands(hotel: Company) -> None:
    recharge = _start(hotel)
    assert decide(recharge.public_id, "failed").status == "failed"
    assert decide(recharge.public_id, "paid").status == "failed"
    assert Call.objects.filter(function=DELIVER).count() == 1


def test_starting_again_keeps_the_one_charge(hotel: Company) -> None:
    recharge = _start(hotel)
    again = SandboxGateway().start(recharge.public_id, Money(1, "CNY"), "/elsewhere/")
    assert again == reverse("sandbox:pay", args=[recharge.public_id])
    charge = SandboxCharge.objects.get()
    assert (charge.amount, charge.return_url) == (recharge.amount, "/money/")


def test_a_charge_that_the_gateway_does_not_know_is_no_answer(hotel: Company) -> None:
    with pytest.raises(OSError, match="knows no charge"):
        SandboxGateway().ask("nobody")
