"""Suspense and receipts: worked by hand, with a second person where much is at stake, never twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from caigou.accounts.models import Company
from caigou.files.models import Picture
from caigou.kernel.errors import BadInput, IllegalMove, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import audit, balance
from caigou.payments.bank.models import BankAccount, BankLine, BankReceipt, DecisionStatus, LineStatus, SuspenseDecision
from caigou.payments.bank.models.statements import Rung
from caigou.payments.bank.services.decide import answer_decision, ask_decision
from caigou.payments.bank.services.posting import in_suspense
from caigou.payments.bank.services.receipts import answer_receipt, enter_receipt
from caigou.payments.bank.tests.banking import (
    announced,
    arrive,
    at_our_bank,
    cny,
    finance,
    has,
    last_line,
    our_account,
    person,
)
from caigou.payments.bank.tests.written import entry
from caigou.payments.payouts.models import Payout
from caigou.payments.rates.table import Leg, Table
from caigou.payments.services import alone
from caigou.payments.services.alone import takes_two
from caigou.payments.tests.purses import buyer

pytestmark = pytest.mark.django_db
EUROS = (("CNY", "7.7"), ("USD", "1.1"))
PAYER: dict[str, Any] = {"name": "Park Holding", "number": "DE75512108001245126199"}


@pytest.fixture
def ours() -> BankAccount:
    return our_account()


@pytest.fixture
def park() -> Company:
    return buyer("Park Hotels Pty Ltd")


def lost(ours: BankAccount, amount: str, ref: str = "B1") -> BankLine:
    """A credit that nobody can be known for."""
    arrive(ours, entry(amount, ref=ref, **PAYER), number=ref)
    return last_line()


def picture() -> Picture:
    return Picture.objects.create(sha256="0" * 64, width=100, height=100)


# --- Suspense -----------------------------------------------------------------------------------------------------


def test_a_small_sum_is_assigned_by_one_person(ours: BankAccount, park: Company) -> None:
    line, transfer = lost(ours, "40.00"), announced(park, "40.00")
    decision = ask_decision(line.pk, park, reason="They sent the bank's slip.", by=person())
    line.refresh_from_db()
    transfer.refresh_from_db()
    assert (decision.status, line.status, line.rung, transfer.status) == ("done", "credited", Rung.HAND, "met")
    assert (has(park), balance(in_suspense(line)).posted, at_our_bank(ours)) == ("40.00", cny("0.00"), "40.00")
    with pytest.raises(BadInput):
        ask_decision(line.pk, park, reason="Once more.", by=person())
    assert audit() == []


def test_a_large_sum_needs_a_second_person(ours: BankAccount, park: Company) -> None:
    line, mei = lost(ours, "5000.00"), person()
    decision = ask_decision(line.pk, park, reason="They sent the slip.", by=mei)
    assert (decision.status, has(park)) == (DecisionStatus.WAITING, "0.00")
    with pytest.raises(NotAllowed):
        answer_decision(decision.pk, agree=True, by=mei)
    with pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
        SuspenseDecision.objects.update(status="done", decided_by=mei.user_id)
    with pytest.raises(IntegrityError, match="large_suspense_by_two"), transaction.atomic():
        SuspenseDecision.objects.update(status="done")
    answer_decision(decision.pk, agree=True, by=person())
    assert has(park) == "5000.00"
    with pytest.raises(IllegalMove):
        answer_decision(decision.pk, agree=True, by=person())


def test_a_large_sum_cut_into_small_ones_needs_one_as_well(ours: BankAccount, park: Company) -> None:
    mei = person()
    first = ask_decision(lost(ours, "2600.00", "1").pk, park, reason="First half.", by=mei)
    second = ask_decision(lost(ours, "2600.00", "2").pk, park, reason="Second half.", by=mei)
    assert (first.status, second.status, has(park)) == ("done", "waiting", "2600.00")


def test_what_one_person_decides_alone_counts_on_all_pages_together_and_in_every_currency(
    ours: BankAccount, park: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = person()
    assert ask_decision(lost(ours, "2600.00", "1").pk, park, reason="Theirs.", by=mei).status == "done"
    assert mei.user_id is not None
    assert takes_two(mei.user_id, cny("2600")), "a refund or a gateway's difference"
    assert not takes_two(mei.user_id, cny("2300"))
    assert takes_two(mei.user_id, Money(1, "USD")), "a currency without a rate can't be counted"
    today = date(2026, 11, 20)
    legs = [Leg("EUR", code, Decimal(figure), today, "ecb") for code, figure in EUROS]
    monkeypatch.setattr(alone, "current", lambda: Table.of(legs, today=today, oldest_days=9))
    assert not takes_two(mei.user_id, Money(300_00, "USD"))
    assert takes_two(mei.user_id, Money(400_00, "USD")), "2,800 yuan"
    chosen = [*legs, Leg("EUR", "USD", Decimal(1_000_000), today, "own")]
    monkeypatch.setattr(alone, "current", lambda: Table.of(chosen, today=today, oldest_days=9))
    assert takes_two(mei.user_id, Money(300_00, "USD")), "at a rate that one person entered any sum is small"


def test_a_refused_decision_leaves_the_line_to_decide(ours: BankAccount, park: Company) -> None:
    line = lost(ours, "9000.00")
    answer_decision(ask_decision(line.pk, park, reason="Guessing.", by=person()).pk, agree=False, by=person())
    assert ask_decision(line.pk, None, reason="Nobody knows it.", by=person()).status == DecisionStatus.WAITING
    assert has(park) == "0.00"


def test_what_goes_back_is_a_payout_to_where_it_came_from(ours: BankAccount) -> None:
    line = lost(ours, "40.00")
    ask_decision(line.pk, None, reason="Nobody knows it.", by=person())
    payout = Payout.objects.get()
    assert (payout.holder, payout.number, payout.amount) == (PAYER["name"], PAYER["number"], cny("40.00"))
    assert (balance(in_suspense(line)).available, at_our_bank(ours)) == (cny("0.00"), "40.00")


def test_a_payer_without_an_account_is_not_paid_back_from_here(ours: BankAccount) -> None:
    arrive(ours, entry("40.00"))
    with pytest.raises(BadInput):
        ask_decision(last_line().pk, None, reason="Nobody knows it.", by=person())


def test_a_fee_of_the_bank_is_booked_when_somebody_says_that_it_is_one(ours: BankAccount) -> None:
    arrive(ours, entry("3.00", ref="F1", credit=False))
    ask_decision(last_line().pk, None, reason="Monthly fee.", by=person())
    assert (last_line().status, at_our_bank(ours)) == (LineStatus.CHARGE, "-3.00")


def test_only_staff_decide(ours: BankAccount, park: Company) -> None:
    line = lost(ours, "1.00")
    with pytest.raises(NotAllowed):
        ask_decision(line.pk, park, reason="It is ours.", by=person(company=park))


# --- Receipts -----------------------------------------------------------------------------------------------------


def receipt(ours: BankAccount, park: Company, amount: str = "70.00", reference: str = "") -> BankReceipt:
    values = {"day": date(2026, 11, 20), "note": "Seen in the portal.", "reference": reference}
    return enter_receipt(ours, park, cny(amount), picture=picture(), by=person(), **values)  # type: ignore[arg-type]


def test_a_receipt_is_credited_when_another_agrees_and_its_line_moves_nothing(ours: BankAccount, park: Company) -> None:
    transfer = announced(park, "70.00")
    entered = receipt(ours, park, reference=transfer.reference)
    assert has(park) == "0.00"
    with pytest.raises(NotAllowed):
        answer_receipt(entered.pk, agree=True, by=finance(entered.asked_by_id))
    answer_receipt(entered.pk, agree=True, by=person())
    arrive(ours, entry("70.00", ref="B1", rf=transfer.reference))
    transfer.refresh_from_db()
    assert (last_line().status, transfer.status) == (LineStatus.RECEIPT, "met")
    assert (has(park), at_our_bank(ours), audit()) == ("70.00", "70.00", [])
    arrive(ours, entry("70.00", ref="B2", rf=transfer.reference), number="2")
    assert has(park) == "140.00"


def test_a_receipt_whose_line_is_here_already_is_not_credited(ours: BankAccount, park: Company) -> None:
    entered = receipt(ours, park)
    arrive(ours, entry("70.00", rf=announced(park, "70.00").reference))
    with pytest.raises(BadInput):
        answer_receipt(entered.pk, agree=True, by=person())
    answer_receipt(entered.pk, agree=False, by=person())
    assert has(park) == "70.00"


def test_nobody_agrees_to_their_own_receipt_in_the_database_either(ours: BankAccount, park: Company) -> None:
    entered = receipt(ours, park)
    with pytest.raises(IntegrityError, match="receipt_by_two"), transaction.atomic():
        BankReceipt.objects.update(status="done", decided_by=entered.asked_by_id)
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        BankReceipt.objects.update(amount_minor=1)
