"""Posting: once, exactly, all or nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from caigou.kernel import clock
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.money import CurrencyMismatch, Money
from caigou.ledger.models import Journal, Transfer
from caigou.ledger.services import (
    AccountId,
    AlreadyPosted,
    AlreadyReversed,
    IdempotencyMismatch,
    InsufficientFunds,
    LedgerBusy,
    LedgerMisuse,
    Leg,
    TransferId,
    UnknownAccount,
    audit,
    post,
)
from caigou.ledger.tests.world import cny, gateway, new, pay, posted, wallet

pytestmark = pytest.mark.django_db


def test_a_posting_moves_money_and_keeps_the_sum() -> None:
    buyer, escrow = wallet(100_00), new("escrow")

    pay(buyer, escrow, 60_00)

    assert (posted(buyer), posted(escrow)) == (40_00, 60_00)
    assert audit() == []


def test_the_same_request_again_returns_the_same_journal_and_moves_nothing() -> None:
    buyer, escrow = wallet(100_00), new("escrow")

    first = pay(buyer, escrow, 60_00, "order-1")
    again = pay(buyer, escrow, 60_00, "order-1")

    assert first == again
    assert posted(escrow) == 60_00


def test_an_altered_repeat_is_refused() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    pay(buyer, escrow, 60_00, "order-1")

    for minor in (60_01, 59_99):
        with pytest.raises(IdempotencyMismatch):
            pay(buyer, escrow, minor, "order-1")

    assert posted(escrow) == 60_00


def test_a_new_key_does_not_repeat_an_old_fact() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    pay(buyer, escrow, 30_00, "order-1", key="first-key")

    with pytest.raises(AlreadyPosted):
        pay(buyer, escrow, 30_00, "order-1", key="other-key")

    assert posted(escrow) == 30_00


def test_two_companies_may_use_the_same_key() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    legs = [Leg.transfer(buyer, escrow, cny(10_00), "payment")]
    one, other = (Actor(role="buyer", user_id=user, company_id=user) for user in (1, 2))

    first = post("test.paid", "order-1", legs, by=one, key="my-key")
    second = post("test.paid", "order-2", legs, by=other, key="my-key")

    assert first != second
    with pytest.raises(IdempotencyMismatch):
        post("test.paid", "order-3", legs, by=one, key="my-key")


def test_nothing_is_paid_that_is_not_there() -> None:
    buyer, escrow = wallet(100_00), new("escrow")

    with pytest.raises(InsufficientFunds):
        pay(buyer, escrow, 100_01)
    pay(buyer, escrow, 100_00)
    with pytest.raises(InsufficientFunds):
        pay(buyer, escrow, 1)

    assert (posted(buyer), posted(escrow)) == (0, 100_00)


def test_legs_succeed_or_fail_together() -> None:
    buyer, escrow, supplier = wallet(100_00), new("escrow"), new("supplier_payable")

    with pytest.raises(InsufficientFunds):
        post(
            "test.paid",
            "order-1",
            [Leg.transfer(buyer, escrow, cny(60_00), "first"), Leg.transfer(buyer, supplier, cny(60_00), "second")],
            by=SYSTEM,
        )

    assert (posted(buyer), posted(escrow), posted(supplier)) == (100_00, 0, 0)
    assert not Journal.objects.filter(purpose="test.paid").exists()


def test_a_refusal_leaves_the_callers_transaction_usable_and_its_key_free() -> None:
    buyer, escrow = wallet(10_00), new("escrow")

    with transaction.atomic():
        with pytest.raises(InsufficientFunds):
            pay(buyer, escrow, 60_00, "order-1")
        pay(buyer, escrow, 10_00, "order-1")

    assert posted(escrow) == 10_00


def test_money_that_arrives_in_a_journal_can_be_spent_in_it() -> None:
    buyer, escrow = new("wallet"), new("escrow")
    legs = [
        Leg.transfer(gateway(), buyer, cny(100_00), "recharge"),
        Leg.transfer(buyer, escrow, cny(100_00), "payment"),
    ]

    post("test.paid", "order-1", legs, by=SYSTEM)

    assert (posted(buyer), posted(escrow)) == (0, 100_00)


def test_one_currency_never_pays_for_another() -> None:
    buyer, yen = wallet(100_00), new("escrow", "JPY")

    for currency in ("CNY", "JPY"):
        with pytest.raises(CurrencyMismatch):
            post("test.paid", "order-1", [Leg.transfer(buyer, yen, Money(1, currency), "payment")], by=SYSTEM)


def test_an_account_that_was_never_opened_takes_no_part() -> None:
    with pytest.raises(UnknownAccount):
        pay(wallet(1_00), AccountId(2**40), 1_00)


@pytest.mark.parametrize("minor", [0, -1])
def test_a_leg_moves_a_positive_amount(minor: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Leg.transfer(AccountId(1), AccountId(2), cny(minor), "payment")


def test_a_leg_goes_to_another_account() -> None:
    with pytest.raises(ValueError, match="another"):
        Leg.transfer(AccountId(1), AccountId(1), cny(1), "payment")


def test_sums_too_large_for_the_columns_are_refused_not_wrapped() -> None:
    with pytest.raises(Exception, match="transfer_amount_is_positive"):
        pay(gateway(), new("wallet"), 2**62)


def test_a_transfer_is_taken_back_once_in_full_and_only_the_other_way() -> None:
    buyer, escrow, other = wallet(100_00), new("escrow"), new("escrow")
    paid = TransferId(Transfer.objects.get(journal_id=pay(buyer, escrow, 60_00)).pk)
    pay(buyer, escrow, 40_00)

    def take_back(source: str, debit: AccountId, credit: AccountId, minor: int) -> None:
        leg = Leg.transfer(debit, credit, cny(minor), "correction", reverses=paid)
        post("test.corrected", source, [leg], by=SYSTEM)

    with pytest.raises(LedgerMisuse):
        take_back("part", escrow, buyer, 59_99)
    with pytest.raises(Exception, match="transfer_reverses_its_mirror"):
        take_back("aside", escrow, other, 60_00)
    take_back("right", escrow, buyer, 60_00)
    with pytest.raises(AlreadyReversed):
        take_back("twice", escrow, buyer, 60_00)

    assert (posted(buyer), posted(escrow)) == (60_00, 40_00)
    assert audit() == []


def test_what_is_posted_has_happened() -> None:
    with pytest.raises(ValueError, match="future"):
        pay(wallet(1_00), new("escrow"), 1_00, effective_at=clock.now() + timedelta(seconds=1))


def test_a_fact_of_last_week_keeps_its_date() -> None:
    then = clock.now() - timedelta(days=7)

    journal = pay(wallet(1_00), new("escrow"), 1_00, effective_at=then)

    kept = Journal.objects.get(pk=journal)
    assert kept.effective_at == then
    assert kept.recorded_at > then


def test_a_clock_that_is_ahead_does_not_date_a_posting_into_the_future() -> None:
    with clock.frozen(clock.now() + timedelta(days=15)):
        journal = pay(wallet(1_00), new("escrow"), 1_00)

    kept = Journal.objects.get(pk=journal)
    assert kept.effective_at <= kept.recorded_at


@pytest.mark.commits
def test_only_read_committed_is_accepted() -> None:
    buyer, escrow = wallet(1_00), new("escrow")

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(LedgerMisuse, match="READ COMMITTED"):
            pay(buyer, escrow, 1_00)


@pytest.mark.commits
@pytest.mark.parametrize("patience", ["lock_timeout", "statement_timeout"])
def test_who_waits_too_long_for_a_lock_hears_that_it_is_busy_and_may_try_again(patience: str) -> None:
    buyer, escrow = wallet(1_00), new("escrow")
    waiting: list[str] = []

    def attempt() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL {patience} = '100ms'")
                pay(buyer, escrow, 1_00, "order-1")
        except LedgerBusy as busy:
            waiting.append(busy.code)
        finally:
            connection.close()

    with transaction.atomic():
        pay(buyer, escrow, 50)
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join(10)
        transaction.set_rollback(True)

    assert waiting == ["busy"]
    pay(buyer, escrow, 1_00, "order-1")
