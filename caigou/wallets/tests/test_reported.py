"""What a gateway reports of the payer (A11): a name that differs can't be used before a review, nor its money spent."""

from __future__ import annotations

import pytest

from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import audit, balance
from caigou.payments.bank.tests.banking import person
from caigou.payments.models import Recharge
from caigou.payments.ports import Charge, PaidFrom
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import ask_refund
from caigou.payments.services.credit import apart_of
from caigou.payments.services.recharge import gateways, record, start_recharge
from caigou.payments.tests.purses import ask, purse
from caigou.wallets.models import Instrument
from caigou.wallets.services.instruments import link_instrument, review_instrument
from caigou.wallets.services.reported import decide_apart, review_reported
from tests.support.factories import Party, make_buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Party:
    return make_buyer()  # Harbour & Pine


def pay(buyer: Party, holder: str, token: str = "tok_4242", minor: int = 100_00) -> Recharge:
    """The company recharges, and the gateway reports a card of ``holder``."""
    started = start_recharge(buyer.company, Money(minor, "CNY"), gateway="sandbox", by=buyer.actor)
    gateways()["sandbox"].start(started.public_id, started.amount, "/money/")
    card = PaidFrom("card", holder, "Visa", "4242", token)
    return record(started.pk, Charge(started.public_id, "ch_1", "paid", started.amount, card))


@pytest.mark.parametrize("holder", ["HARBOUR AND PINE PTY LTD", "Harbour & Pine Trading"])
def test_a_name_that_matches_or_is_close_is_credited_and_linked(buyer: Party, holder: str) -> None:
    recharge = pay(buyer, holder)
    linked = Instrument.objects.get()
    assert (recharge.status, purse(buyer.company)[0]) == ("paid", "100.00")
    assert (linked.status, linked.reported, linked.institution, linked.tail) == ("usable", True, "Visa", "4242")
    assert recharge.paid_from.instrument == linked


def test_another_name_stands_apart_and_nobody_can_spend_it(buyer: Party) -> None:
    waiting = ask(buyer.company, Money(60_00, "CNY"), "an order")
    recharge = pay(buyer, "Somebody Else")
    assert (recharge.status, purse(buyer.company)) == ("review", ("0.00", "0.00"))
    assert balance(apart_of(recharge)).posted == recharge.amount
    waiting.refresh_from_db()
    assert waiting.status == "waiting"
    with pytest.raises(BadInput):
        ask_refund(recharge.pk, recharge.amount, fallback="wallet", by=buyer.actor)
    assert audit() == []


def test_an_accepted_name_lets_in_what_came_from_it_and_what_will(buyer: Party) -> None:
    waiting = ask(buyer.company, Money(150_00, "CNY"), "an order")
    first, second = pay(buyer, "Trading Name"), pay(buyer, "Trading Name")
    with pytest.raises(NotAllowed):
        decide_apart(first, accept=True, reason="I am me.", by=buyer.actor)
    decide_apart(first, accept=True, reason="Licence seen.", by=person())
    first.refresh_from_db()
    second.refresh_from_db()
    waiting.refresh_from_db()
    assert (first.status, second.status, waiting.status) == ("paid", "paid", "held")
    assert pay(buyer, "Trading Name").status == "paid"
    assert purse(buyer.company) == ("300.00", "150.00")
    with pytest.raises(BadInput):
        decide_apart(first, accept=True, reason="Once more.", by=person())
    assert audit() == []


def test_a_refused_name_goes_back_to_where_it_came_from(buyer: Party) -> None:
    recharge = pay(buyer, "Somebody Else")
    instrument = Instrument.objects.get()
    review_reported(instrument, accept=False, reason="Nobody of theirs.", by=person())
    recharge.refresh_from_db()
    assert (recharge.status, Call.objects.filter(function="payments.refund").count()) == ("returned", 1)
    sandbox_paid(recharge)
    make_due()
    assert (Refund.objects.get().status, balance(apart_of(recharge)).posted) == ("done", Money(0, "CNY"))
    assert (purse(buyer.company)[0], audit()) == ("0.00", [])
    again = pay(buyer, "Somebody Else")
    assert again.status == "review", "a refused card is not let in"


def test_what_the_gateway_can_not_send_back_comes_to_staff_again(buyer: Party) -> None:
    recharge = pay(buyer, "Somebody Else", minor=100_02)  # the sandbox refuses .02
    sandbox_paid(recharge)
    decide_apart(recharge, accept=False, reason="Nobody of theirs.", by=person())
    make_due()
    recharge.refresh_from_db()
    assert (recharge.status, Refund.objects.get().status) == ("review", "kept")
    assert balance(apart_of(recharge)).available == recharge.amount
    decide_apart(recharge, accept=True, reason="They explained it.", by=person())
    assert (purse(buyer.company)[0], audit()) == ("100.02", [])


def test_what_somebody_typed_is_compared_again_with_the_gateways_word(buyer: Party) -> None:
    values = {"kind": "card", "holder": "Harbour & Pine", "institution": "Visa", "country": "AU", "number": "tok_4242"}
    with pytest.raises(BadInput):
        link_instrument(buyer.company, **values | {"number": "4242424242424242"}, by=buyer.actor)
    linked = link_instrument(buyer.company, **values, by=buyer.actor)
    assert linked.status == "usable"
    recharge = pay(buyer, "Somebody Else")
    linked.refresh_from_db()
    assert (linked.status, linked.holder, recharge.status) == ("review", "Somebody Else", "review")
    review_instrument(linked.pk, accept=True, reason="Their director.", by=person())
    assert pay(buyer, "Somebody Else").status == "paid"


def sandbox_paid(recharge: Recharge) -> None:
    gateway = gateways()["sandbox"]
    gateway.pay(recharge.public_id)  # type: ignore[attr-defined]
