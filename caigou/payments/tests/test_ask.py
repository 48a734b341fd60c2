"""Ask for money: met whole at once, or waiting until it can be met, exactly once (A14)."""

from __future__ import annotations

import pytest

from caigou.kernel.actor import SYSTEM
from caigou.kernel.errors import IllegalMove
from caigou.ledger.services import HoldId, capture, freeze, held_amount
from caigou.payments.models import PaymentRequest, RequestStatus
from caigou.payments.services.ask import meet, meet_all_waiting, meet_waiting, settle, shortfall, withdraw
from caigou.payments.services.recharge import RECHARGE_RULES, record
from caigou.payments.services.wallet import wallet_account
from caigou.payments.tests.purses import ask, books_balance, buyer, cny, fund, in_escrow, of, purse, said, started, told

pytestmark = pytest.mark.django_db


def test_a_wallet_that_suffices_sets_the_sum_aside_at_once() -> None:
    hotel = buyer()
    fund(hotel, cny("100"))
    request = ask(hotel, cny("60"), "a")
    assert request.status == RequestStatus.HELD
    assert held_amount(HoldId(request.hold_id or 0)) == cny("60")
    assert purse(hotel) == ("100.00", "40.00")
    assert told() == 1
    assert books_balance()


def test_a_wallet_that_is_one_fen_short_pays_nothing() -> None:
    hotel = buyer()
    fund(hotel, cny("59.99"))
    request = ask(hotel, cny("60"), "a")
    assert request.status == RequestStatus.WAITING
    assert shortfall(request) == cny("0.01")
    assert purse(hotel) == ("59.99", "59.99")
    assert told() == 0


def test_a_company_without_a_wallet_waits_for_the_whole_sum() -> None:
    request = ask(buyer(), cny("60"), "a")
    assert request.status == RequestStatus.WAITING
    assert shortfall(request) == cny("60")


def test_a_waiting_request_resumes_once_when_the_money_arrives() -> None:
    hotel = buyer()
    waiting = ask(hotel, cny("60"), "a")
    recharge = fund(hotel, cny("60"))
    record(recharge.pk, said(recharge))
    assert meet(waiting.pk).status == RequestStatus.HELD
    assert meet_waiting(hotel, "CNY") == 0
    assert meet_all_waiting() == 0
    assert purse(hotel) == ("60.00", "0.00")
    assert told() == 1
    assert books_balance()


def test_asking_twice_for_one_thing_asks_once() -> None:
    hotel = buyer()
    fund(hotel, cny("200"))
    assert ask(hotel, cny("60"), "a").pk == ask(hotel, cny("60"), "a").pk
    assert purse(hotel) == ("200.00", "140.00")
    assert told() == 1


def test_two_requests_and_money_for_one_meet_the_older() -> None:
    hotel = buyer()
    first, second = ask(hotel, cny("60"), "a"), ask(hotel, cny("60"), "b")
    fund(hotel, cny("100"))
    assert [_again(first).status, _again(second).status] == [RequestStatus.HELD, RequestStatus.WAITING]
    assert shortfall(_again(second)) == cny("20")
    fund(hotel, cny("20"))
    assert _again(second).status == RequestStatus.HELD
    assert purse(hotel) == ("120.00", "0.00")
    assert told() == 2
    assert books_balance()


def test_a_large_request_does_not_stop_a_small_one_behind_it() -> None:
    hotel = buyer()
    large, small = ask(hotel, cny("1000"), "large"), ask(hotel, cny("10"), "small")
    fund(hotel, cny("50"))
    assert [_again(large).status, _again(small).status] == [RequestStatus.WAITING, RequestStatus.HELD]


def test_money_of_another_currency_or_company_meets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = buyer()
    waiting = ask(hotel, cny("60"), "a")
    fund(buyer("Another"), cny("60"))
    monkeypatch.setattr(RECHARGE_RULES, "_answers", {})  # without a rate for dollars, one of them asks for papers
    usd = started(hotel, type(cny("1"))(60_00, "USD"))
    record(usd.pk, said(usd))
    assert meet_all_waiting() == 0
    assert _again(waiting).status == RequestStatus.WAITING


def test_a_withdrawn_request_gives_back_what_was_set_aside() -> None:
    hotel = buyer()
    fund(hotel, cny("60"))
    request = ask(hotel, cny("60"), "a")
    withdraw("test", "a", by=of(hotel))
    withdraw("test", "a", by=of(hotel))
    assert _again(request).status == RequestStatus.CANCELLED
    assert purse(hotel) == ("60.00", "60.00")
    assert books_balance()


def test_a_withdrawn_request_is_not_met_by_later_money() -> None:
    hotel = buyer()
    request = ask(hotel, cny("60"), "a")
    withdraw("test", "a", by=of(hotel))
    fund(hotel, cny("60"))
    assert meet(request.pk).status == RequestStatus.CANCELLED
    assert purse(hotel) == ("60.00", "60.00")
    assert told() == 0


def test_withdrawing_what_was_never_asked_changes_nothing() -> None:
    withdraw("test", "nothing", by=SYSTEM)
    assert PaymentRequest.objects.count() == 0


def test_what_is_settled_is_the_askers_to_give_back() -> None:
    hotel = buyer()
    fund(hotel, cny("60"))
    request = ask(hotel, cny("60"), "a")
    capture(HoldId(request.hold_id or 0), purpose="test.captured", source="a", by=of(hotel))
    settle(request.pk)
    settle(request.pk)
    with pytest.raises(IllegalMove):
        withdraw("test", "a", by=of(hotel))
    assert in_escrow("a") == "60.00"
    assert purse(hotel) == ("0.00", "0.00")
    assert books_balance()


def test_money_that_arrives_at_a_frozen_wallet_is_credited_all_the_same() -> None:
    """Promise 7: a freeze stops debits; a request that waits must not stop the credit."""
    hotel = buyer()
    waiting = ask(hotel, cny("60"), "a")
    freeze(wallet_account(hotel, "CNY"), reason="A test of the freeze.", by=SYSTEM)
    fund(hotel, cny("60"))
    assert purse(hotel)[0] == "60.00"
    assert _again(waiting).status == RequestStatus.WAITING


def test_one_frozen_wallet_does_not_stop_the_clock_for_others() -> None:
    frozen, other = buyer("Frozen"), buyer("Other")
    first, second = ask(frozen, cny("60"), "a"), ask(other, cny("60"), "b")
    for hotel in (frozen, other):
        fund(hotel, cny("60"))
        withdraw("test", "a" if hotel == frozen else "b", by=SYSTEM)
    PaymentRequest.objects.update(status=RequestStatus.WAITING, hold_id=None)
    PaymentRequest.objects.filter(pk=first.pk).update(public_id="again-a")
    PaymentRequest.objects.filter(pk=second.pk).update(public_id="again-b")
    freeze(wallet_account(frozen, "CNY"), reason="A test of the freeze.", by=SYSTEM)
    assert meet_all_waiting() == 1
    assert [_again(first).status, _again(second).status] == [RequestStatus.WAITING, RequestStatus.HELD]


@pytest.mark.slow
def test_many_who_cannot_pay_do_not_hide_one_who_can() -> None:
    """More waiting requests than the clock takes in one round, all of them older."""
    poor, rich = buyer("Poor"), buyer("Rich")
    for number in range(12):
        ask(poor, cny("1000"), f"poor-{number}")
    waiting = ask(rich, cny("60"), "rich")
    fund(rich, cny("60"))
    withdraw("test", "rich", by=SYSTEM)
    PaymentRequest.objects.filter(pk=waiting.pk).update(status=RequestStatus.WAITING, hold_id=None, public_id="again")
    assert sum(meet_all_waiting(limit=5) for _round in range(60)) == 1
    assert _again(waiting).status == RequestStatus.HELD


def _again(request: PaymentRequest) -> PaymentRequest:
    request.refresh_from_db()
    return request
