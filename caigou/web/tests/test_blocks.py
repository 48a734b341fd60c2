"""A company blocks its payments in one request, also by a letter's link; two people lift it (promises 7 and 11)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from caigou.accounts.block_links import LASTS, block_link, block_token
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.models import AccountStatus
from caigou.ledger.services import AccountBlocked, Leg, open_account, post, status_of
from caigou.orders.services.pay import pay_order
from caigou.payments.services.wallet import available
from caigou.wallets.models import PaymentBlock
from caigou.wallets.services.block import (
    agree_to_lift,
    ask_to_lift,
    block_payments,
    restrict_new,
    restrict_new_accounts,
)
from tests.support.factories import Deal, Party, fund, make_buyer, make_deal, make_staff
from tests.support.world import colleague_of, without_rights

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal() -> Deal:
    return make_deal()


def press(by: Party, company: Party, do: str = "block", **form: str) -> None:
    there = PaymentBlock.objects.filter(company=company.company, lifted_at=None).first()
    values = {"do": do, "block": there.public_id if there else ""} | form
    by.client().post(reverse("console:company_block", args=[company.company.public_id]), values)


def standing() -> bool:
    return PaymentBlock.objects.filter(lifted_at=None).exists()


def test_one_click_stops_every_debit_and_lets_money_in(deal: Deal) -> None:
    order = deal.place()
    fund(deal.buyer, order.total)
    assert deal.buyer.client().post(reverse("web:block")).status_code == 302
    with pytest.raises(AccountBlocked):
        pay_order(order.pk, by=deal.buyer.actor)
    fund(deal.buyer, Money(5_00, "CNY"))
    assert available(deal.buyer.company, "CNY") == order.total + Money(5_00, "CNY")
    assert "All payments are blocked." in deal.buyer.client().get(reverse("web:money")).content.decode()


@pytest.mark.parametrize("whose", ["supplier", "agent", "logistics", "promoter"])
def test_what_a_company_has_earned_is_blocked_as_its_wallet_is(deal: Deal, whose: str) -> None:
    earned = open_account(f"{whose}_payable", deal.supplier.company.public_id, "CNY")
    block_payments(deal.supplier.company, reason="Ours is lost.", by=deal.supplier.actor)
    assert status_of(earned) == AccountStatus.NO_DEBIT


def test_the_link_in_a_letter_blocks_without_signing_in_and_looking_at_it_does_nothing(deal: Deal) -> None:
    fund(deal.buyer, Money(5_00, "CNY"))
    address = "/" + block_link(deal.buyer.company.public_id).split("/", 3)[3]
    stranger = Client()
    assert "Block all payments now" in stranger.get(address).content.decode()
    assert not standing()
    assert stranger.post(address).status_code == 200
    assert PaymentBlock.objects.get().company == deal.buyer.company
    for token in ("nothing", block_token("nobody") + "x"):
        assert stranger.post(reverse("web:block_by_link", args=[token])).status_code == 404


def test_an_old_link_is_none(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    address = reverse("web:block_by_link", args=[block_token(deal.buyer.company.public_id)])
    later = (now() + LASTS + timedelta(minutes=1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert Client().post(address).status_code == 404
    assert not standing()


def test_only_two_people_of_finance_lift_a_block(deal: Deal) -> None:
    mei = make_staff()
    lin, clerk = colleague_of(mei), without_rights(mei)
    order = deal.place()
    fund(deal.buyer, order.total)
    press(clerk, deal.buyer, reason="Rang us.")
    assert not standing(), "without the right of finance"
    press(mei, deal.buyer, reason="Rang us: the account is lost.")
    press(mei, deal.buyer, do="agree")
    press(mei, deal.buyer, do="ask", reason="Rang them back on the number that we knew.")
    press(mei, deal.buyer, do="agree")
    assert standing()
    with pytest.raises(IntegrityError, match="block_is_lifted_by_two"), transaction.atomic():
        PaymentBlock.objects.update(lifted_by=mei.user, lifted_at=now())
    assert (
        "asks to lift it"
        in lin.client().get(reverse("console:company", args=[deal.buyer.company.public_id])).content.decode()
    )
    press(lin, deal.buyer, do="agree")
    assert not standing()
    assert pay_order(order.pk, by=deal.buyer.actor).paid_at is not None


def test_a_page_of_before_neither_blocks_what_was_lifted_nor_lifts_what_was_blocked_since(deal: Deal) -> None:
    mei = make_staff()
    lin = colleague_of(mei)
    press(mei, deal.buyer, reason="Rang us: the account is lost.")
    press(mei, deal.buyer, do="ask", reason="Rang them back.")
    seen = PaymentBlock.objects.get().public_id
    press(lin, deal.buyer, do="agree")
    press(lin, deal.buyer, do="ask", block=seen, reason="Rang them back.")
    press(lin, deal.buyer, do="", reason="Rang them back.")
    assert not standing(), "who meant to lift a block made one"
    press(mei, deal.buyer, reason="Lost once more.")
    press(mei, deal.buyer, do="ask", reason="Rang them back.")
    press(lin, deal.buyer, do="agree", block=seen)
    assert standing(), "agreed to a block that wasn't on the page"


@pytest.mark.commits
def test_who_blocks_while_a_block_is_being_lifted_blocks_anew() -> None:
    """Two connections: the second must not take the block that the first is lifting for one that stands."""
    deal, mei = make_deal(), make_staff()
    lin = colleague_of(mei)
    fund(deal.buyer, Money(5_00, "CNY"))
    wallet = open_account("wallet", deal.buyer.company.public_id, "CNY")
    block = block_payments(deal.buyer.company, reason="Ours is lost.", by=deal.buyer.actor)
    ask_to_lift(block.pk, reason="Rang them back.", by=mei.actor)

    def again() -> int:
        try:
            return block_payments(deal.buyer.company, reason="Stolen after all.", by=deal.buyer.actor).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            agree_to_lift(block.pk, by=lin.actor)
            blocking = pool.submit(again)
            wait([blocking], timeout=0.3)
        assert blocking.result(10) != block.pk
    assert (standing(), status_of(wallet)) == (True, AccountStatus.NO_DEBIT)


def test_nobody_blocks_or_lifts_for_another_company(deal: Deal) -> None:
    other = make_buyer("Another")
    with pytest.raises(NotAllowed):
        block_payments(deal.buyer.company, reason="To harm them.", by=other.actor)
    block = block_payments(deal.buyer.company, reason="Ours is lost.", by=deal.buyer.actor)
    assert block_payments(deal.buyer.company, reason="Once more.", by=deal.buyer.actor) == block
    with pytest.raises(NotAllowed):
        ask_to_lift(block.pk, reason="Found.", by=deal.buyer.actor)
    with pytest.raises(BadInput):
        agree_to_lift(block.pk, by=SYSTEM)


def test_an_account_that_is_opened_later_is_blocked_too(deal: Deal) -> None:
    block_payments(deal.buyer.company, reason="Ours is lost.", by=deal.buyer.actor)
    fund(deal.buyer, Money(5_00, "USD"))
    assert restrict_new_accounts() == 1
    wallet, elsewhere = (open_account(kind, deal.buyer.company.public_id, "USD") for kind in ("wallet", "escrow"))
    with pytest.raises(AccountBlocked):
        post("test.spent", "1", [Leg.transfer(wallet, elsewhere, Money(1, "USD"), "test")], by=deal.buyer.actor)
    assert restrict_new_accounts() == 0


def test_a_clock_that_saw_the_block_before_it_was_lifted_restricts_nothing(deal: Deal) -> None:
    block = block_payments(deal.buyer.company, reason="Ours is lost.", by=deal.buyer.actor)
    fund(deal.buyer, Money(5_00, "USD"))
    PaymentBlock.objects.filter(pk=block.pk).update(
        lifted_at=now(), lifted_by=deal.buyer.user, lift_asked_by=deal.supplier.user
    )
    assert not restrict_new(block.pk)
    assert status_of(open_account("wallet", deal.buyer.company.public_id, "USD")) == AccountStatus.OPEN
