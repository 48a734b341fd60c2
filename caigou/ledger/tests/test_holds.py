"""Holds: money set aside is spent once, by nobody else, and only where it was held to."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from caigou.kernel import clock
from caigou.kernel.actor import SYSTEM
from caigou.ledger.services import (
    AccountId,
    HoldId,
    HoldSpent,
    InsufficientFunds,
    Leg,
    audit,
    balance,
    capture,
    held_amount,
    hold,
    holds_of,
    post,
    release,
    release_expired,
)
from caigou.ledger.tests.world import available, cny, gateway, new, pay, posted, wallet

pytestmark = pytest.mark.django_db


def _held(buyer: AccountId, escrow: AccountId, minor: int) -> HoldId:
    return hold(buyer, escrow, cny(minor), purpose="order.reserved", source="order-1", by=SYSTEM)


def test_held_money_stays_in_the_wallet_and_can_not_be_spent() -> None:
    buyer, escrow = wallet(100_00), new("escrow")

    _held(buyer, escrow, 60_00)

    now = balance(buyer)
    assert (now.posted, now.pending, now.available) == (cny(100_00), cny(60_00), cny(40_00))
    assert posted(escrow) == 0
    with pytest.raises(InsufficientFunds):
        pay(buyer, escrow, 40_01)


def test_a_hold_is_captured_to_where_it_was_held() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    held = _held(buyer, escrow, 60_00)

    capture(held, purpose="order.paid", source="order-1", by=SYSTEM)

    assert (posted(buyer), available(buyer), posted(escrow)) == (40_00, 40_00, 60_00)
    assert held_amount(held) == cny(0)
    assert audit() == []


def test_a_capture_of_all_that_is_left_is_safe_to_repeat() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    held = _held(buyer, escrow, 60_00)

    first = capture(held, purpose="order.paid", source="order-1", by=SYSTEM)
    again = capture(held, purpose="order.paid", source="order-1", by=SYSTEM)

    assert first == again
    assert posted(escrow) == 60_00


def test_a_hold_may_be_captured_in_parts_and_the_rest_given_back() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    held = _held(buyer, escrow, 60_00)

    capture(held, purpose="order.part", source="1", by=SYSTEM, amount=cny(20_00))
    capture(held, purpose="order.part", source="2", by=SYSTEM, amount=cny(15_00))
    assert held_amount(held) == cny(25_00)
    release(held, purpose="order.rest", source="1", by=SYSTEM)

    assert (posted(buyer), available(buyer), posted(escrow)) == (65_00, 65_00, 35_00)
    assert audit() == []


def test_one_journal_may_capture_a_part_and_release_the_rest() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    held = _held(buyer, escrow, 60_00)

    legs = [Leg.capture(held, "part", amount=cny(50_00)), Leg.release(held, "rest")]
    post("order.paid", "order-1", legs, by=SYSTEM)

    assert (available(buyer), posted(escrow), held_amount(held)) == (50_00, 50_00, cny(0))


def test_no_more_is_captured_than_was_held() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    held = _held(buyer, escrow, 60_00)

    with pytest.raises(HoldSpent):
        capture(held, purpose="order.paid", source="1", by=SYSTEM, amount=cny(60_01))
    capture(held, purpose="order.paid", source="2", by=SYSTEM, amount=cny(40_00))
    with pytest.raises(HoldSpent):
        capture(held, purpose="order.paid", source="3", by=SYSTEM, amount=cny(20_01))
    with pytest.raises(HoldSpent):
        release(held, purpose="order.rest", source="4", by=SYSTEM, amount=cny(20_01))

    assert (posted(escrow), held_amount(held)) == (40_00, cny(20_00))


def test_nothing_is_taken_from_a_spent_hold_or_from_none() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    held = _held(buyer, escrow, 60_00)
    release(held, purpose="order.rest", source="1", by=SYSTEM)

    for gone in (held, HoldId(2**40)):
        with pytest.raises(HoldSpent):
            capture(gone, purpose="order.paid", source="2", by=SYSTEM)
    with pytest.raises(HoldSpent):
        held_amount(HoldId(2**40))

    assert available(buyer) == 100_00


def test_a_plain_transfer_is_not_a_hold() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    transfer = HoldId(pay(buyer, escrow, 10_00))

    with pytest.raises(HoldSpent):
        capture(transfer, purpose="order.paid", source="1", by=SYSTEM)


def test_arriving_money_is_held_in_the_same_journal() -> None:
    buyer, escrow = new("wallet"), new("escrow")
    legs = [Leg.transfer(gateway(), buyer, cny(100_00), "recharge"), Leg.hold(buyer, escrow, cny(100_00), "reserve")]

    (held,) = holds_of(post("recharge.paid", "1", legs, by=SYSTEM))

    assert held_amount(held) == cny(100_00)
    assert (posted(buyer), available(buyer)) == (100_00, 0)


def test_no_more_is_held_than_is_available() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    _held(buyer, escrow, 60_00)

    with pytest.raises(InsufficientFunds):
        hold(buyer, escrow, cny(40_01), purpose="order.reserved", source="order-2", by=SYSTEM)


def test_a_hold_on_a_sharded_account_is_found_again_by_any_connection() -> None:
    clearing, escrow = gateway(), new("escrow")
    held = hold(clearing, escrow, cny(5_00), purpose="order.reserved", source="order-1", by=SYSTEM)

    release(held, purpose="order.rest", source="order-1", by=SYSTEM)

    assert audit() == []


def test_a_hold_whose_time_is_over_is_given_back_by_the_clock_and_by_nothing_else() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    end = clock.now() + timedelta(days=3)
    reserve = partial(hold, buyer, escrow, cny(20_00), purpose="order.reserved", by=SYSTEM)
    ending, part, spent, lasting, endless = (
        reserve(source=str(turn), expires_at=expiry)
        for turn, expiry in enumerate([end, end, end, end + timedelta(seconds=1), None])
    )
    capture(part, purpose="order.part", source="1", by=SYSTEM, amount=cny(5_00))
    capture(spent, purpose="order.paid", source="1", by=SYSTEM)

    assert release_expired() == 0
    with clock.frozen(end):
        assert release_expired() == 2
        assert release_expired() == 0

    assert [held_amount(held).minor for held in (ending, part, spent, lasting, endless)] == [0, 0, 0, 20_00, 20_00]
    assert (posted(escrow), available(buyer)) == (25_00, 35_00)
    assert audit() == []
