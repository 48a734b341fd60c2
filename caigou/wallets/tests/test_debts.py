"""Compensation, debt and authorised payments: whole or not at all, a second person, and the debt first (A14, A33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from caigou.house.current import stored
from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import check_books, find_account, freeze, statement
from caigou.payments.ports import Charge
from caigou.payments.services.debts import debt_of
from caigou.payments.services.recharge import record, start_recharge
from caigou.payments.services.wallet import available, wallet_account
from caigou.wallets.ageing import aged_debts
from caigou.wallets.models import CompensationCase, ServiceKind
from caigou.wallets.services.authorise import NotAuthorised, authorise, pay_provider, revoke
from caigou.wallets.services.compensate import approve_case, pass_on_collected, pay_debt, propose_case, reject_case
from tests.support.factories import Party, fund, make_buyer, make_staff, make_supplier
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


@pytest.fixture
def buyer() -> Party:
    """With 30 yuan."""
    party = make_buyer()
    fund(party, yuan(30))
    return party


@pytest.fixture
def staff() -> tuple[Party, Party]:
    first = make_staff()
    return first, colleague_of(first)


def claim(
    buyer: Party, staff: tuple[Party, Party], amount: int = 100, beneficiary: Party | None = None
) -> CompensationCase:
    case = propose_case(
        buyer.company,
        yuan(amount),
        reason="third_party",
        words="A third party complained.",
        by=staff[0].actor,
        beneficiary=beneficiary.company if beneficiary else None,
    )
    return approve_case(case.pk, expected=yuan(amount), by=staff[1].actor)


def arrive(buyer: Party, amount: int) -> None:
    """A recharge that the gateway confirms."""
    started = start_recharge(buyer.company, yuan(amount), gateway="sandbox", by=buyer.actor)
    record(started.pk, Charge(started.public_id, "ref", "paid", started.amount))
    deliver_due()


def test_wallet_30_claim_100_leaves_0_and_a_debt_of_70(buyer: Party, staff: tuple[Party, Party]) -> None:
    case = claim(buyer, staff)
    assert (case.taken, case.owed) == (yuan(30), yuan(70))
    assert available(buyer.company, "CNY") == yuan(0)
    assert debt_of(buyer.company, "CNY") == yuan(70)
    assert check_books().balanced


def test_a_new_recharge_pays_the_debt_first_and_the_statement_says_it(buyer: Party, staff: tuple[Party, Party]) -> None:
    claim(buyer, staff)
    arrive(buyer, 50)
    assert (available(buyer.company, "CNY"), debt_of(buyer.company, "CNY")) == (yuan(0), yuan(20))
    arrive(buyer, 50)
    assert (available(buyer.company, "CNY"), debt_of(buyer.company, "CNY")) == (yuan(30), yuan(0))
    lines = statement(wallet_account(buyer.company, "CNY"))
    assert [(line.code, line.amount.minor // 100) for line in lines[:4]] == [
        ("debt_paid", -20), ("recharge", 50), ("debt_paid", -50), ("recharge", 50),
    ]  # fmt: skip
    assert check_books().balanced


@pytest.fixture
def debts_wait() -> Iterator[None]:
    stored.hold({"payments.debt_first": "off"})
    yield
    stored.hold({})


def test_the_setting_lets_debts_wait_until_they_are_paid_by_hand(
    buyer: Party, staff: tuple[Party, Party], debts_wait: None
) -> None:
    claim(buyer, staff)
    arrive(buyer, 50)
    assert (available(buyer.company, "CNY"), debt_of(buyer.company, "CNY")) == (yuan(50), yuan(70))
    assert pay_debt(buyer.company, yuan(40), key="a-1", by=buyer.actor) == yuan(40)
    assert debt_of(buyer.company, "CNY") == yuan(30)
    with pytest.raises(BadInput):
        pay_debt(buyer.company, Money(1, "USD"), key="a-2", by=buyer.actor)


def test_nobody_decides_alone_and_nothing_moves_before(buyer: Party, staff: tuple[Party, Party]) -> None:
    case = propose_case(buyer.company, yuan(10), reason="damage", words="Broke the sample.", by=staff[0].actor)
    with pytest.raises(NotAllowed):
        approve_case(case.pk, expected=yuan(10), by=staff[0].actor)
    with pytest.raises(NotAllowed):
        approve_case(case.pk, expected=yuan(10), by=buyer.actor)
    with pytest.raises(BadInput):
        approve_case(case.pk, expected=yuan(9), by=staff[1].actor)
    assert available(buyer.company, "CNY") == yuan(30)
    assert reject_case(case.pk, by=staff[1].actor).status == "rejected"
    assert available(buyer.company, "CNY") == yuan(30)


def test_approving_twice_takes_once_and_a_frozen_wallet_is_no_shelter(buyer: Party, staff: tuple[Party, Party]) -> None:
    freeze(wallet_account(buyer.company, "CNY"), reason="Under review", by=staff[0].actor)
    case = claim(buyer, staff, 20)
    approve_case(case.pk, expected=yuan(20), by=staff[1].actor)
    assert available(buyer.company, "CNY") == yuan(10)


def test_the_beneficiary_gets_the_rest_as_it_is_collected(buyer: Party, staff: tuple[Party, Party]) -> None:
    claimant = make_buyer("Other Hotels")
    claim(buyer, staff, 100, claimant)
    assert available(claimant.company, "CNY") == yuan(30)
    assert pass_on_collected() == 0
    arrive(buyer, 45)
    assert pass_on_collected() == 1
    assert pass_on_collected() == 0
    assert available(claimant.company, "CNY") == yuan(75)
    arrive(buyer, 100)
    pass_on_collected()
    assert available(claimant.company, "CNY") == yuan(100)
    assert check_books().balanced


def test_debts_are_aged_oldest_paid_first(buyer: Party, staff: tuple[Party, Party]) -> None:
    for days, amount in ((100, 130), (40, 50), (5, 20)):
        with frozen(now() - timedelta(days=days)):
            claim(buyer, staff, amount)
    arrive(buyer, 110)  # pays the oldest 100 and 10 of the next
    (aged,) = aged_debts()
    assert aged.company == buyer.company
    assert [bucket.minor // 100 for bucket in aged.buckets] == [20, 40, 0, 0]
    assert aged.total == yuan(60)


# --- Authorised payments --------------------------------------------------------------------------------------------


@pytest.fixture
def carrier(buyer: Party) -> Party:
    """A provider whom the buyer has authorised for 50 a time and 80 a month."""
    authorise(buyer.company, service="logistics", each=yuan(50), month=yuan(80), by=buyer.actor)
    return make_supplier("Swift Freight")


def pay(buyer: Party, carrier: Party, amount: int, cause: str) -> None:
    service = ServiceKind.LOGISTICS
    pay_provider(buyer.company, carrier.company, yuan(amount), service=service, cause=cause, by=carrier.actor)


def earned(carrier: Party) -> int:
    account = find_account("logistics_payable", carrier.company.public_id, "CNY")
    return sum(line.amount.minor for line in statement(account)) // 100 if account else 0


def test_a_provider_is_paid_once_within_the_limits(buyer: Party, carrier: Party) -> None:
    for _again in range(2):
        pay(buyer, carrier, 20, "shipment:1")
    assert (earned(carrier), available(buyer.company, "CNY")) == (20, yuan(10))


def test_a_short_wallet_pays_nothing_and_resumes_once(buyer: Party, carrier: Party) -> None:
    pay(buyer, carrier, 40, "shipment:1")
    assert (earned(carrier), available(buyer.company, "CNY")) == (0, yuan(30))
    arrive(buyer, 15)
    deliver_due()
    assert (earned(carrier), available(buyer.company, "CNY")) == (40, yuan(5))
    assert check_books().balanced


def test_beyond_the_limits_or_without_a_word_nothing_is_paid(buyer: Party, carrier: Party) -> None:
    fund(buyer, yuan(1_000))
    with pytest.raises(NotAuthorised):
        pay(buyer, carrier, 51, "shipment:1")
    pay(buyer, carrier, 50, "shipment:2")
    with pytest.raises(NotAuthorised):
        pay(buyer, carrier, 31, "shipment:3")
    renewed = authorise(buyer.company, service="logistics", each=yuan(60), month=yuan(100), by=buyer.actor)
    with pytest.raises(NotAuthorised):  # what was paid this month counts on
        pay(buyer, carrier, 51, "shipment:4")
    revoke(renewed, by=buyer.actor)
    with pytest.raises(NotAuthorised):
        pay(buyer, carrier, 1, "shipment:5")
    assert earned(carrier) == 50


def test_nobody_authorises_for_another(buyer: Party, carrier: Party) -> None:
    with pytest.raises(NotAllowed):
        authorise(buyer.company, service="agent", each=yuan(1), month=yuan(1), by=carrier.actor)
    with pytest.raises(BadInput):
        authorise(buyer.company, service="agent", each=yuan(2), month=yuan(1), by=buyer.actor)
