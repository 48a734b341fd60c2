"""A buyer pays by bank transfer; a supplier says where it is paid and asks for its earnings (F11, guard)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.urls import reverse

from caigou.kernel.clock import frozen, now
from caigou.payments.bank.models import CorporateTransfer
from caigou.payments.bank.references import grouped
from caigou.payments.bank.tests.banking import arrive, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.payouts.models import Payout, PayoutAccount
from caigou.payments.payouts.services.accounts import confirm_payout_account
from caigou.payments.payouts.tests.test_payouts import earn
from caigou.payments.services.wallet import wallet_account
from caigou.statements.account import statement_of
from tests.support.factories import Party, make_buyer, make_supplier

pytestmark = pytest.mark.django_db
THEIRS = {
    "holder": "Qingyao", "number": "6222021234567890123", "bank_name": "ICBC", "bic": "ICBKCNBJ", "country": "CN",
    "currency": "CNY",
}  # fmt: skip


def post(party: Party, name: str, *args: str, **form: Any) -> Any:
    return party.client().post(reverse(f"web:{name}", args=args), form, follow=True)


def page(party: Party, name: str, *args: str, language: str = "en") -> str:
    answer = party.client(language).get(reverse(f"web:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_buyer_gets_our_account_and_a_reference_and_sees_what_arrived(language: str) -> None:
    ours, party = our_account(), make_buyer()
    post(party, "transfer_new", amount="100.00", currency="CNY")
    transfer = CorporateTransfer.objects.get()
    shown = page(party, "transfer", transfer.public_id, language=language)
    assert grouped(transfer.reference) in shown
    assert grouped(ours.number) in shown
    arrive(ours, entry("60.00", ref="1", rf=transfer.reference))
    assert "40.00" in page(party, "transfer", transfer.public_id, language=language)
    shown = page(party, "money", language=language)
    assert shown.count(reverse("web:transfer", args=[transfer.public_id])) == 2, "in the list and in the statement"
    told = wallet_account(party.company, "CNY")
    first, last = now().date() - timedelta(days=30), now().date()
    statement = statement_of(party.company, told, "wallet", "CNY", first=first, last=last, zone=UTC, by=party.actor)
    assert [each.reference for each in statement.entries] == [transfer.reference]


def test_without_an_account_of_ours_the_page_says_what_to_do() -> None:
    answer = post(make_buyer(), "transfer_new", amount="100.00", currency="CNY")
    assert (answer.status_code, CorporateTransfer.objects.count()) == (422, 0)
    assert "no bank account for this currency" in answer.content.decode()


def test_an_announcement_is_taken_back() -> None:
    our_account()
    party = make_buyer()
    post(party, "transfer_new", amount="100.00", currency="CNY")
    transfer = CorporateTransfer.objects.get()
    post(party, "transfer", transfer.public_id)
    transfer.refresh_from_db()
    assert transfer.status == "cancelled"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_supplier_enters_an_account_waits_and_is_paid(language: str) -> None:
    our_account()
    party = make_supplier()
    earn(party.company, "500.00")
    post(party, "payouts", do="account", **THEIRS)
    account = PayoutAccount.objects.get()
    early = post(party, "payouts", do="payout", account=account.public_id, amount="400.00", currency="CNY")
    assert early.status_code == 422
    confirm_payout_account(account.pk, asked_how="Rang Mr Lin.", by=person())
    with frozen(now() + timedelta(hours=49)):
        post(party, "payouts", do="payout", account=account.public_id, amount="400.00", currency="CNY")
        payout = Payout.objects.get()
        assert payout.number in page(party, "payouts", language=language)
        post(party, "payouts", do="cancel", one=payout.public_id)
    payout.refresh_from_db()
    post(party, "payouts", do="remove", one=account.public_id)
    account.refresh_from_db()
    assert (payout.status, account.status) == ("cancelled", "removed")
