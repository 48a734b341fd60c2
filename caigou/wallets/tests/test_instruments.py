"""Linked instruments and the source of funds: who may recharge from what, and after which word (A11, D12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from caigou.house.current import stored
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, IllegalMove, NotAllowed
from caigou.kernel.money import Money
from caigou.payments.bank.services.announce import cancel_transfer
from caigou.payments.bank.tests.banking import announced, our_account
from caigou.payments.services.recharge import start_recharge
from caigou.wallets.models import FundsDeclaration, Instrument
from caigou.wallets.services.funds import DeclarationNeeded, declare_funds
from caigou.wallets.services.instruments import (
    link_instrument,
    recharge_from,
    remove_instrument,
    require_usable,
    review_instrument,
)
from tests.support.factories import Party, make_buyer, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


def link(party: Party, **changes: str) -> Instrument:
    values = {"kind": "bank", "holder": "Harbour & Pine Ltd", "institution": "ANZ", "country": "AU"}
    return link_instrument(party.company, **{**values, "number": "AU12 3456-7890", **changes}, by=party.actor)


def test_a_matching_name_can_be_used_and_the_number_is_not_kept(buyer: Party) -> None:
    linked = link(buyer)
    assert (linked.match, linked.status, linked.tail) == ("match", "usable", "7890")
    assert require_usable(buyer.company, linked.public_id) == linked
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM wallets_instrument i")
        assert "34567890" not in cursor.fetchone()[0]


def test_a_mismatch_is_used_after_a_review_only(buyer: Party) -> None:
    linked = link(buyer, holder="Somebody Else")
    with pytest.raises(BadInput):
        require_usable(buyer.company, linked.public_id)
    with pytest.raises(NotAllowed):
        review_instrument(linked.pk, accept=True, reason="I am me.", by=buyer.actor)
    review_instrument(linked.pk, accept=True, reason="Trading name, licence seen.", by=make_staff().actor)
    assert require_usable(buyer.company, linked.public_id).status == "usable"


def test_the_database_refuses_a_mismatch_that_nobody_reviewed(buyer: Party) -> None:
    linked = link(buyer, holder="Somebody Else")
    with pytest.raises(IntegrityError), transaction.atomic():
        Instrument.objects.filter(pk=linked.pk).update(status="usable")


def test_a_refused_one_stays_refused(buyer: Party) -> None:
    linked = link(buyer, holder="Somebody Else")
    staff = make_staff()
    review_instrument(linked.pk, accept=False, reason="Not the company.", by=staff.actor)
    assert link(buyer, holder="Harbour & Pine") == linked  # the same number is not tried again under another name
    with pytest.raises(IllegalMove):
        review_instrument(linked.pk, accept=True, reason="Changed my mind.", by=staff.actor)


def test_a_recharge_is_refused_from_one_that_waits_and_taken_from_one_that_matches(buyer: Party) -> None:
    good, waits = link(buyer), link(buyer, holder="Somebody Else", number="AU99 0000 1111")
    company, amount, by = buyer.company, Money(5_00, "CNY"), buyer.actor
    with pytest.raises(BadInput):
        recharge_from(company, amount, gateway="sandbox", instrument=waits.public_id, by=by)
    assert not company.recharges.exists()
    started = recharge_from(company, amount, gateway="sandbox", instrument=good.public_id, by=by)
    assert started.paid_from.instrument == good


def test_another_companys_instrument_is_nobodys(buyer: Party) -> None:
    linked, stranger = link(buyer), make_buyer("Other Hotels")
    with pytest.raises(BadInput):
        require_usable(stranger.company, linked.public_id)
    with pytest.raises(Instrument.DoesNotExist):
        remove_instrument(linked, by=stranger.actor)


def test_a_removed_one_can_be_linked_again(buyer: Party) -> None:
    linked = link(buyer)
    remove_instrument(linked, by=buyer.actor)
    with pytest.raises(BadInput):
        require_usable(buyer.company, linked.public_id)
    assert link(buyer).status == "usable"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "card", "number": "4111 1111 1111 1111"},
        {"number": "12"},
        {"number": "=1+1#####"},
        {"holder": "  "},
        {"country": "XX"},
        {"kind": "cash"},
        {"institution": ""},
    ],
)
def test_what_can_not_be_one_is_refused(buyer: Party, changes: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        link(buyer, **changes)


@pytest.fixture
def limit_of_1000() -> Iterator[None]:
    stored.hold({"wallets.funds_limit": "1000"})
    yield
    stored.hold({})


def recharge(party: Party, minor: int, currency: str = "CNY") -> None:
    start_recharge(party.company, Money(minor, currency), gateway="sandbox", by=party.actor)


def test_recharges_of_a_year_together_need_a_declaration(buyer: Party, limit_of_1000: None) -> None:
    with frozen(now() - timedelta(days=366)):
        recharge(buyer, 900_00)
    recharge(buyer, 600_00)
    recharge(buyer, 400_00)  # exactly the limit
    with pytest.raises(DeclarationNeeded):
        recharge(buyer, 1)
    declare_funds(buyer.company, source="trade", words="", by=buyer.actor)
    recharge(buyer, 5_000_00)


def test_bank_transfers_count_like_every_other_recharge(buyer: Party, limit_of_1000: None) -> None:
    our_account()
    announced(buyer.company, "600.00")
    gone = announced(buyer.company, "400.00")
    with pytest.raises(DeclarationNeeded):
        recharge(buyer, 1)
    cancel_transfer(gone.pk, by=buyer.actor)
    recharge(buyer, 400_00)
    with pytest.raises(DeclarationNeeded):
        announced(buyer.company, "0.01")


def test_a_declaration_lapses_and_the_next_one_has_the_next_version(buyer: Party, limit_of_1000: None) -> None:
    with frozen(now() - timedelta(days=366)):
        declare_funds(buyer.company, source="trade", words="", by=buyer.actor)
    with pytest.raises(DeclarationNeeded):
        recharge(buyer, 2_000_00)
    newer = declare_funds(buyer.company, source="other", words="Sold a warehouse.", by=buyer.actor)
    assert newer.version == 2
    recharge(buyer, 2_000_00)


def test_a_currency_without_a_rate_is_asked_for_at_once(buyer: Party, limit_of_1000: None) -> None:
    with pytest.raises(DeclarationNeeded):
        recharge(buyer, 1, "USD")


def test_something_else_is_said_in_words(buyer: Party) -> None:
    with pytest.raises(BadInput):
        declare_funds(buyer.company, source="other", words="Money", by=buyer.actor)
    with pytest.raises(BadInput):
        declare_funds(buyer.company, source="verified", words="", by=buyer.actor)


@pytest.mark.parametrize(
    "statement", ["UPDATE wallets_fundsdeclaration SET source = 'loan'", "DELETE FROM wallets_fundsdeclaration"]
)
def test_a_declaration_is_never_changed(buyer: Party, statement: str) -> None:
    declare_funds(buyer.company, source="trade", words="", by=buyer.actor)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert FundsDeclaration.objects.get().source == "trade"
