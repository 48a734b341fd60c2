"""What came by bank transfer and is unspent goes back to the account it came from, to no other (D5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from caigou.accounts.models import Company, Seat, User
from caigou.accounts.services.credentials import note_changed
from caigou.files.models import Picture
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.ledger.services import InsufficientFunds
from caigou.payments.bank.models import BankAccount, BankLine
from caigou.payments.bank.services.receipts import answer_receipt, enter_receipt
from caigou.payments.bank.tests.banking import announced, arrive, last_line, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.payouts.models import Payout
from caigou.payments.payouts.services.batch import approve_batch, put_together, send_batch
from caigou.payments.payouts.services.request import cancel_payout, left_of_line, return_transfer
from caigou.payments.tests.purses import ask, books_balance, buyer, cny, of, purse

pytestmark = pytest.mark.django_db
PAYER: dict[str, Any] = {"name": "Park Hotels", "number": "DE75512108001245126199"}


@pytest.fixture
def ours() -> BankAccount:
    return our_account()


@pytest.fixture
def hotel() -> Company:
    return buyer("Park Hotels")


def arrived(ours: BankAccount, hotel: Company, payer: dict[str, Any] | None = None) -> BankLine:
    """100.00 that the company transferred."""
    arrive(
        ours, entry("100.00", ref="IN", rf=announced(hotel, "100.00").reference, **(PAYER if payer is None else payer))
    )
    return last_line()


def test_it_goes_back_as_a_payout_that_two_agree_to(ours: BankAccount, hotel: Company) -> None:
    line = arrived(ours, hotel)
    payout = return_transfer(line.pk, cny("60"), by=person(company=hotel))
    assert (payout.number, payout.holder, payout.company) == (PAYER["number"], PAYER["name"], hotel)
    assert (purse(hotel), left_of_line(line)) == (("100.00", "40.00"), cny("40"))
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    send_batch(batch.pk, by=person())
    arrive(ours, entry("60.00", ref="OUT", credit=False, rf=payout.reference), number="2")
    payout.refresh_from_db()
    assert (payout.status, purse(hotel)) == ("confirmed", ("40.00", "40.00"))
    arrive(ours, entry("60.00", ref="BACK", rf=payout.reference), number="3")
    assert (purse(hotel), left_of_line(line)) == (("100.00", "100.00"), cny("100"))
    assert books_balance()


def test_nothing_goes_back_right_after_somebody_changed_how_they_sign_in(ours: BankAccount, hotel: Company) -> None:
    line = arrived(ours, hotel)
    seated = Seat.objects.create(user=User.objects.create_user("owner@example.test"), company=hotel)
    note_changed(seated.user)
    with pytest.raises(BadInput, match="changed password"):
        return_transfer(line.pk, cny("1"), by=of(hotel))
    with frozen(now() + timedelta(hours=48, seconds=1)):
        assert return_transfer(line.pk, cny("1"), by=of(hotel)).status == "requested"


def test_never_more_than_came_and_never_what_is_spent(ours: BankAccount, hotel: Company) -> None:
    line = arrived(ours, hotel)
    first = return_transfer(line.pk, cny("60"), by=of(hotel))
    with pytest.raises(BadInput):
        return_transfer(line.pk, cny("40.01"), by=of(hotel))
    cancel_payout(first.pk, by=of(hotel))
    ask(hotel, cny("70"), "an order")
    with pytest.raises(InsufficientFunds), transaction.atomic():
        return_transfer(line.pk, cny("30.01"), by=of(hotel))
    with pytest.raises(NotAllowed):
        return_transfer(line.pk, cny("1"), by=of(buyer("Other")))
    assert purse(hotel) == ("100.00", "30.00")


def test_without_a_payer_named_by_the_bank_it_stays_in_the_wallet(ours: BankAccount, hotel: Company) -> None:
    line = arrived(ours, hotel, {})
    with pytest.raises(BadInput):
        return_transfer(line.pk, cny("1"), by=of(hotel))


def test_where_it_goes_is_written_once(ours: BankAccount, hotel: Company) -> None:
    return_transfer(arrived(ours, hotel).pk, cny("60"), by=of(hotel))
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Payout.objects.update(returns=None)


def test_a_receipt_entered_by_hand_goes_back_once_the_bank_names_its_account(ours: BankAccount, hotel: Company) -> None:
    day = now().date()
    picture = Picture.objects.create(sha256="0" * 64, width=100, height=100)
    receipt = enter_receipt(
        ours,
        hotel,
        cny("100"),
        day=day,
        note="Seen in the portal.",
        picture=picture,
        by=person(),
        payer_name=PAYER["name"],
    )
    answer_receipt(receipt.pk, agree=True, by=person())
    assert purse(hotel) == ("100.00", "100.00")
    arrive(ours, entry("100.00", ref="IN", day=day.isoformat(), **PAYER))
    line = last_line()
    assert (line.status, left_of_line(line)) == ("receipt", cny("100"))
    with pytest.raises(NotAllowed):
        return_transfer(line.pk, cny("60"), by=of(buyer("Other")))
    payout = return_transfer(line.pk, cny("60"), by=person(company=hotel))
    with pytest.raises(BadInput):
        return_transfer(line.pk, cny("40.01"), by=of(hotel))
    assert (payout.number, payout.holder, purse(hotel)) == (PAYER["number"], PAYER["name"], ("100.00", "40.00"))
    mei = person()
    batch = put_together(ours, [payout.public_id], by=mei)
    with pytest.raises(NotAllowed):
        approve_batch(batch.pk, seen=batch.digest, by=mei)
    approve_batch(batch.pk, seen=batch.digest, by=person())
    send_batch(batch.pk, by=person())
    arrive(ours, entry("60.00", ref="OUT", credit=False, rf=payout.reference, day=day.isoformat()), number="2")
    payout.refresh_from_db()
    assert (payout.status, purse(hotel), books_balance()) == ("confirmed", ("40.00", "40.00"), True)
