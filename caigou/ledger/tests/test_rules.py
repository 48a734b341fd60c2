"""Points that keep their owner (A16), closed months, and exchanges as quoted (promise 15)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.ledger.services import (
    PLATFORM,
    AccountId,
    JournalId,
    LedgerError,
    LedgerMisuse,
    Leg,
    NotAsQuoted,
    PeriodClosed,
    PeriodStillRuns,
    PointsStay,
    Quote,
    audit,
    capture,
    close_period,
    closed_until,
    exchange,
    hold,
    open_account,
    post,
    quote_exchange,
)
from caigou.ledger.tests.world import cny, gateway, new, pay, posted, wallet

pytestmark = pytest.mark.django_db


# --- Points ----------------------------------------------------------------------------------------------------------


def _points(minor: int) -> Money:
    return Money(minor, "PTS")


def _given(minor: int) -> AccountId:
    """Points of a new owner."""
    account = new("points", "PTS")
    issued = open_account("points_issued", PLATFORM, "PTS")
    post("points.given", new_public_id(), [Leg.transfer(issued, account, _points(minor), "given")], by=SYSTEM)
    return account


def test_points_are_given_and_taken_back_by_the_platform_alone() -> None:
    mine, issued = _given(100), open_account("points_issued", PLATFORM, "PTS")

    post("points.expired", "1", [Leg.transfer(mine, issued, _points(40), "expired")], by=SYSTEM)

    assert (posted(mine), posted(issued)) == (60, 60)
    assert audit() == []


@pytest.mark.parametrize("make", [Leg.transfer, Leg.hold])
def test_points_never_change_their_owner(make: Callable[..., Leg]) -> None:
    mine, yours = _given(100), _given(1)

    with pytest.raises(PointsStay):
        post("points.passed_on", "1", [make(mine, yours, _points(1), "gift")], by=SYSTEM)

    assert (posted(mine), posted(yours)) == (100, 1)


# --- Periods ---------------------------------------------------------------------------------------------------------


def _dated(days: int, source: str = "") -> JournalId:
    """Pay 0.01 that happened so many days ago."""
    return pay(wallet(1), new("escrow"), 1, source, effective_at=now() - timedelta(days=days))


def test_nothing_is_posted_into_a_closed_month() -> None:
    before = _dated(40, "before")
    close_period("CNY", now() - timedelta(days=30), by=SYSTEM)

    with pytest.raises(PeriodClosed):
        _dated(31)

    assert _dated(29) != before
    assert (closed_until("CNY"), closed_until("USD")) == (closed_until("CNY"), None)
    assert audit() == []


def test_a_capture_is_held_to_the_month_of_its_currency_too() -> None:
    buyer, long_ago = wallet(2_00), now() - timedelta(days=31)
    held = hold(buyer, new("escrow"), cny(1_00), purpose="test.held", source="1", by=SYSTEM)
    close_period("CNY", now() - timedelta(days=30), by=SYSTEM)

    with pytest.raises(PeriodClosed):
        post("test.captured", "1", [Leg.capture(held, "capture")], by=SYSTEM, effective_at=long_ago)

    capture(held, purpose="test.captured", source="1", by=SYSTEM)


def test_what_was_posted_before_closing_is_repeated_as_before() -> None:
    payer, escrow, when = wallet(1), new("escrow"), now() - timedelta(days=40)
    first = pay(payer, escrow, 1, "once", effective_at=when)
    close_period("CNY", now() - timedelta(days=30), by=SYSTEM)

    assert pay(payer, escrow, 1, "once", effective_at=when) == first


def test_a_month_is_closed_once_for_good_and_only_after_its_end() -> None:
    until = now() - timedelta(days=30)
    close_period("CNY", until, by=SYSTEM)
    close_period("CNY", until, by=SYSTEM)

    with pytest.raises(PeriodClosed):
        close_period("CNY", until - timedelta(days=1), by=SYSTEM)
    with pytest.raises(PeriodStillRuns):
        close_period("CNY", now() - timedelta(minutes=30), by=SYSTEM)
    assert closed_until("CNY") == until


@pytest.mark.commits
def test_closing_waits_for_a_posting_under_way_that_is_dated_back() -> None:
    closed, refused = threading.Event(), []

    def close() -> None:
        try:
            close_period("CNY", now() - timedelta(days=30), by=SYSTEM)
            closed.set()
        except LedgerError as error:
            refused.append(error)
        finally:
            connection.close()

    closer = threading.Thread(target=close)
    with transaction.atomic():
        _dated(31)
        closer.start()
        assert not closed.wait(0.3)
    closer.join(10)

    assert (closed.is_set(), refused) == (True, [])
    with pytest.raises(PeriodClosed):
        _dated(31)
    assert audit() == []


# --- Exchange --------------------------------------------------------------------------------------------------------


def _purse(owner: str, minor: int, currency: str) -> AccountId:
    account = open_account("wallet", owner, currency)
    if minor:
        leg = Leg.transfer(gateway(currency), account, Money(minor, currency), "recharge")
        post("recharge.paid", new_public_id(), [leg], by=SYSTEM)
    return account


def _quote(owner: str, sell: Money, buy: str, rate: str) -> Quote:
    return quote_exchange(owner, sell, buy, rate=Decimal(rate), rate_source="test")


def _position(currency: str) -> int:
    return posted(open_account("fx_position", PLATFORM, currency))


@pytest.mark.parametrize(
    ("sell", "buy", "rate", "given", "rounding"),
    [
        (Money(100_00, "USD"), "CNY", "7.1234567", 712_34, 1),  # 712.34567: the nearest is 712.35
        (Money(100_00, "USD"), "CNY", "7.1234400", 712_34, 0),
        (Money(100_00, "USD"), "JPY", "149.999", 14_999, 1),
        (Money(1, "KWD"), "JPY", "487.6", 0, None),  # 0.4876 yen: nothing
        (Money(100_000, "JPY"), "KWD", "0.0020501234", 205_012, 0),
        (Money(10**15, "IDR"), "KWD", "0.0000193333", 193_333_000_000, 0),
    ],
)
def test_an_exchange_is_computed_exactly(sell: Money, buy: str, rate: str, given: int, rounding: int | None) -> None:
    if rounding is None:
        with pytest.raises(LedgerMisuse):
            _quote("somebody", sell, buy, rate)
        return
    mine, theirs = _purse("somebody", sell.minor, sell.currency), _purse("somebody", 0, buy)
    quote = _quote("somebody", sell, buy, rate)

    exchange(quote.public_id, mine, theirs, by=SYSTEM)

    assert (quote.buy.minor, quote.rounding.minor) == (given, rounding)
    assert (posted(mine), posted(theirs)) == (0, given)
    assert (_position(sell.currency), _position(buy)) == (sell.minor, -given - rounding)
    assert posted(open_account("rounding", PLATFORM, buy)) == rounding
    assert audit() == []


def test_a_quote_serves_its_owner_once() -> None:
    mine, theirs = _purse("me", 300_00, "USD"), _purse("me", 0, "CNY")
    others = _purse("another", 100_00, "USD")
    quote = _quote("me", Money(100_00, "USD"), "CNY", "7")

    with pytest.raises(NotAsQuoted):
        exchange(quote.public_id, others, theirs, by=SYSTEM)
    with pytest.raises(NotAsQuoted):
        exchange(quote.public_id, mine, _purse("another", 0, "CNY"), by=SYSTEM)
    with pytest.raises(NotAsQuoted):
        exchange("no such quote", mine, theirs, by=SYSTEM)
    first = exchange(quote.public_id, mine, theirs, by=SYSTEM)

    assert exchange(quote.public_id, mine, theirs, by=SYSTEM) == first
    assert posted(mine) == 200_00


def test_an_expired_quote_is_refused() -> None:
    mine, theirs = _purse("me", 100_00, "USD"), _purse("me", 0, "CNY")
    late = quote_exchange(
        "me", Money(100_00, "USD"), "CNY", rate=Decimal(7), rate_source="test", valid=timedelta(seconds=1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.01)")

    with pytest.raises(NotAsQuoted):
        exchange(late.public_id, mine, theirs, by=SYSTEM)


@pytest.mark.parametrize(
    ("sold", "bought", "extra"), [(100_00, 700_01, 0), (99_99, 700_00, 0), (100_00, 700_00, 1), (100_00, 699_99, 0)]
)
def test_no_posting_but_the_quoted_one_gets_a_customers_money_through_a_position(
    sold: int, bought: int, extra: int
) -> None:
    mine, theirs = _purse("me", 300_00, "USD"), _purse("me", 0, "CNY")
    dollars, yuan = open_account("fx_position", PLATFORM, "USD"), open_account("fx_position", PLATFORM, "CNY")
    quote = _quote("me", Money(100_00, "USD"), "CNY", "7")
    legs = [
        Leg.transfer(mine, dollars, Money(sold, "USD"), "sold"),
        Leg.transfer(yuan, theirs, cny(bought), "bought"),
    ]
    if extra:
        legs.append(Leg.transfer(yuan, theirs, cny(extra), "more"))

    with pytest.raises(NotAsQuoted):
        post("fx.exchanged", quote.public_id, legs, by=SYSTEM)
    with pytest.raises(NotAsQuoted):
        post("test.exchanged", "1", legs, by=SYSTEM)

    assert posted(mine) == 300_00


def test_the_platform_covers_its_positions_at_its_own_risk() -> None:
    bank_usd, bank_cny = (open_account("bank", "ours", currency) for currency in ("USD", "CNY"))
    dollars, yuan = open_account("fx_position", PLATFORM, "USD"), open_account("fx_position", PLATFORM, "CNY")

    legs = [
        Leg.transfer(dollars, bank_usd, Money(100_00, "USD"), "sold"),
        Leg.transfer(bank_cny, yuan, cny(690_00), "bought"),
    ]
    post("fx.covered", "1", legs, by=SYSTEM)

    assert (posted(dollars), posted(yuan), posted(bank_cny)) == (-100_00, 690_00, 690_00)
    assert audit() == []
