"""Frozen means frozen (promise 7): what a blocked account still lets through, also in a race."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from caigou.kernel.actor import SYSTEM
from caigou.ledger.models import AccountStatus, StatusChange
from caigou.ledger.services import (
    AccountBlocked,
    AccountId,
    AccountNotEmpty,
    UnknownAccount,
    capture,
    close_account,
    freeze,
    hold,
    open_account,
    release,
    restrict,
    status_of,
    unfreeze,
)
from caigou.ledger.tests.world import available, cny, gateway, new, pay, posted, wallet

WHY = "a report by its owner"
BLOCKS = [freeze, restrict]


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS)
def test_nothing_leaves_a_blocked_account(block: Callable[..., None]) -> None:
    buyer, escrow = wallet(100_00), new("escrow")

    block(buyer, reason=WHY, by=SYSTEM)

    with pytest.raises(AccountBlocked):
        pay(buyer, escrow, 1)
    with pytest.raises(AccountBlocked):
        hold(buyer, escrow, cny(1), purpose="order.reserved", source="1", by=SYSTEM)
    assert available(buyer) == 100_00


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS)
def test_money_still_arrives_in_a_blocked_account(block: Callable[..., None]) -> None:
    buyer, payer = wallet(100_00), wallet(10_00)

    block(buyer, reason=WHY, by=SYSTEM)
    pay(payer, buyer, 10_00)

    assert posted(buyer) == 110_00


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS)
def test_a_hold_from_before_is_released_but_captured_only_for_a_reason(block: Callable[..., None]) -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    one, other = (
        hold(buyer, escrow, cny(30_00), purpose="order.reserved", source=source, by=SYSTEM) for source in ("1", "2")
    )

    block(buyer, reason=WHY, by=SYSTEM)

    release(one, purpose="order.rest", source="1", by=SYSTEM)
    with pytest.raises(AccountBlocked):
        capture(other, purpose="order.paid", source="2", by=SYSTEM)
    capture(other, purpose="order.paid", source="2b", by=SYSTEM, reason="court_order")
    assert (posted(buyer), available(buyer), posted(escrow)) == (70_00, 70_00, 30_00)


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS)
def test_a_lawful_deduction_names_its_reason_and_no_reason_allows_a_new_hold(block: Callable[..., None]) -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    block(buyer, reason=WHY, by=SYSTEM)

    pay(buyer, escrow, 5_00, reason="compensation")

    assert posted(buyer) == 95_00
    with pytest.raises(AccountBlocked):
        hold(buyer, escrow, cny(1), purpose="order.reserved", source="1", by=SYSTEM)


@pytest.mark.django_db
def test_nobodys_money_is_tied_up_towards_a_frozen_account() -> None:
    buyer, frozen, restricted = wallet(100_00), new("supplier_payable"), new("supplier_payable")
    freeze(frozen, reason=WHY, by=SYSTEM)
    restrict(restricted, reason=WHY, by=SYSTEM)

    with pytest.raises(AccountBlocked):
        hold(buyer, frozen, cny(1_00), purpose="order.reserved", source="1", by=SYSTEM)
    hold(buyer, restricted, cny(1_00), purpose="order.reserved", source="2", by=SYSTEM)


@pytest.mark.django_db
def test_an_account_that_is_opened_again_pays_again() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    freeze(buyer, reason=WHY, by=SYSTEM)
    freeze(buyer, reason="said twice", by=SYSTEM)
    unfreeze(buyer, reason="cleared up", by=SYSTEM)

    pay(buyer, escrow, 100_00)

    changes = StatusChange.objects.filter(account_id=buyer).order_by("pk").values_list("old", "new", "reason")
    assert list(changes) == [("open", "frozen", WHY), ("frozen", "open", "cleared up")]


@pytest.mark.django_db
def test_only_an_empty_account_is_closed_and_then_for_good() -> None:
    buyer, other = wallet(100_00), wallet(100_00)
    with pytest.raises(AccountNotEmpty):
        close_account(buyer, reason=WHY, by=SYSTEM)
    pay(buyer, other, 100_00)

    close_account(buyer, reason=WHY, by=SYSTEM)

    assert status_of(buyer) is AccountStatus.CLOSED
    with pytest.raises(AccountBlocked):
        pay(other, buyer, 1, reason="court_order")
    with pytest.raises(AccountBlocked):
        unfreeze(buyer, reason=WHY, by=SYSTEM)


@pytest.mark.django_db
def test_an_account_with_money_held_towards_it_is_not_closed() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    hold(buyer, escrow, cny(1_00), purpose="order.reserved", source="1", by=SYSTEM)

    with pytest.raises(AccountNotEmpty):
        close_account(escrow, reason=WHY, by=SYSTEM)


@pytest.mark.django_db
def test_an_account_that_is_not_there_has_no_status() -> None:
    with pytest.raises(UnknownAccount):
        status_of(AccountId(2**40))
    with pytest.raises(UnknownAccount):
        freeze(AccountId(2**40), reason=WHY, by=SYSTEM)
    with pytest.raises(UnknownAccount):
        open_account("petty_cash", "anybody", "CNY")


def while_a_freeze_is_under_way(frozen: AccountId, payment: Callable[[], object]) -> list[str]:
    """Start ``payment`` between a freeze and its commit, and return what became of it."""
    outcome: list[str] = []

    def attempt() -> None:
        try:
            payment()
            outcome.append("paid")
        except AccountBlocked:
            outcome.append("blocked")
        finally:
            connection.close()

    thread = threading.Thread(target=attempt)
    with transaction.atomic():
        freeze(frozen, reason=WHY, by=SYSTEM)
        thread.start()
        thread.join(0.4)  # it waits for our lock, or went past it
        assert outcome == []
    thread.join(10)
    return outcome


@pytest.mark.commits
def test_a_payment_that_meets_a_freeze_halfway_is_blocked() -> None:
    buyer, escrow = wallet(100_00), new("escrow")

    assert while_a_freeze_is_under_way(buyer, lambda: pay(buyer, escrow, 100_00)) == ["blocked"]
    assert posted(buyer) == 100_00


@pytest.mark.commits
def test_a_freeze_of_an_unguarded_account_can_not_be_raced_either() -> None:
    clearing, buyer = gateway(), wallet(100_00)

    assert while_a_freeze_is_under_way(clearing, lambda: pay(buyer, clearing, 100_00)) == ["blocked"]
    assert posted(buyer) == 100_00
