"""Money out: the guard over new accounts, two persons over each batch, and the bank's word on how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sepaxml
import xmlschema
from django.db import IntegrityError, transaction

from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.accounts.services.credentials import note_changed
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import frozen, now
from caigou.kernel.errors import BadInput, ChangedMeanwhile, IllegalMove, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.services import (
    AccountBlocked,
    AccountId,
    InsufficientFunds,
    Leg,
    audit,
    balance,
    freeze,
    open_account,
    post,
)
from caigou.payments.bank.models import BankAccount, LineStatus
from caigou.payments.bank.services.accounts import AccountDetails
from caigou.payments.bank.services.decide import ask_decision
from caigou.payments.bank.tests.banking import arrive, at_our_bank, cny, finance, last_line, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutBatch, PayoutStatus
from caigou.payments.payouts.pain001 import Transfer, credit_transfers
from caigou.payments.payouts.services.accounts import (
    confirm_payout_account,
    enter_payout_account,
    refuse_payout_account,
    remove_payout_account,
)
from caigou.payments.payouts.services.batch import (
    approve_batch,
    file_of,
    put_together,
    refuse_batch,
    return_by_hand,
    send_batch,
)
from caigou.payments.payouts.services.request import cancel_payout, request_payout
from caigou.payments.tests.purses import buyer

pytestmark = pytest.mark.django_db
THEIRS = AccountDetails("义乌青窑陶瓷有限公司", "6222021234567890123", "ICBC Yiwu", "ICBKCNBJZJP", "CN", "CNY")
START = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with frozen(START):
        yield


@pytest.fixture
def ours() -> BankAccount:
    return our_account()


@pytest.fixture
def seller() -> Company:
    """A supplier that has earned 1,000.00."""
    return earn(Company.objects.create(kind=CompanyKind.SUPPLIER, name_en="Qingyao Ceramics", country="CN"))


def earn(company: Company, amount: str = "1000.00") -> Company:
    """Let a supplier have earned ``amount``."""
    escrow, payable = open_account("escrow", company.public_id, "CNY"), earned(company)
    clearing = open_account("gateway_clearing", "test", "CNY")
    legs = [Leg.transfer(clearing, escrow, cny(amount), "sold"), Leg.transfer(escrow, payable, cny(amount), "earned")]
    post("test.earned", company.public_id, legs, by=SYSTEM)
    return company


def earned(company: Company) -> AccountId:
    return open_account("supplier_payable", company.public_id, "CNY")


def left(company: Company) -> tuple[str, str]:
    held = balance(earned(company))
    return held.posted.amount, held.available.amount


def confirmed(seller: Company, details: AccountDetails = THEIRS) -> PayoutAccount:
    """An account of theirs that the house has confirmed; its cooling-off still runs."""
    entered = enter_payout_account(seller, details, by=person(company=seller))
    return confirm_payout_account(entered.pk, asked_how="Rang Mr Lin on the number of the licence.", by=person())


def asked(seller: Company, amount: str = "400.00") -> Payout:
    account = PayoutAccount.objects.filter(company=seller).first() or confirmed(seller)
    with frozen(START + timedelta(hours=48)):
        return request_payout(seller, account.pk, cny(amount), by=person(company=seller))


def sent(ours: BankAccount, seller: Company) -> Payout:
    payout = asked(seller)
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    send_batch(batch.pk, by=person())
    payout.refresh_from_db()
    return payout


# --- The guard ----------------------------------------------------------------------------------------------------


def test_a_new_account_is_paid_after_two_days_and_a_second_persons_word(ours: BankAccount, seller: Company) -> None:
    mine = person(company=seller)
    entered = enter_payout_account(seller, THEIRS, by=mine)
    with frozen(START + timedelta(days=9)), pytest.raises(BadInput, match="confirmed"):
        request_payout(seller, entered.pk, cny("1.00"), by=mine)
    confirm_payout_account(entered.pk, asked_how="Rang Mr Lin.", by=person())
    with frozen(START + timedelta(hours=47, minutes=59)), pytest.raises(BadInput, match="cooling-off"):
        request_payout(seller, entered.pk, cny("1.00"), by=mine)
    with frozen(START + timedelta(hours=48)):
        assert request_payout(seller, entered.pk, cny("1.00"), by=mine).status == PayoutStatus.REQUESTED


def test_no_single_person_can_make_an_account_payable(seller: Company) -> None:
    staff = person()
    with pytest.raises(NotAllowed):
        enter_payout_account(seller, THEIRS, by=staff)
    mine = person(company=seller)
    entered = enter_payout_account(seller, THEIRS, by=mine)
    with pytest.raises(NotAllowed):
        confirm_payout_account(entered.pk, asked_how="I know them.", by=mine)
    with pytest.raises(NotAllowed):
        confirm_payout_account(entered.pk, asked_how="I know them.", by=finance(mine.user_id))
    with pytest.raises(BadInput):
        confirm_payout_account(entered.pk, asked_how=" ", by=staff)
    for values in ({"decided_by": mine.user_id, "asked_how": "x"}, {"decided_by": staff.user_id}):
        with pytest.raises(IntegrityError, match="payout_account_by_two"), transaction.atomic():
            PayoutAccount.objects.update(status="confirmed", **values)


def test_neither_details_nor_the_cooling_off_can_be_changed(seller: Company) -> None:
    confirmed(seller)
    for values in ({"number": "1"}, {"holder": "Me"}, {"usable_from": START}):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            PayoutAccount.objects.update(**values)


def test_what_was_asked_for_stays_with_its_account(ours: BankAccount, seller: Company) -> None:
    payout = asked(seller)
    remove_payout_account(payout.account_id or 0, by=person(company=seller))
    confirmed(seller, AccountDetails("Somebody", "6222029999999999999", "ICBC", "ICBKCNBJ", "CN", "CNY"))
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    send_batch(batch.pk, by=person())
    assert b"6222021234567890123" in file_of(PayoutBatch.objects.get(pk=batch.pk))
    for values in ({"number": "1"}, {"amount_minor": 1}, {"holder": "Me"}):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            Payout.objects.update(**values)


def test_an_account_that_its_company_knows_nothing_of_is_refused(seller: Company) -> None:
    entered = enter_payout_account(seller, THEIRS, by=person(company=seller))
    assert refuse_payout_account(entered.pk, reason="They never changed it.", by=person()).status == "refused"


# --- Asking -------------------------------------------------------------------------------------------------------


def test_the_sum_is_set_aside_and_never_more_than_was_earned(ours: BankAccount, seller: Company) -> None:
    payout = asked(seller)
    assert left(seller) == ("1000.00", "600.00")
    with pytest.raises(InsufficientFunds):
        asked(seller, "600.01")
    cancel_payout(payout.pk, by=person(company=seller))
    assert left(seller) == ("1000.00", "1000.00")


def test_frozen_earnings_are_not_paid_out_and_wallets_never(ours: BankAccount, seller: Company) -> None:
    confirmed(seller)
    freeze(earned(seller), reason="A claim.", by=SYSTEM)
    with pytest.raises(AccountBlocked):
        asked(seller)
    park = buyer()
    account = enter_payout_account(park, THEIRS, by=person(company=park))
    confirm_payout_account(account.pk, asked_how="Rang them.", by=person())
    with frozen(START + timedelta(days=3)), pytest.raises(BadInput):
        request_payout(park, account.pk, cny("1.00"), by=person(company=park))


def test_nothing_is_asked_for_after_somebody_changed_how_they_sign_in(ours: BankAccount, seller: Company) -> None:
    account, by = confirmed(seller), person(company=seller)
    owner = User.objects.create_user("owner@example.test")
    Seat.objects.create(user=owner, company=seller)
    with frozen(account.usable_from):
        note_changed(owner)
        with pytest.raises(BadInput, match="changed password or e-mail"):
            request_payout(seller, account.pk, cny("1"), by=by)
    with frozen(account.usable_from + timedelta(hours=48)):
        assert request_payout(seller, account.pk, cny("1"), by=by).status == PayoutStatus.REQUESTED


def test_what_was_asked_for_before_a_freeze_does_not_leave_after_it(ours: BankAccount, seller: Company) -> None:
    payout = asked(seller)
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    freeze(earned(seller), reason="Reported as lost.", by=person())
    with pytest.raises(AccountBlocked):
        send_batch(batch.pk, by=person())
    with pytest.raises(BadInput, match="released"):
        file_of(PayoutBatch.objects.get(pk=batch.pk))
    refuse_batch(batch.pk, by=person())
    with pytest.raises(AccountBlocked):
        put_together(ours, [payout.public_id], by=person())


def test_nobody_asks_for_anothers_money(ours: BankAccount, seller: Company) -> None:
    account = confirmed(seller)
    with pytest.raises(NotAllowed):
        request_payout(seller, account.pk, cny("1.00"), by=person(company=buyer()))


# --- Batches ------------------------------------------------------------------------------------------------------


def test_a_batch_is_approved_by_another_person_who_saw_just_this(ours: BankAccount, seller: Company) -> None:
    mei, payout = person(), asked(seller)
    batch = put_together(ours, [payout.public_id], by=mei)
    with pytest.raises(NotAllowed):
        approve_batch(batch.pk, seen=batch.digest, by=mei)
    with pytest.raises(ChangedMeanwhile):
        approve_batch(batch.pk, seen="0" * 64, by=person())
    with pytest.raises(BadInput):
        file_of(batch)
    with pytest.raises(IntegrityError, match="batch_by_two"), transaction.atomic():
        PayoutBatch.objects.update(status="approved", decided_by=mei.user_id)
    assert approve_batch(batch.pk, seen=batch.digest, by=person()).status == "approved"


def test_a_payout_is_in_one_batch_only_and_free_again_when_it_is_refused(ours: BankAccount, seller: Company) -> None:
    payout = asked(seller)
    batch = put_together(ours, [payout.public_id], by=person())
    with pytest.raises(BadInput):
        put_together(ours, [payout.public_id], by=person())
    with pytest.raises(BadInput):
        cancel_payout(payout.pk, by=person(company=seller))
    approve_batch(batch.pk, seen=batch.digest, by=person())
    refuse_batch(batch.pk, by=person())
    payout.refresh_from_db()
    assert (payout.status, payout.batch_id, left(seller)) == (PayoutStatus.REQUESTED, None, ("1000.00", "600.00"))


def test_what_has_a_file_can_not_be_dissolved_so_nothing_is_paid_by_two_files(
    ours: BankAccount, seller: Company
) -> None:
    payout = asked(seller)
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    with pytest.raises(BadInput, match="released"):
        file_of(PayoutBatch.objects.get())
    send_batch(batch.pk, by=person())
    assert payout.reference.encode() in file_of(PayoutBatch.objects.get())
    with pytest.raises(IllegalMove):
        refuse_batch(batch.pk, by=person())
    with pytest.raises(BadInput):
        put_together(ours, [payout.public_id], by=person())


def test_the_file_is_what_the_schema_says() -> None:
    payer = BankAccount(holder="Caigou GmbH & Söhne", number="DE89370400440532013000", bic="COBADEFF", currency="CNY")
    rows = [
        Transfer("CG1", THEIRS.holder, THEIRS.number, THEIRS.bic, cny("1234.50")),
        Transfer("CG2", "Möller <b>", "DE75512108001245126199", "", cny("0.01"), "DE"),
        Transfer("CG3", "No Bank Known", "12345678", "", cny("5.00")),
    ]
    file = credit_transfers(payer, rows, name="B1", made_at=now())
    schema = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
    xmlschema.XMLSchema(str(schema)).validate(BytesIO(file))
    assert b"<CtrlSum>1239.51</CtrlSum>" in file


# --- The bank's word ----------------------------------------------------------------------------------------------


def test_the_statement_confirms_a_payout_once(ours: BankAccount, seller: Company) -> None:
    payout = sent(ours, seller)
    assert left(seller) == ("1000.00", "600.00")
    for ref in ("B1", "B2"):
        arrive(ours, entry("400.00", ref=ref, credit=False, end_to_end=payout.reference), number=ref)
    payout.refresh_from_db()
    assert (payout.status, left(seller), at_our_bank(ours)) == ("confirmed", ("600.00", "600.00"), "-400.00")
    assert (last_line().status, audit()) == (LineStatus.OPEN, [])


def test_another_sum_than_was_ordered_is_not_taken_for_it(ours: BankAccount, seller: Company) -> None:
    payout = sent(ours, seller)
    arrive(ours, entry("401.00", ref="B1", credit=False, end_to_end=payout.reference))
    payout.refresh_from_db()
    assert (payout.status, last_line().status) == ("sent", LineStatus.OPEN)


def test_a_payout_that_comes_back_is_the_companys_again(ours: BankAccount, seller: Company) -> None:
    payout = sent(ours, seller)
    back = entry("400.00", ref="B2", end_to_end=payout.reference, returns="AC01")
    arrive(ours, back, number="first")
    assert last_line().status == LineStatus.NEW
    arrive(ours, entry("400.00", ref="B1", credit=False, end_to_end=payout.reference), number="second")
    from caigou.payments.bank.services.match import match_new

    match_new()
    payout.refresh_from_db()
    assert (payout.status, payout.returned_because, left(seller)) == ("returned", "AC01", ("1000.00", "1000.00"))
    assert (at_our_bank(ours), audit()) == ("0.00", [])


def test_what_the_bank_never_booked_is_freed_by_another_person(ours: BankAccount, seller: Company) -> None:
    payout = sent(ours, seller)
    assert payout.batch is not None
    with pytest.raises(NotAllowed):
        return_by_hand(payout.pk, reason="Refused.", by=finance(payout.batch.asked_by_id))
    with pytest.raises(BadInput, match="No statement"):
        return_by_hand(payout.pk, reason="The bank refused the file.", by=person())
    arrive(ours, entry("5.00", ref="x", day="2026-11-21"))
    return_by_hand(payout.pk, reason="The bank refused the file.", by=person())
    assert left(seller) == ("1000.00", "1000.00")


def test_what_goes_back_to_a_payer_leaves_suspense_when_the_bank_has_booked_it(ours: BankAccount) -> None:
    arrive(ours, entry("40.00", ref="B1", name="Park", number="DE75512108001245126199"))
    ask_decision(last_line().pk, None, reason="Nobody knows it.", by=person())
    payout = Payout.objects.get()
    batch = put_together(ours, [payout.public_id], by=person())
    approve_batch(batch.pk, seen=batch.digest, by=person())
    send_batch(batch.pk, by=person())
    arrive(ours, entry("40.00", ref="B2", credit=False, end_to_end=payout.reference), number="2")
    payout.refresh_from_db()
    assert (payout.status, at_our_bank(ours), Money.zero("CNY").amount) == ("confirmed", "0.00", "0.00")
    arrive(ours, entry("40.00", ref="B3", end_to_end=payout.reference, returns="AC04"), number="3")
    assert (last_line().status, at_our_bank(ours), audit()) == (LineStatus.SUSPENSE, "40.00", [])
