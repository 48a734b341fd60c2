"""The papers of the money pages: statements, invoices, linked accounts, declarations, authorisations, proofs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from caigou.house.current import stored
from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import frozen, now
from caigou.kernel.money import Money
from caigou.payments.models import Recharge
from caigou.statements.models import Document
from caigou.statements.proofs.commit import commit_balances
from caigou.wallets.models import Instrument
from tests.support.factories import Party, fund, make_buyer, make_deal, make_staff
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paid_order_is_on_the_statement_and_has_an_invoice(language: str) -> None:
    deal = make_deal(quantity=240, unit_price=Money(12_10, "CNY"))
    order = deal.place_paid()
    deliver_due()
    client = deal.buyer.client(language)
    today = now().date().isoformat()
    period = {"currency": "CNY", "first": today, "last": today}

    sent = client.get(reverse("web:statements"), {**period, "form": "csv"}, follow=True)
    rows = list(csv.reader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert [row[5] for row in rows[1:]] == ["0.00", "2904.00", "0.00", "0.00"]

    assert order.number in _text(client.get(reverse("web:statement_pdf"), period).content)
    invoice = Document.objects.get()
    assert invoice.full_number in client.get(reverse("web:documents")).content.decode()
    printed = _text(client.get(reverse("web:document_pdf", args=[invoice.public_id])).content)
    assert "2,904.00" in printed
    assert "12 Dock St" in printed


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_movements_are_filtered_with_their_true_balance(buyer: Party) -> None:
    with frozen(now() - timedelta(days=10)):
        fund(buyer, Money(70_00, "CNY"))
    fund(buyer, Money(5_00, "CNY"))
    client, today = buyer.client(), now().date()
    newer = client.get(reverse("web:money"), {"what": "in", "since": today.isoformat()})
    assert [(entry.amount.minor, entry.balance.minor) for entry in newer.context["entries"]] == [(5_00, 75_00)]
    assert "Nothing like that." in client.get(reverse("web:money"), {"what": "debts"}).content.decode()
    assert len(client.get(reverse("web:money"), {"what": "nonsense", "since": "never"}).context["entries"]) == 2


def test_the_money_page_asks_as_often_for_many_movements_as_for_few(buyer: Party) -> None:
    client, counts = buyer.client(), []
    for _more in range(2):
        fund(buyer, Money(1_00, "CNY"))
        for query in ({}, {"what": "in"}):
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("web:money"), query)
            counts.append(len(asked))
        for _each in range(10):
            fund(buyer, Money(1_00, "CNY"))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_account_with_another_name_waits_for_staff(buyer: Party, language: str) -> None:
    values = {"kind": "bank", "holder": "Somebody Else", "institution": "ANZ", "country": "AU", "number": "AU12345678"}
    client, staff = buyer.client(language), make_staff()
    assert client.post(reverse("web:instruments"), values, follow=True).status_code == 200
    linked = Instrument.objects.get()
    desk = staff.client(language)
    assert "Somebody Else" in desk.get(reverse("console:wallets")).content.decode()
    desk.post(reverse("console:instrument_review", args=[linked.public_id]), {"decision": "accept", "reason": "Seen."})
    linked.refresh_from_db()
    assert linked.status == "usable"
    assert client.get(reverse("web:instruments")).status_code == 200


@pytest.fixture
def limit_of_100() -> Iterator[None]:
    stored.hold({"wallets.funds_limit": "100"})
    yield
    stored.hold({})


def test_above_the_limit_the_source_is_declared_and_the_recharge_goes_on(buyer: Party, limit_of_100: None) -> None:
    client = buyer.client()
    values = {"amount": "500.00", "currency": "CNY", "gateway": "sandbox"}
    asked = client.post(reverse("web:recharge"), values)
    assert asked["Location"].startswith(reverse("web:funds"))
    following = client.get(asked["Location"]).context["next"]
    declared = client.post(reverse("web:funds"), {"source": "trade", "sure": "on", "next": following})
    assert 'value="500.00"' in client.get(declared["Location"]).content.decode()
    assert not Recharge.objects.exists()
    client.post(reverse("web:recharge"), values)
    assert Recharge.objects.get().amount == Money(500_00, "CNY")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_authorisation_is_given_and_taken_back(buyer: Party, language: str) -> None:
    client = buyer.client(language)
    values = {"service": "logistics", "currency": "CNY", "each": "50", "month": "80"}
    client.post(reverse("web:authorisations"), values)
    given = buyer.company.authorisations.get()
    assert "50.00" in client.get(reverse("web:authorisations")).content.decode()
    client.post(reverse("web:authorisation_revoke", args=[given.public_id]))
    given.refresh_from_db()
    assert given.revoked_at is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_finance_proposes_and_a_second_person_approves(buyer: Party, language: str) -> None:
    fund(buyer, Money(30_00, "CNY"))
    first = make_staff()
    second = colleague_of(first)
    about = {"company": buyer.company.public_id}
    page = first.client(language).get(reverse("console:wallets"), about).content.decode()
    (name,) = re.findall(r'name="company" value="(.+?)"', page)
    assert f'<option value="{name}"></option>' in page
    values: dict[str, Any] = {"company": unescape(name), "amount": "100.00", "currency": "CNY"}
    values |= {"reason": "third_party", "words": "A third party complained."}
    first.client(language).post(reverse("console:wallets"), values)
    case = buyer.company.compensation_cases.get()
    decide = reverse("console:case_decide", args=[case.public_id])
    decision = {"decision": "approve", "expected": case.amount_minor}
    first.client(language).post(decide, decision)
    case.refresh_from_db()
    assert case.status == "proposed"
    second.client(language).post(decide, decision)
    page = second.client(language).get(reverse("console:wallets")).content.decode()
    assert "70.00" in page
    assert "¥70.00" in buyer.client(language).get(reverse("web:money")).content.decode()


def test_everybody_sees_the_seal_and_only_the_owner_the_proof(buyer: Party) -> None:
    fund(buyer, Money(30_00, "CNY"))
    (commitment,) = commit_balances()
    proof = reverse("web:proof", args=[commitment.seal])
    page = make_buyer("Other Hotels").client().get(reverse("web:proofs")).content.decode()
    assert commitment.seal in page
    assert f'href="{proof}"' not in page
    told = json.loads(buyer.client().get(proof).content)
    assert (told["balance"], told["commitment"]["seal"]) == ("3000", commitment.seal)


def test_the_journal_is_handed_out_with_every_transfer(buyer: Party) -> None:
    fund(buyer, Money(30_00, "CNY"))
    answer = make_staff().client().get(reverse("console:journal"))
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [rows[1][at] for at in (4, 8, 10, 12, 13)] == ["recharge", "gateway_clearing", "wallet", "30.00", "CNY"]
