"""Bank transfers and payouts on the console: taken in, decided, approved by two, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from caigou.accounts.models import Company, CompanyKind
from caigou.files.tests import corpus
from caigou.kernel.clock import frozen, now
from caigou.payments.bank.models import BankAccount, BankLine, BankReceipt, LineStatus, SuspenseDecision
from caigou.payments.bank.services.accounts import AccountDetails
from caigou.payments.bank.services.match import match_new
from caigou.payments.bank.tests.banking import announced, arrive, has, last_line, our_account, person
from caigou.payments.bank.tests.written import IBAN, camt, entry
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutBatch
from caigou.payments.payouts.services.accounts import enter_payout_account
from caigou.payments.payouts.services.batch import put_together
from caigou.payments.payouts.tests.test_payouts import START, asked, earn
from caigou.payments.tests.purses import buyer
from tests.support.factories import Party, make_staff
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db
CSV = "日期,收入,支出,余额,附言\n2026/11/20,5.00,,5.00,{text}\n"


@pytest.fixture
def mei() -> Party:
    return make_staff()


@pytest.fixture
def lin(mei: Party) -> Party:
    """A second person of the operator."""
    return colleague_of(mei)


def send(party: Party, name: str, *args: str, language: str = "en", **form: Any) -> Any:
    return party.client(language).post(reverse(f"console:{name}", args=args), form, follow=True)


def page(party: Party, name: str, *args: str, language: str = "en") -> str:
    answer = party.client(language).get(reverse(f"console:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def upload(party: Party, account: BankAccount, name: str, data: bytes) -> Any:
    return send(party, "bank_account", account.public_id, do="statement", file=SimpleUploadedFile(name, data))


def test_an_account_goes_from_one_person_to_another_into_use(mei: Party, lin: Party) -> None:
    details = {"holder": "Caigou", "number": IBAN, "bank_name": "Bank", "bic": "", "country": "DE", "currency": "CNY"}
    assert "check digits" in send(mei, "bank", **details | {"number": IBAN[:-1] + "1"}, reason="New.").content.decode()
    send(mei, "bank", **details, reason="The bank opened it.")
    account = BankAccount.objects.get()
    assert "second person" in send(mei, "bank_account", account.public_id, do="confirm").content.decode()
    send(lin, "bank_account", account.public_id, do="confirm")
    account.refresh_from_db()
    assert account.status == "open"
    send(lin, "bank_account", account.public_id, do="close", reason="The bank changed.")
    account.refresh_from_db()
    assert account.closed_because == "The bank changed."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_statement_is_taken_in_and_shown(mei: Party, language: str) -> None:
    ours, park = our_account(), buyer("Park")
    paid = camt(entry("5.00", ref="1", rf=announced(park, "5.00").reference), entry("6.00", ref="2"))
    assert upload(mei, ours, "s.xml", paid).status_code == 200
    match_new()
    assert has(park) == "5.00"
    shown = page(mei, "bank_account", ours.public_id, language=language)
    assert "s.xml" in shown
    assert str(ours) in page(mei, "bank", language=language)
    assert page(mei, "bank_line", last_line().public_id, language=language)


def test_a_refused_statement_says_each_fault_and_how_to_mend_it(mei: Party) -> None:
    answer = upload(mei, our_account(), "s.xml", camt(entry("1.00"), opening="1.00", closing="9.00"))
    assert answer.status_code == 422
    assert "Lines are missing or were changed" in answer.content.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_columns_of_a_table_are_named_by_a_person_once(mei: Party, encoding: str) -> None:
    ours = our_account()
    asked_for = upload(mei, ours, "a.csv", CSV.format(text="第一").encode(encoding))
    here = asked_for.redirect_chain[-1][0]
    assert "第一" in asked_for.content.decode()
    form = {"is_day": "日期", "is_credit": "收入", "is_debit": "支出", "is_balance": "余额", "is_text": "附言"}
    wrong = mei.client().post(here, form | {"day_format": "%d.%m.%Y", "decimal": "."})
    assert (wrong.status_code, BankLine.objects.count()) == (422, 0)
    mei.client().post(here, form | {"day_format": "%Y/%m/%d", "decimal": "."})
    assert BankLine.objects.get().text == "第一"
    upload(mei, ours, "b.csv", CSV.format(text="第二").encode(encoding))
    assert BankLine.objects.count() == 2
    assert "isn&#x27;t here" in mei.client().get(here, follow=True).content.decode()


def test_a_line_in_suspense_is_decided_above_the_limit_by_two(mei: Party, lin: Party) -> None:
    ours, park = our_account(), buyer("Park")
    arrive(ours, entry("6000.00", ref="1"))
    line = last_line()
    unknown = send(mei, "bank_line", line.public_id, do="ask", company="Nobody", reason="Their slip.")
    assert unknown.status_code == 422
    send(mei, "bank_line", line.public_id, do="ask", company="park", reason="Their slip.")
    send(mei, "bank_line", line.public_id, do="agree")
    assert SuspenseDecision.objects.get().status == "waiting"
    assert "Their slip." in page(lin, "bank")
    send(lin, "bank_line", line.public_id, do="agree")
    line.refresh_from_db()
    assert (line.status, has(park)) == (LineStatus.CREDITED, "6000.00")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_receipt_with_its_picture_is_credited_by_a_second_person(mei: Party, lin: Party, language: str) -> None:
    ours, park = our_account(), buyer("Park")
    picture = SimpleUploadedFile("a.png", corpus.png(corpus.drawn(64, 64)), "image/png")
    form = {"account": ours.public_id, "company": park.public_id, "amount": "70.00", "day": "2026-11-20"}
    send(mei, "receipts", do="enter", picture=picture, note="Seen in the portal.", **form)
    receipt = BankReceipt.objects.get()
    assert receipt.picture.sha256[:12] in page(lin, "receipts", language=language)
    send(mei, "receipts", do="agree", receipt=receipt.public_id)
    assert has(park) == "0.00"
    send(lin, "receipts", do="agree", receipt=receipt.public_id)
    assert has(park) == "70.00"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_payouts_are_put_together_approved_by_another_and_sent(mei: Party, lin: Party, language: str) -> None:
    with frozen(START):
        ours = our_account()
        seller = earning()
        payout = asked(seller)
    assert payout.number in page(mei, "payouts", language=language)
    send(mei, "payouts", **{"from": ours.public_id, "payout": payout.public_id})
    batch = PayoutBatch.objects.get()
    links = [page(who, "home", language=language).count('href="/console/payouts/"') for who in (mei, lin)]
    assert links[1] == links[0] + 1, "the overview tells those who can do something"
    buttons = ['value="approve"' in page(who, "payout_batch", batch.public_id, language=language) for who in (mei, lin)]
    assert buttons == [False, True], "who put it together isn't offered what is refused"
    assert "400.00" in page(mei, "payouts", language=language)
    send(mei, "payout_batch", batch.public_id, do="approve", seen=batch.digest)
    send(lin, "payout_batch", batch.public_id, do="approve", seen=batch.digest)
    assert payout.reference in page(lin, "payout_batch", batch.public_id, language=language)
    send(lin, "payout_batch", batch.public_id, do="send")
    file = lin.client().get(reverse("console:payout_file", args=[batch.public_id]))
    assert (file["Content-Type"], payout.reference in file.content.decode()) == ("application/xml; charset=utf-8", True)
    assert reverse("console:payout_file", args=[batch.public_id]) in page(lin, "payout_batch", batch.public_id)
    payout.refresh_from_db()
    assert payout.status == "sent"
    arrive(ours, entry("5.00", ref="x", day=f"{now() + timedelta(days=1):%Y-%m-%d}"))
    send(lin, "payout_batch", batch.public_id, do="return", payout=payout.public_id, reason="The bank refused it.")
    assert Payout.objects.get().status == "returned"


def test_a_file_before_the_approval_is_refused_with_a_sentence(mei: Party) -> None:
    with frozen(START):
        ours = our_account()
        payout = asked(earning())
        batch = put_together(ours, [payout.public_id], by=mei.actor)
    answer = mei.client().get(reverse("console:payout_file", args=[batch.public_id]), follow=True)
    assert "when a second person has approved" in answer.content.decode()


def test_a_new_account_of_a_company_is_asked_about(mei: Party) -> None:
    seller = earning()
    details = AccountDetails("New", "6222029999999999999", "ICBC", "ICBKCNBJ", "CN", "CNY")
    new = enter_payout_account(seller, details, by=person(company=seller))
    assert new.number in page(mei, "payouts")
    send(mei, "payouts", do="refuse", account=new.public_id, how="They know nothing of it.")
    assert PayoutAccount.objects.get(pk=new.pk).status == "refused"


def earning() -> Company:
    """A supplier that has earned 1,000.00."""
    return earn(Company.objects.create(kind=CompanyKind.SUPPLIER, name_en="Qingyao Ceramics", country="CN"))
