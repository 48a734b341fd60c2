"""Refunds to the source (D5): set aside first, sent once, asked about until known, never more than was paid in."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from caigou.accounts.models import Company, Seat, User
from caigou.accounts.services.credentials import note_changed
from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel import clock
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, IllegalMove, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import AccountBlocked, InsufficientFunds, balance, freeze, open_account, restrict, unfreeze
from caigou.payments.bank.services.accounts import AccountDetails
from caigou.payments.bank.tests.banking import arrive, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.models import Recharge
from caigou.payments.payouts.models import Payout, PayoutAccount
from caigou.payments.payouts.services.accounts import confirm_payout_account, enter_payout_account
from caigou.payments.payouts.services.batch import approve_batch, put_together, send_batch
from caigou.payments.payouts.services.request import cancel_payout
from caigou.payments.ports import Incoming, Refunded
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import (
    agree_refund,
    ask_refund,
    decline_refund,
    left_of,
    refundable,
    withdraw_refund,
)
from caigou.payments.refunds.services.give_back import keep_in_wallet, send_to_bank
from caigou.payments.refunds.services.send import ask_about, record_refund
from caigou.payments.services.recharge import receive_webhook
from caigou.payments.services.wallet import wallet_account
from caigou.payments.tests.far_gateway import MISDEEDS, FarSide
from caigou.payments.tests.purses import ask, books_balance, buyer, cny, of, purse, said, started

pytestmark = pytest.mark.django_db

HUNDRED = cny("100")


@pytest.fixture
def hotel() -> Company:
    return buyer()


def paid(company: Company, far: FarSide, amount: Money = HUNDRED) -> Recharge:
    """A recharge that the far side took and that is credited."""
    from caigou.payments.services.recharge import record

    recharge = started(company, amount, "far")
    far.decide(recharge.public_id, "paid", amount)
    return record(recharge.pk, said(recharge))


def asked(recharge: Recharge, amount: str = "40", fallback: str = "wallet") -> Refund:
    return ask_refund(recharge.pk, cny(amount), fallback=fallback, by=of(recharge.company))


def agreed(recharge: Recharge, amount: str = "40", fallback: str = "wallet") -> Refund:
    return agree_refund(asked(recharge, amount, fallback).pk, by=person())


def work(rounds: int = 1) -> None:
    """Make every call that is left, however far off its next try is, as often as that."""
    for _round in range(rounds):
        for call in Call.objects.filter(done_at=None).order_by("pk"):
            with clock.frozen(max(call.due_at, clock.now())):
                make_due()


def later() -> None:
    """Two minutes later whatever was sent has arrived, or never will."""
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        make_due()


def again(refund: Refund) -> Refund:
    refund.refresh_from_db()
    return refund


def clearing() -> str:
    return balance(open_account("gateway_clearing", "far", "CNY")).posted.amount


def test_a_refund_goes_back_once_it_is_agreed_to(hotel: Company, far: FarSide) -> None:
    recharge = paid(hotel, far)
    refund = asked(recharge)
    assert (refund.status, purse(hotel), far.told) == ("asked", ("100.00", "60.00"), [])
    agree_refund(refund.pk, by=person())
    assert (again(refund).status, far.told) == ("agreed", []), "sent inside the transaction"
    make_due()
    assert (again(refund).status, far.told, far.sent_back()) == ("done", [refund.public_id], 40_00)
    assert (purse(hotel), clearing()) == (("60.00", "60.00"), "60.00")
    assert books_balance()


def test_what_is_set_aside_can_not_be_spent(hotel: Company, far: FarSide) -> None:
    asked(paid(hotel, far), "80")
    assert ask(hotel, cny("30"), "an order").status == "waiting"


@pytest.mark.parametrize("amount", ["100.01", "0", "-1"])
def test_more_than_was_paid_in_is_refused(hotel: Company, far: FarSide, amount: str) -> None:
    recharge = paid(hotel, far)
    paid(hotel, far, cny("500"))
    with pytest.raises(BadInput):
        ask_refund(recharge.pk, Money(int(float(amount) * 100), "CNY"), fallback="wallet", by=of(hotel))
    assert purse(hotel) == ("600.00", "600.00")


def test_parts_together_never_pass_the_recharge(hotel: Company, far: FarSide) -> None:
    recharge = paid(hotel, far)
    paid(hotel, far, cny("500"))
    agreed(recharge, "60")
    make_due()
    with pytest.raises(BadInput):
        asked(recharge, "40.01")
    assert left_of(recharge) == cny("40")
    agreed(recharge, "40")
    make_due()
    assert (far.sent_back(), purse(hotel)[0], refundable(recharge)) == (100_00, "500.00", cny("0"))


def test_what_is_spent_is_not_sent_back(hotel: Company, far: FarSide) -> None:
    recharge = paid(hotel, far)
    ask(hotel, cny("70"), "an order")
    assert refundable(recharge) == cny("30")
    with pytest.raises(InsufficientFunds):
        asked(recharge, "30.01")


def test_a_recharge_that_was_not_paid_is_not_sent_back(hotel: Company, far: FarSide) -> None:
    paid(hotel, far)
    with pytest.raises(BadInput):
        asked(started(hotel, HUNDRED, "far"))


def test_another_company_and_a_blocked_wallet_get_nothing(hotel: Company, far: FarSide) -> None:
    recharge = paid(hotel, far)
    with pytest.raises(NotAllowed):
        ask_refund(recharge.pk, cny("1"), fallback="wallet", by=of(buyer("Other")))
    freeze(wallet_account(hotel, "CNY"), reason="a report by its owner", by=person())
    with pytest.raises(AccountBlocked), transaction.atomic():
        asked(recharge)


# --- Who agrees ---------------------------------------------------------------------------------------------------


def test_only_staff_agree_and_two_of_them_to_a_large_sum(hotel: Company, far: FarSide) -> None:
    recharge, mei = paid(hotel, far, cny("9000")), person()
    refund = asked(recharge, "5000")
    with pytest.raises(NotAllowed):
        agree_refund(refund.pk, by=of(hotel))
    assert agree_refund(refund.pk, by=mei).status == "second"
    with pytest.raises(NotAllowed):
        agree_refund(refund.pk, by=mei)
    with pytest.raises(IntegrityError, match="large_refund_by_two"), transaction.atomic():
        Refund.objects.update(status="agreed")
    make_due()
    assert far.told == []
    assert agree_refund(refund.pk, by=person()).status == "agreed"
    make_due()
    assert far.sent_back() == 5_000_00


def test_a_large_sum_cut_into_small_ones_needs_two_as_well(hotel: Company, far: FarSide) -> None:
    recharge, mei = paid(hotel, far, cny("9000")), person()
    found = [agree_refund(asked(recharge, "2600").pk, by=mei).status for _part in range(2)]
    assert found == ["agreed", "second"]


def test_a_declined_and_a_withdrawn_one_can_be_spent_again(hotel: Company, far: FarSide) -> None:
    recharge = paid(hotel, far)
    waiting = ask(hotel, cny("90"), "an order")
    assert waiting.status == "held"
    extra = paid(hotel, far)
    first, second = asked(extra, "50"), asked(extra, "50")
    order = ask(hotel, cny("60"), "another order")
    decline_refund(first.pk, reason="The order needs it.", by=person())
    withdraw_refund(second.pk, by=of(hotel))
    order.refresh_from_db()
    assert (again(first).status, again(second).status, order.status) == ("declined", "withdrawn", "held")
    with pytest.raises(IllegalMove):
        agree_refund(first.pk, by=person())
    assert left_of(recharge) == HUNDRED
    assert books_balance()


def test_what_left_is_not_taken_back(hotel: Company, far: FarSide) -> None:
    refund = agreed(paid(hotel, far))
    with pytest.raises(IllegalMove):
        withdraw_refund(refund.pk, by=of(hotel))


def test_what_was_asked_for_is_written_once(hotel: Company, far: FarSide) -> None:
    asked(paid(hotel, far))
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Refund.objects.update(amount_minor=1)


# --- A gateway that doesn't answer --------------------------------------------------------------------------------


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_no_answer_is_resolved_by_asking_never_by_sending_again(hotel: Company, far: FarSide, misdeed: str) -> None:
    refund = agreed(paid(hotel, far))
    far.misdeeds.append(misdeed)
    make_due()
    assert (again(refund).status, purse(hotel)) == ("unknown", ("100.00", "60.00"))
    work()
    assert (again(refund).status, far.told) == ("done", [refund.public_id])
    assert (far.sent_back(), purse(hotel)) == (40_00, ("60.00", "60.00"))


def test_an_instruction_that_never_arrived_leaves_again_under_its_key_after_a_minute(
    hotel: Company, far: FarSide
) -> None:
    refund = agreed(paid(hotel, far))
    far.misdeeds.append("lost")
    make_due()
    work()
    assert (again(refund).status, far.told) == ("unknown", []), "sent again while it may be on its way"
    later()
    assert (again(refund).status, far.told, far.sent_back()) == ("done", [refund.public_id], 40_00)


def test_a_worker_that_died_after_sending_leaves_one_that_asks(hotel: Company, far: FarSide) -> None:
    """The fate of the worker between the instruction and its answer: the far side acted, we wrote nothing."""
    refund = agreed(paid(hotel, far))
    Refund.objects.update(status="unknown", sent_at=clock.now())
    far.refund({"reference": refund.public_id, "charge": refund.recharge.public_id, "minor": 40_00, "currency": "CNY"})
    make_due()
    assert (again(refund).status, far.told) == ("done", [refund.public_id])


def test_a_webhook_or_a_person_makes_us_ask(hotel: Company, far: FarSide) -> None:
    first, second = agreed(paid(hotel, far)), agreed(paid(hotel, far))
    far.endings.extend(["pending", "pending"])
    make_due()
    assert {again(first).status, again(second).status} == {"unknown"}
    for made in far.refunds.values():
        made["status"] = "refunded"
    body = b"{}"
    assert receive_webhook("far", Incoming("evt_1", first.public_id, "refund"), body)
    assert not receive_webhook("far", Incoming("evt_1", first.public_id, "refund"), body)
    ask_about(second)
    make_due()
    assert {again(first).status, again(second).status} == {"done"}
    assert purse(hotel) == ("120.00", "120.00")


def test_another_amount_than_was_asked_is_kept_in_sight(hotel: Company, far: FarSide) -> None:
    refund = agreed(paid(hotel, far))
    Refund.objects.update(status="unknown", sent_at=clock.now())
    with pytest.raises(BadInput):
        record_refund(refund.pk, Refunded(refund.public_id, "r", "refunded", cny("39")))
    assert (again(refund).status, purse(hotel)) == ("unknown", ("100.00", "60.00"))


@pytest.mark.slow
def test_the_money_ends_right_whatever_the_messages_do(hotel: Company, far: FarSide) -> None:
    """Promise 9 at small scale: copies, disorder, loss, and a far side that misbehaves at every second request."""
    chance = random.Random(20261123)
    refunds = [agreed(paid(hotel, far, cny("5")), "3") for _one in range(12)]
    far.endings.extend(chance.choice(["", "", "pending", "closed"]) for _one in refunds)
    far.misdeeds.extend(chance.choice(["", "lost", *MISDEEDS]) for _request in range(20))
    messages = [(one, f"evt_{one.public_id}") for one in refunds for _copy in range(chance.randint(1, 4))]
    chance.shuffle(messages)
    make_due()
    for one, event in messages:
        receive_webhook("far", Incoming(event, one.public_id, "refund"), b"{}")
    work()
    for hours in range(2, 12, 2):
        for made in far.refunds.values():
            made["status"] = "refunded" if made["status"] == "pending" else made["status"]
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            make_due()
    truth = {key: {"refunded": "done", "refused": "kept"}[made["status"]] for key, made in far.refunds.items()}
    assert {one.public_id: again(one).status for one in refunds} == truth
    back = list(truth.values()).count("done")
    assert (far.sent_back(), purse(hotel)[1]) == (back * 3_00, f"{60 - back * 3}.00")
    assert Call.objects.filter(done_at=None).count() == 0
    assert books_balance()


# --- A gateway that can't -----------------------------------------------------------------------------------------


def test_a_refusal_leaves_it_in_the_wallet_where_that_was_chosen(hotel: Company, far: FarSide) -> None:
    recharge = paid(hotel, far)
    far.endings.append("too_old")
    refund = agreed(recharge)
    make_due()
    assert (again(refund).status, refund.refused_because, purse(hotel)) == ("kept", "too_old", ("100.00", "100.00"))
    assert left_of(recharge) == HUNDRED


def bank_of(company: Company) -> PayoutAccount:
    """An account of the company that is confirmed and has cooled off."""
    details = AccountDetails("Park Hotels", "12345678", "ANZ", "ANZBAU3M", "AU", "CNY")
    with clock.frozen(clock.now() - timedelta(days=4)):
        account = enter_payout_account(company, details, by=person(company=company))
    return confirm_payout_account(account.pk, asked_how="Rang them.", by=person())


def refused(hotel: Company, far: FarSide) -> Refund:
    far.endings.append("closed")
    refund = agreed(paid(hotel, far), "40", "bank")
    make_due()
    assert again(refund).status == "refused"
    return refund


def test_a_refusal_can_go_to_a_bank_account_with_all_the_guards_of_a_payout(hotel: Company, far: FarSide) -> None:
    ours, refund = our_account(), refused(hotel, far)
    assert purse(hotel) == ("100.00", "60.00"), "free while its owner chooses"
    with pytest.raises(NotAllowed):
        send_to_bank(refund.pk, bank_of(buyer("Other")), by=of(hotel))
    seated = Seat.objects.create(user=User.objects.create_user("owner@example.test"), company=hotel)
    note_changed(seated.user)
    with pytest.raises(BadInput, match="changed password"), transaction.atomic():
        send_to_bank(refund.pk, bank_of(hotel), by=of(hotel))
    seated.delete()
    send_to_bank(refund.pk, bank_of(hotel), by=person(company=hotel))
    payout = Payout.objects.get()
    assert (again(refund).status, payout.amount, payout.number) == ("bank", cny("40"), "12345678")
    assert (purse(hotel), left_of(refund.recharge)) == (("100.00", "60.00"), cny("60"))
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    send_batch(batch.pk, by=person())
    arrive(ours, entry("40.00", ref="P", credit=False, rf=payout.reference))
    payout.refresh_from_db()
    assert (payout.status, purse(hotel), clearing()) == ("confirmed", ("60.00", "60.00"), "100.00")
    arrive(ours, entry("40.00", ref="R", rf=payout.reference), number="2")
    assert (purse(hotel)[0], left_of(refund.recharge)) == ("100.00", HUNDRED)
    assert books_balance()


def test_a_new_bank_account_has_to_cool_off_and_a_payout_can_be_taken_back(hotel: Company, far: FarSide) -> None:
    our_account()
    refund = refused(hotel, far)
    details = AccountDetails("Park Hotels", "87654321", "ANZ", "ANZBAU3M", "AU", "CNY")
    fresh = enter_payout_account(hotel, details, by=person(company=hotel))
    with pytest.raises(BadInput):
        send_to_bank(refund.pk, fresh, by=of(hotel))
    send_to_bank(refund.pk, bank_of(hotel), by=person(company=hotel))
    cancel_payout(Payout.objects.get().pk, by=of(hotel))
    assert (purse(hotel), left_of(refund.recharge)) == (("100.00", "100.00"), HUNDRED)


def test_a_refused_one_can_be_kept_by_its_owner_only(hotel: Company, far: FarSide) -> None:
    refund = refused(hotel, far)
    with pytest.raises(NotAllowed):
        keep_in_wallet(refund.pk, by=Actor("buyer", company_id=buyer("Other").pk))
    keep_in_wallet(refund.pk, by=of(hotel))
    assert purse(hotel) == ("100.00", "100.00")


def test_a_gateway_that_takes_its_word_back_gives_the_money_back(hotel: Company, far: FarSide) -> None:
    """A card's bank may send a refund back days later: then the money is the buyer's again, once."""
    refund = agreed(paid(hotel, far))
    make_due()
    assert purse(hotel)[0] == "60.00"
    far.refunds[refund.public_id] |= {"status": "refused", "reason": "closed"}
    for event in ("evt_1", "evt_2"):
        receive_webhook("far", Incoming(event, refund.public_id, "refund"), b"{}")
        make_due()
    assert (again(refund).status, purse(hotel), clearing()) == ("kept", ("100.00", "100.00"), "100.00")
    assert books_balance()


def test_what_was_asked_for_before_a_block_neither_is_agreed_to_nor_leaves_until_it_is_lifted(
    hotel: Company, far: FarSide
) -> None:
    recharge = paid(hotel, far)
    early, late = agreed(recharge), asked(recharge)
    wallet = wallet_account(hotel, "CNY")
    restrict(wallet, reason="Reported as lost.", by=person())
    with pytest.raises(AccountBlocked):
        agree_refund(late.pk, by=person())
    work(rounds=3)
    assert (again(early).status, again(late).status, purse(hotel)) == ("agreed", "asked", ("100.00", "20.00"))
    unfreeze(wallet, reason="Found again.", by=person())
    work()
    assert (again(early).status, purse(hotel)) == ("done", ("60.00", "20.00"))
