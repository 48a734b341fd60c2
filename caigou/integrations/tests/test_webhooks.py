"""Webhooks out, by Standard Webhooks, to a program that is really asked over sockets (D12, decision 0041)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from caigou.integrations.events import TYPES
from caigou.integrations.models import Dispatch, Endpoint, Message
from caigou.integrations.secrets import secrets_of, signed
from caigou.integrations.services import endpoints
from caigou.integrations.services.deliver import KEPT, RETRIES, forget_old_messages, tell
from caigou.integrations.tests.receiver import Receiver, receiving
from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.jobs.outbox import deliver_due
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.orders.services.cancel import cancel_order
from tests.support.factories import Party, make_buyer, make_deal, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.CAIGOU_WEBHOOKS_LOOPBACK = True
    settings.CAIGOU_WEBHOOKS_SECONDS = 1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def endpoint_of(party: Party, receiver: Receiver, *events: str) -> Endpoint:
    return endpoints.add_endpoint(receiver.url, events or TYPES, by=party.actor)


def told(party: Party, kind: str = "order.paid") -> Dispatch:
    message = tell(kind, party.company.pk, {"order": "abc"})
    assert message is not None
    return message.dispatches.get()


def test_both_sides_hear_what_they_chose_and_nobody_else_does(receiver: Receiver) -> None:
    deal = make_deal()
    buyers = endpoint_of(deal.buyer, receiver, "order.placed", "order.cancelled")
    sellers = endpoint_of(deal.supplier, receiver, "order.paid", "order.cancelled")
    endpoint_of(make_buyer("Stranger"), receiver)
    deliver_due()
    order = deal.place_paid()
    cancel_order(order.pk, reason="No longer needed.", by=deal.buyer.actor)
    deliver_due()
    make_due("strangers")
    heard = [(headers["webhook-id"], json.loads(body)) for headers, body in receiver.heard]
    assert sorted(body["type"] for _id, body in heard) == [
        "order.cancelled",
        "order.cancelled",
        "order.paid",
        "order.placed",
    ]
    assert {body["data"]["order"] for _id, body in heard} == {order.public_id}
    assert heard[0][1]["data"]["total"] == order.total.to_json()
    assert set(Dispatch.objects.values_list("status", "endpoint")) == {
        ("delivered", buyers.pk),
        ("delivered", sellers.pk),
    }


def test_what_is_sent_can_be_verified_with_the_secret_and_with_no_other(receiver: Receiver) -> None:
    buyer = make_buyer()
    endpoint = endpoint_of(buyer, receiver)
    other = endpoint_of(buyer, receiver)
    told_one = tell("order.paid", buyer.company.pk, {"order": "红"}, only=endpoint)
    make_due()
    [(headers, body)] = receiver.heard
    [secret] = secrets_of(endpoint)
    assert told_one is not None
    assert headers["webhook-id"] == f"msg_{told_one.public_id}"
    assert Webhook(secret).verify(body, headers)["data"] == {"order": "红"}
    for wrong, changed in ((secrets_of(other)[0], body), (secret, body.replace("红", "绿"))):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong).verify(changed, headers)


def test_the_vector_of_standard_webhooks_is_signed_as_written() -> None:
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
    with time_machine.travel(1795305600, tick=False):
        signature = Webhook(secret).sign("msg_1", now(), '{"type":"order.paid"}')
    assert signature == "v1,MN5eJ4Ka69WOsLD1Lw18c/F0UKnl8jiFfA7dNp7yy/Q="


def test_for_a_day_after_rotating_both_secrets_sign(receiver: Receiver) -> None:
    buyer = make_buyer()
    endpoint = endpoint_of(buyer, receiver)
    [old] = secrets_of(endpoint)
    endpoint = endpoints.rotate_secret(endpoint.pk, by=buyer.actor)
    new, still = secrets_of(endpoint)
    assert (still, new != old) == (old, True)
    headers = signed(endpoint, "msg_1", "{}")
    for secret in (old, new):
        Webhook(secret).verify("{}", headers)
    with time_machine.travel(now() + endpoints.BOTH_SIGN, tick=False):
        assert secrets_of(endpoint) == [new]
    assert old.removeprefix("whsec_") not in str(list(Endpoint.objects.values()))


@pytest.mark.slow
def test_it_is_tried_again_for_three_days_with_the_same_id_and_body_and_then_given_up() -> None:
    buyer = make_buyer()
    with receiving(500, 302, "elsewhere", 404, 503) as receiver:
        endpoint_of(buyer, receiver)
        dispatch = told(buyer)
        with time_machine.travel(now(), tick=False) as clock:
            for tries, wait in enumerate(RETRIES, 1):
                make_due()
                dispatch.refresh_from_db()
                assert (dispatch.status, dispatch.attempts) == ("waiting", tries)
                clock.shift(wait - 1)
                assert make_due() == 0
                clock.shift(1)
            make_due()
        dispatch.refresh_from_db()
        assert (dispatch.status, dispatch.attempts, dispatch.answered) == ("failed", len(RETRIES) + 1, 503)
        assert timedelta(days=3) < timedelta(seconds=sum(RETRIES)) < timedelta(days=4)
        assert len(receiver.heard) == len(RETRIES) + 1
        assert len({(headers["webhook-id"], body) for headers, body in receiver.heard}) == 1


@pytest.mark.parametrize(("behaviour", "why"), [("cut", "broken"), ("late", "too_slow"), ("drip", "too_slow")])
def test_a_program_that_gives_no_answer_in_time_is_tried_again_and_its_other_messages_rest(
    behaviour: str, why: str
) -> None:
    buyer = make_buyer()
    with receiving(behaviour, 200) as receiver:
        endpoint = endpoint_of(buyer, receiver)
        first, second = told(buyer), told(buyer)
        make_due()
        for dispatch in (first, second):
            dispatch.refresh_from_db()
        assert (first.status, first.attempts, first.answered) == ("waiting", 1, None)
        assert first.last_error == why
        assert (second.attempts, len(receiver.heard)) == (0, 1)
        with time_machine.travel(now() + timedelta(minutes=6), tick=False):
            make_due()
        assert set(Dispatch.objects.values_list("status", flat=True)) == {"delivered"}
        endpoint.refresh_from_db()
        assert endpoint.silent == 0


def test_a_program_that_is_not_there_or_gone_is_left_alone(receiver: Receiver) -> None:
    buyer = make_buyer()
    receiver.behaviours = [410]
    endpoint = endpoint_of(buyer, receiver)
    dispatch = told(buyer)
    make_due()
    endpoint.refresh_from_db()
    dispatch.refresh_from_db()
    assert (endpoint.off, dispatch.status) == ("gone", "failed")
    assert tell("order.paid", buyer.company.pk, {}) is None
    with pytest.raises(BadInput):
        endpoints.replay(dispatch.pk, by=buyer.actor)
    endpoints.choose_events(endpoint.pk, ["order.paid"], by=buyer.actor)
    receiver.behaviours = [200]
    endpoints.replay(dispatch.pk, by=buyer.actor)
    make_due()
    dispatch.refresh_from_db()
    assert dispatch.status == "delivered"
    assert len({(headers["webhook-id"], body) for headers, body in receiver.heard}) == 1


def test_a_worker_that_was_thought_dead_neither_sends_nor_writes_again(receiver: Receiver) -> None:
    buyer = make_buyer()
    endpoint_of(buyer, receiver)
    dispatch = told(buyer)
    endpoints.replay(dispatch.pk, by=buyer.actor)
    assert Call.objects.filter(function="webhooks.deliver").count() == 2
    make_due()
    assert len(receiver.heard) == 1
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.attempts) == ("delivered", 1)


def test_a_gateway_is_not_kept_waiting_behind_a_program(receiver: Receiver) -> None:
    buyer = make_buyer()
    endpoint_of(buyer, receiver)
    told(buyer)
    assert make_due("ours") == 0
    assert make_due("strangers") == 1


def test_only_a_person_of_the_company_decides_where_it_hears(receiver: Receiver) -> None:
    buyer, stranger = make_buyer(), make_buyer("Stranger")
    endpoint = endpoint_of(buyer, receiver)
    by_key = Actor("buyer", buyer.user.pk, buyer.company.pk, key="abcdefgh")
    for by in (stranger.actor, make_staff().actor, by_key):
        for act in (
            lambda by=by: endpoints.choose_events(endpoint.pk, ["order.paid"], by=by),
            lambda by=by: endpoints.rotate_secret(endpoint.pk, by=by),
            lambda by=by: endpoints.remove_endpoint(endpoint.pk, by=by),
            lambda by=by: endpoints.send_test(endpoint.pk, by=by),
        ):
            with pytest.raises(NotAllowed):
                act()
    endpoints.send_test(endpoint.pk, by=buyer.actor)
    endpoints.remove_endpoint(endpoint.pk, by=buyer.actor)
    make_due()
    assert not receiver.heard
    assert not Endpoint.objects.visible_to(buyer.actor).exists()


def test_messages_are_forgotten_after_thirty_days(receiver: Receiver) -> None:
    buyer = make_buyer()
    endpoint_of(buyer, receiver)
    told(buyer)
    assert forget_old_messages() == 0
    Message.objects.update(at=now() - KEPT * 2)
    assert (forget_old_messages(), Dispatch.objects.count()) == (1, 0)
