"""Recharge (A13): asked, never believed; credited once; a gateway that doesn't answer is asked again."""

from __future__ import annotations

import random

import pytest

from caigou.accounts.models import Company
from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel import clock
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.payments.models import InboxMessage, Recharge, RechargeStatus
from caigou.payments.ports import Incoming
from caigou.payments.services.recharge import (
    ASK,
    MOST_MINOR,
    StillPending,
    ask_gateway,
    ask_later,
    receive_webhook,
    record,
    start_recharge,
)
from caigou.payments.tests.far_gateway import MISDEEDS, FarSide
from caigou.payments.tests.purses import books_balance, buyer, cny, of, purse, said, started

pytestmark = pytest.mark.django_db

HUNDRED = cny("100")


@pytest.fixture
def hotel() -> Company:
    return buyer()


def _hear(recharge: Recharge, event: str = "evt_1") -> bool:
    return receive_webhook(recharge.gateway, Incoming(event, recharge.public_id), b"{}")


def _make_all_calls() -> None:
    """Make every call that is left, however far off its next try is."""
    for call in Call.objects.filter(done_at=None).order_by("pk"):
        with clock.frozen(max(call.due_at, clock.now())):
            make_due()


def _again(recharge: Recharge) -> Recharge:
    recharge.refresh_from_db()
    return recharge


def test_starting_moves_no_money(hotel: Company) -> None:
    assert started(hotel, HUNDRED).status == RechargeStatus.STARTED
    assert purse(hotel) == ("0.00", "0.00")


def test_the_payers_return_alone_moves_no_money(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    ask_later(recharge)
    make_due()
    assert purse(hotel) == ("0.00", "0.00")
    assert _again(recharge).status == RechargeStatus.STARTED


@pytest.mark.parametrize(
    ("amount", "field"),
    [
        pytest.param(Money(0, "CNY"), "amount", id="6: zero"),
        pytest.param(Money(-5_00, "CNY"), "amount", id="5: less than zero"),
        pytest.param(Money(MOST_MINOR + 1, "CNY"), "amount", id="7: too much"),
        pytest.param(Money(100, "CHF"), "currency", id="a currency that isn't offered"),
        pytest.param(Money(100, "PTS"), "currency", id="points"),
    ],
)
def test_what_nobody_pays_in_is_refused(hotel: Company, amount: Money, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        started(hotel, amount)
    assert field in refused.value.fields
    assert Recharge.objects.count() == 0


def test_an_unknown_gateway_is_refused(hotel: Company) -> None:
    with pytest.raises(BadInput):
        started(hotel, HUNDRED, "mattress")


def test_the_wallet_of_another_company_is_refused(hotel: Company) -> None:
    with pytest.raises(NotAllowed):
        start_recharge(hotel, HUNDRED, gateway="sandbox", by=of(buyer("Another")))


def test_a_webhook_makes_us_ask_and_the_answer_is_credited(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "paid", HUNDRED)
    assert _hear(recharge)
    assert purse(hotel) == ("0.00", "0.00"), "believed before asking"
    make_due()
    assert _again(recharge).status == RechargeStatus.PAID
    assert recharge.provider_ref == f"far-{recharge.public_id}"
    assert purse(hotel) == ("100.00", "100.00")
    assert books_balance()


def test_the_webhook_is_not_believed_but_checked(hotel: Company, far: FarSide) -> None:
    """A genuine signature on "paid" while the gateway itself knows of no payment."""
    recharge = started(hotel, HUNDRED, "far")
    _hear(recharge)
    make_due()
    assert _again(recharge).status == RechargeStatus.STARTED
    assert purse(hotel) == ("0.00", "0.00")


def test_the_same_event_three_times_asks_once(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "paid", HUNDRED)
    assert [_hear(recharge) for _copy in range(3)] == [True, False, False]
    _make_all_calls()
    assert far.asked == [recharge.public_id]
    assert purse(hotel) == ("100.00", "100.00")
    assert InboxMessage.objects.count() == 1


def test_one_event_id_with_another_body_keeps_the_first(hotel: Company, far: FarSide) -> None:
    """Bad input 57."""
    recharge, other = started(hotel, HUNDRED, "far"), started(hotel, HUNDRED, "far")
    _hear(recharge)
    assert not receive_webhook("far", Incoming("evt_1", other.public_id), b'{"other": 1}')
    assert InboxMessage.objects.get().reference == recharge.public_id


def test_different_events_about_one_recharge_credit_it_once(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "paid", HUNDRED)
    for number in range(4):
        _hear(recharge, f"evt_{number}")
    ask_later(recharge)
    _make_all_calls()
    assert purse(hotel) == ("100.00", "100.00")
    assert books_balance()


@pytest.mark.parametrize("amount", ["100.01", "99.99", "0.01", "10000"])
def test_another_amount_than_was_asked_is_refused_and_kept_in_sight(hotel: Company, far: FarSide, amount: str) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "paid", cny(amount))
    _hear(recharge)
    make_due()
    assert _again(recharge).status == RechargeStatus.STARTED
    assert purse(hotel) == ("0.00", "0.00")
    call = Call.objects.get()
    assert call.done_at is None
    assert f"reports {cny(amount)}" in call.last_error


def test_another_currency_than_was_asked_is_refused(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    with pytest.raises(BadInput):
        record(recharge.pk, said(recharge, amount=Money(100_00, "USD")))
    assert purse(hotel) == ("0.00", "0.00")


def test_a_declined_charge_ends_without_money(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "failed", HUNDRED)
    _hear(recharge)
    make_due()
    assert _again(recharge).status == RechargeStatus.FAILED
    assert purse(hotel) == ("0.00", "0.00")


@pytest.mark.parametrize("first", ["paid", "failed"])
def test_a_final_answer_stands(hotel: Company, first: str) -> None:
    recharge = started(hotel, HUNDRED)
    record(recharge.pk, said(recharge, first))  # type: ignore[arg-type]
    before = purse(hotel)
    record(recharge.pk, said(recharge, "failed" if first == "paid" else "paid"))
    assert _again(recharge).status == first
    assert purse(hotel) == before


def test_a_lost_webhook_is_made_up_for_when_the_payer_comes_back(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "paid", HUNDRED)
    ask_later(recharge)
    make_due()
    assert purse(hotel) == ("100.00", "100.00")
    ask_later(_again(recharge))
    assert Call.objects.filter(done_at=None).count() == 0


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_no_answer_leaves_it_unknown_and_asking_again_resolves_it(hotel: Company, far: FarSide, misdeed: str) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "paid", HUNDRED)
    far.misdeeds.append(misdeed)
    _hear(recharge)
    make_due()
    assert _again(recharge).status == RechargeStatus.UNKNOWN
    assert purse(hotel) == ("0.00", "0.00")
    call = Call.objects.get()
    assert call.done_at is None
    assert call.last_error

    _make_all_calls()
    assert _again(recharge).status == RechargeStatus.PAID
    assert purse(hotel) == ("100.00", "100.00")


def test_a_gateway_that_does_not_know_yet_is_asked_again(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    far.decide(recharge.public_id, "pending", HUNDRED)
    with pytest.raises(StillPending):
        ask_gateway({"reference": recharge.public_id}, "key")
    assert _again(recharge).status == RechargeStatus.STARTED


def test_nobody_is_asked_about_what_is_final_or_unheard_of(hotel: Company, far: FarSide) -> None:
    recharge = started(hotel, HUNDRED, "far")
    record(recharge.pk, said(recharge))
    ask_gateway({"reference": recharge.public_id}, "key")
    ask_gateway({"reference": "never-started"}, "key")
    assert far.asked == []


@pytest.mark.slow
def test_the_money_ends_right_whatever_the_messages_do(hotel: Company, far: FarSide) -> None:
    """Promise 9 at small scale: copies, disorder, loss, and a far side that misbehaves at every third question."""
    chance = random.Random(20261122)
    recharges = [started(hotel, cny("1"), "far") for _one in range(40)]
    truth = {r.public_id: chance.choice(["paid", "paid", "failed"]) for r in recharges}
    for recharge in recharges:
        far.decide(recharge.public_id, truth[recharge.public_id], recharge.amount)  # type: ignore[arg-type]
    messages = [(r, f"evt_{r.public_id}") for r in recharges for _copy in range(chance.randint(1, 5))]
    chance.shuffle(messages)
    lost = {r.public_id for r in chance.sample(recharges, 6)}
    far.misdeeds.extend(chance.choice(["", "", *MISDEEDS]) for _question in range(30))
    for recharge, event in messages:
        if recharge.public_id not in lost:
            _hear(recharge, event)
    make_due()
    for recharge in recharges:
        if recharge.public_id in lost:
            ask_later(recharge)
    for _round in range(6):
        _make_all_calls()
    assert Call.objects.filter(function=ASK, done_at=None).count() == 0
    assert {r.public_id: _again(r).status for r in recharges} == truth
    paid = list(truth.values()).count("paid")
    assert purse(hotel) == (f"{paid}.00", f"{paid}.00")
    assert books_balance()
