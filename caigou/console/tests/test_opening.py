"""Opening balances: read whole or not at all, posted by a second person, and never doubled."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from caigou.accounts.models import Company
from caigou.jobs.database import Busy
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, ChangedMeanwhile, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.books import uncovered
from caigou.ledger.models import Journal
from caigou.ledger.services import PLATFORM, audit, balance, close_period, open_account
from caigou.ledger.trial import trial_balance
from caigou.orders.books import escrow_findings
from caigou.orders.selectors import escrow_of
from caigou.orders.services.cancel import cancel_order
from caigou.orders.services.confirm import confirm_receipt
from caigou.orders.services.pay import pay_order
from caigou.orders.services.ship import ship_order
from caigou.payments.bank.models import BankAccount
from caigou.payments.bank.tests.banking import at_our_bank, has, our_account, person
from caigou.payments.bank.tests.written import IBAN
from caigou.payments.services.ask import meet_all_waiting
from caigou.payments.services.wallet import available
from caigou.payments.tests.purses import buyer
from caigou.wallets.opening.models import OpeningFile, OpeningRow
from caigou.wallets.opening.read import MOST_ROWS
from caigou.wallets.opening.services import Taken, post_opening, refuse_opening, take_in
from tests.support.factories import fund, make_deal, make_staff, make_supplier
from tests.support.world import colleague_of

HEAD = "kind,company,currency,amount,reference"
DAY = date(2026, 9, 1)


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def taken(data: bytes, by: Actor | None = None, day: date = DAY) -> Taken:
    return take_in(data, "old.csv", day=day, by=by or person())


def filed(data: bytes) -> OpeningFile:
    file = taken(data).file
    assert file is not None
    return file


def posted(data: bytes) -> OpeningFile:
    file = filed(data)
    return post_opening(file.pk, seen=file.sha256, by=person())


def own() -> str:
    return balance(open_account("own_funds", PLATFORM, "CNY")).posted.amount


@pytest.fixture
def ours() -> BankAccount:
    return our_account()


@pytest.fixture
def park() -> Company:
    return buyer("Park")


@pytest.mark.django_db
def test_balances_are_booked_against_the_platforms_own_money(ours: BankAccount, park: Company) -> None:
    kiln = make_supplier().company
    file = posted(
        table(
            f"wallet,{park.public_id},CNY,30.00,old/1",
            f"payable,{kiln.public_id},CNY,20,old/2",
            f"debt,{park.public_id},CNY,5.50,old/3",
            f"bank,{IBAN},CNY,100.00,old/4",
        )
    )
    earned = balance(open_account("supplier_payable", kiln.public_id, "CNY")).posted.amount
    owed = balance(open_account("receivable", park.public_id, "CNY")).posted.amount
    assert (has(park), earned, owed, at_our_bank(ours), own()) == ("30.00", "20.00", "5.50", "100.00", "55.50")
    journal = Journal.objects.get(purpose="opening.balance")
    assert (journal.source, journal.effective_at) == (file.public_id, datetime(2026, 9, 1, tzinfo=UTC))
    assert (audit(), list(uncovered(trial_balance()))) == ([], [])


@pytest.mark.django_db
def test_nobody_posts_alone_or_what_nobody_saw(park: Company) -> None:
    mei = person()
    file = taken(table(f"wallet,{park.public_id},CNY,30.00,old/1"), mei).file
    assert file is not None
    with pytest.raises(NotAllowed):
        post_opening(file.pk, seen=file.sha256, by=mei)
    with pytest.raises(ChangedMeanwhile):
        post_opening(file.pk, seen="0" * 64, by=person())
    with pytest.raises(NotAllowed):
        taken(b"", Actor("staff", mei.user_id))
    assert has(park) == "0.00"


@pytest.mark.django_db
def test_the_same_again_changes_nothing(park: Company) -> None:
    row = f"wallet,{park.public_id},CNY,30.00,old/1"
    file = posted(table(row))
    assert taken(table(row)).file == file
    assert post_opening(file.pk, seen=file.sha256, by=person()) == file
    with pytest.raises(BadInput, match="Every row"):
        taken(table(row, ""))
    more = filed(table(row, f"wallet,{park.public_id},CNY,1.00,old/2"))
    assert (more.known, [one.reference for one in more.rows.all()]) == (1, ["old/2"])
    post_opening(more.pk, seen=more.sha256, by=person())
    assert has(park) == "31.00"
    assert [fault.code for fault in taken(table(f"wallet,{park.public_id},CNY,30.01,old/1")).faults] == ["known_other"]


@pytest.mark.django_db
def test_a_refused_file_may_come_again(park: Company) -> None:
    data = table(f"wallet,{park.public_id},CNY,30.00,old/1")
    refused = filed(data)
    refuse_opening(refused.pk, by=person())
    again = filed(data)
    assert again != refused
    post_opening(again.pk, seen=again.sha256, by=person())
    assert has(park) == "30.00"


@pytest.mark.django_db
def test_every_refused_row_is_named_with_a_mend_and_nothing_is_kept(ours: BankAccount, park: Company) -> None:
    kiln, number = make_supplier().company, park.public_id
    rows = {
        f"purse,{number},CNY,1,old/1": "unknown_kind",
        f"escrow,{number},CNY,1,old/2": "unknown_order",
        "wallet,nobody,CNY,1,old/3": "unknown_company",
        f"wallet,{kiln.public_id},CNY,1,old/4": "not_a_buyer",
        f"payable,{number},CNY,1,old/5": "not_a_supplier",
        f"bank,{IBAN},USD,1,old/6": "unknown_account",
        f"wallet,{number},PTS,1,old/7": "bad_currency",
        f"wallet,{number},CNY,0,old/8": "bad_amount",
        f"wallet,{number},CNY,-1,old/9": "bad_amount",
        f"wallet,{number},CNY,1.005,old/10": "bad_amount",
        f"wallet,{number},JPY,1.5,old/11": "bad_amount",
        f"wallet,{number},CNY,1,=a": "bad_reference",
        f"wallet,{number},CNY,1,old/13": "",
        f"wallet,{number},CNY,2,old/13": "twice",
    }
    found = taken(table(*rows)).faults
    assert [(fault.line, fault.code) for fault in found] == [
        (line, code) for line, code in enumerate(rows.values(), start=2) if code
    ]
    assert all(fault.reason and fault.mend for fault in found)
    assert not OpeningFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"kind,company,amount\nwallet,x,1\n", "no_columns"),
        (HEAD.encode() + b"\n", "no_rows"),
        (table(*[f"wallet,x,CNY,1,old/{n}" for n in range(MOST_ROWS + 1)]), "too_many_rows"),
        (b"<?xml version='1.0'?><Document/>", ""),
        (b"\xff\xfe\x00", ""),
        (b"PK\x03\x04", ""),
        (b"", ""),
    ],
)
def test_what_is_no_such_table_is_refused(data: bytes, code: str) -> None:
    if code:
        assert [fault.code for fault in taken(data).faults] == [code]
    else:
        with pytest.raises(BadInput):
            taken(data)


@pytest.mark.django_db
def test_a_day_to_come_and_one_in_a_closed_month_are_refused(park: Company) -> None:
    close_period("CNY", datetime(2026, 9, 1, tzinfo=UTC), by=person())
    data = table(f"wallet,{park.public_id},CNY,1,old/1")
    for day in (date(2026, 8, 31), date(2999, 1, 1)):
        with pytest.raises(BadInput):
            taken(data, day=day)
    assert taken(data).is_new


@pytest.mark.django_db
def test_a_file_goes_from_one_person_to_another(ours: BankAccount, park: Company) -> None:
    mei = make_staff()
    lin = colleague_of(mei)
    here = reverse("console:opening")

    def upload(data: bytes, name: str = "old.csv") -> Any:
        form = {"file": SimpleUploadedFile(name, data), "day": now().date().isoformat()}
        return mei.client().post(here, form, follow=True)

    refused = upload(table("wallet,nobody,CNY,1,old/1"))
    assert refused.status_code == 422
    assert "Line 2:" in refused.content.decode()
    assert "Copy its number" in refused.content.decode()

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEAD.split(","), ["wallet", park.public_id, "CNY", "30.00", "old/1"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    page = upload(out.getvalue(), "old.xlsx").content.decode()
    assert "More would be owed than held in CNY." in page
    file = OpeningFile.objects.get()
    there = reverse("console:opening_file", args=[file.public_id])
    mei.client().post(there, {"do": "post", "seen": file.sha256})
    assert has(park) == "0.00"
    lin.client().post(there, {"do": "post", "seen": file.sha256})
    assert has(park) == "30.00"
    for language, word in (("en", "Posted"), ("zh-hans", "old.xlsx")):
        assert word in lin.client(language).get(here).content.decode()
        assert lin.client(language).get(there).status_code == 200


@pytest.mark.django_db
def test_what_a_file_said_never_changes(park: Company) -> None:
    file = posted(table(f"wallet,{park.public_id},CNY,30.00,old/1"))
    for rows, change in (
        (OpeningRow.objects.filter(file=file), {"amount_minor": 1}),
        (OpeningFile.objects.filter(pk=file.pk), {"sha256": "0" * 64}),
    ):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            rows.update(**change)


@pytest.mark.commits
def test_many_who_take_in_and_post_the_same_at_once_post_it_once() -> None:
    park, racers = buyer("Park"), 3
    people = [person() for _each in range(racers * 2)]
    data = table(*[f"wallet,{park.public_id},CNY,1.00,old/{n}" for n in range(3)])
    gate = threading.Barrier(racers)

    def race(number: int) -> None:
        connection.ensure_connection()
        try:
            gate.wait()
            try:
                take_in(data, "old.csv", day=DAY, by=people[number])
            except (BadInput, Busy) as error:
                said = ("just taken in", "brought in before")  # by somebody who isn't done, or was a moment ago
                assert isinstance(error, Busy) or any(word in str(error) for word in said)  # noqa: PT017
            gate.wait()
            file = OpeningFile.objects.get()
            with suppress(Busy):  # on a machine that is busy the first may hold its lock for longer than we wait
                post_opening(file.pk, seen=file.sha256, by=people[racers + number])
        except BaseException:
            gate.abort()  # the others would wait for ever
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(racers) as pool:
        list(pool.map(race, range(racers)))
    assert (has(park), audit()) == ("3.00", [])
    assert Journal.objects.filter(purpose="opening.balance").count() == 1


# --- Escrows --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_escrow_is_brought_in_for_an_order_that_waits_here(ours: BankAccount) -> None:
    deal = make_deal(quantity=240, unit_price=Money(1_00, "CNY"))
    order = deal.place()
    pay_order(order.pk, by=deal.buyer.actor)  # it waits: the wallet has nothing
    file = posted(table(f"escrow,{order.number},CNY,240.00,old/1", f"bank,{IBAN},CNY,300,old/2"))
    order.refresh_from_db()
    assert (order.status, escrow_of(order).held) == ("paid", Money(240_00, "CNY"))
    assert (list(escrow_findings()), audit(), list(uncovered(trial_balance()))) == ([], [], [])
    assert (own(), file.rows.get(kind="escrow").company) == ("60.00", deal.buyer.company)
    fund(deal.buyer, order.total)
    meet_all_waiting()
    assert available(deal.buyer.company, "CNY") == order.total, "nothing is set aside for what is paid already"
    ship_order(order.pk, carrier="SF", tracking_number="SF1", by=deal.supplier.actor)
    confirm_receipt(order.pk, by=deal.buyer.actor)
    earned = balance(open_account("supplier_payable", deal.supplier.company.public_id, "CNY")).posted
    assert (earned, list(escrow_findings())) == (order.total, [])


@pytest.mark.django_db
def test_an_escrow_that_fits_no_waiting_order_is_refused_and_one_that_moved_on_is_not_posted() -> None:
    deal = make_deal(quantity=240, unit_price=Money(1_00, "CNY"))
    order = deal.place()
    rows = [f"escrow,{order.number},CNY,239,old/1", "escrow,C-00000000,CNY,1,old/2"]
    rows += [f"escrow,{order.public_id},CNY,240,old/3", f"escrow,{order.number},CNY,240,old/4"]
    found = taken(table(*rows)).faults
    assert [fault.code for fault in found] == ["other_total", "unknown_order", "order_twice"]
    assert all(fault.reason and fault.mend for fault in found)
    file = filed(table(f"escrow,{order.number},CNY,240,old/1"))
    cancel_order(order.pk, reason="No longer needed.", by=deal.buyer.actor)
    with pytest.raises(BadInput, match="paid or cancelled"), transaction.atomic():
        post_opening(file.pk, seen=file.sha256, by=person())
    assert (escrow_of(order).held, list(escrow_findings())) == (Money(0, "CNY"), [])
