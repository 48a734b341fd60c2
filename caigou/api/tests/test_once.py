"""Idempotency as designed: once for a company, an address and a key; replayed, refused or told to wait (0040)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from caigou.api import orders
from caigou.api.tests.keyed import Program
from caigou.integrations.models import KeptAnswer
from caigou.integrations.services.once import KEPT, forget_old_answers
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.ledger.models import Journal
from caigou.ledger.services import freeze
from caigou.orders.models import Order
from caigou.payments.models import Recharge
from caigou.payments.services.wallet import wallet_account
from tests.support.factories import fund, make_buyer, make_deal

pytestmark = pytest.mark.django_db
TEN = {"amount": {"amount": "10.00", "currency": "CNY"}, "gateway": "sandbox"}


def test_the_same_again_gets_the_same_answer_and_nothing_is_done_twice() -> None:
    deal = make_deal()
    order = deal.place()
    fund(deal.buyer, order.total)
    program, body = Program(deal.buyer), {"expected": order.total.to_json()}
    first = program.post(f"orders/{order.public_id}/pay", body, key="pay-order-1")
    again = program.post(f"orders/{order.public_id}/pay", body, key="pay-order-1")
    assert (first.status_code, first.json()["status"], first.json()["escrow"]["held"]) == (
        200,
        "paid",
        order.total.to_json(),
    )
    assert (again.status_code, again.content) == (200, first.content)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert Journal.objects.filter(purpose="order.paid", source=order.public_id).count() == 1


def test_a_key_stands_for_one_body_at_one_address_of_one_company() -> None:
    program, other = Program(make_buyer()), Program(make_buyer("Others"))
    first = program.post("recharges", TEN, key="recharge-1").json()["id"]
    altered = program.post("recharges", {**TEN, "amount": {"amount": "10.01", "currency": "CNY"}}, key="recharge-1")
    assert (altered.status_code, altered.json()["code"]) == (422, "idempotency_mismatch")
    assert other.post("recharges", TEN, key="recharge-1").json()["id"] != first
    assert Program(make_buyer()).post("recharges", TEN, key="recharge-1").status_code == 200
    assert Recharge.objects.count() == 3


def test_a_key_that_replaces_another_repeats_nothing() -> None:
    """Keys of the API come and go between a try and its repetition; the company's money must not be asked twice."""
    buyer = make_buyer()
    first = Program(buyer).post("recharges", TEN, key="recharge-1")
    again = Program(buyer).post("recharges", TEN, key="recharge-1")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")


@pytest.mark.parametrize(
    "key", [None, "seven77", "x" * 256, "with blank", "nul\0nul\0", "schlüssel", "🔑🔑🔑🔑🔑🔑🔑🔑"]
)
def test_without_a_key_that_can_be_taken_nothing_is_done(key: str | None) -> None:
    answer = Program(make_buyer()).post("recharges", TEN, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")
    assert not Recharge.objects.exists()


def test_what_could_not_be_read_is_not_kept_and_what_a_rule_refused_is() -> None:
    deal = make_deal()
    order, program = deal.place(), Program(deal.buyer)
    path = f"orders/{order.public_id}/pay"
    assert program.post(path, {"expected": 5}, key="pay-order-1").status_code == 422
    assert (
        program.post(path, {"expected": {"amount": "1.001", "currency": "CNY"}}, key="pay-order-1").status_code == 422
    )
    assert program.post("orders/nobodys/pay", {"expected": order.total.to_json()}, key="pay-order-1").status_code == 404
    assert not KeptAnswer.objects.exists()
    wrong = {"expected": {"amount": "0.01", "currency": "CNY"}}
    for replayed in (None, "true"):
        refused = program.post(path, wrong, key="pay-order-1")
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong_amount")
        assert refused.headers.get("Idempotent-Replayed") == replayed


def test_a_fault_of_ours_is_no_answer_and_leaves_nothing(monkeypatch: Any) -> None:
    deal = make_deal()
    order, program = deal.place(), Program(deal.buyer)
    fund(deal.buyer, order.total)
    path, body = f"orders/{order.public_id}/pay", {"expected": order.total.to_json()}
    real = orders.whole_order_json

    def broken(*_arguments: Any) -> Any:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(orders, "whole_order_json", broken)
    fault = program.post(path, body, key="pay-order-1")
    assert (fault.status_code, fault.json()["code"]) == (500, "fault")
    assert Order.objects.get(pk=order.pk).status == "placed"
    monkeypatch.setattr(orders, "whole_order_json", real)
    answer = program.post(path, body, key="pay-order-1")
    assert (answer.status_code, answer.json()["status"], "Idempotent-Replayed" in answer.headers) == (
        200,
        "paid",
        False,
    )


def test_who_waits_for_a_lock_too_long_is_told_to_ask_again_and_that_is_not_kept(monkeypatch: Any) -> None:
    program = Program(make_buyer())

    def locked(*_arguments: Any, **_named: Any) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = '55P03'; END $$")

    with monkeypatch.context() as patch:
        patch.setattr("caigou.api.wallet.start_recharge", locked)
        busy = program.post("recharges", TEN, key="recharge-1")
    assert (busy.status_code, busy.json()["code"], busy.headers["Retry-After"]) == (503, "busy", "1")
    assert program.post("recharges", TEN, key="recharge-1").status_code == 200


def test_answers_are_forgotten_after_thirty_days() -> None:
    Program(make_buyer()).post("recharges", TEN)
    assert forget_old_answers() == 0
    KeptAnswer.objects.update(at=now() - KEPT * 2)
    assert forget_old_answers() == 1


def test_a_wallet_that_is_short_is_found_out_last_and_the_order_waits() -> None:
    deal = make_deal()
    order, program = deal.place(), Program(deal.buyer)
    path, body = f"orders/{order.public_id}/pay", {"expected": order.total.to_json()}
    waits = program.post(path, body, key="pay-order-1")
    assert (waits.status_code, waits.json()["status"], waits.json()["missing"]) == (200, "placed", body["expected"])
    again = program.post(path, body, key="pay-order-1")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (waits.content, "true")
    fund(deal.buyer, order.total)
    assert program.post(path, body).json()["status"] == "paid"
    assert Journal.objects.filter(purpose="order.paid", source=order.public_id).count() == 1


def test_a_frozen_wallet_pays_nothing_and_that_is_the_answer() -> None:
    deal = make_deal()
    order, program = deal.place(), Program(deal.buyer)
    fund(deal.buyer, order.total)
    freeze(wallet_account(deal.buyer.company, "CNY"), reason="A court asked for it.", by=SYSTEM)
    path, body = f"orders/{order.public_id}/pay", {"expected": order.total.to_json()}
    for replayed in (None, "true"):
        refused = program.post(path, body, key="pay-order-1")
        assert (refused.status_code, refused.json()["code"]) == (422, "account_blocked")
        assert refused.headers.get("Idempotent-Replayed") == replayed
    assert Order.objects.get(pk=order.pk).status == "placed"
    assert not order.timeline.filter(what="paid").exists()


def test_paying_takes_few_statements_and_the_posting_is_the_last_before_the_commit() -> None:
    """Who pays from the same wallet waits from the posting on; docs/decisions/0053."""
    deal = make_deal()
    fund(deal.buyer, deal.offer.total * 2)
    order, program = deal.place(), Program(deal.buyer)
    program.get("key")
    with CaptureQueriesContext(connection) as asked:
        answer = program.post(f"orders/{order.public_id}/pay", {"expected": order.total.to_json()})
    assert answer.json()["escrow"]["held"] == order.total.to_json()
    said = [query["sql"] for query in asked]
    assert len(said) <= 13, said
    assert "ledger.post(" in said[-2], said
    assert said[-1].startswith("RELEASE"), "which is the commit where no test is around it"
