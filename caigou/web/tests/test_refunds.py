"""A buyer asks for a recharge back and follows it; an order's shortfall by bank transfer (D5, A14)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from caigou.files.models import Picture
from caigou.jobs.calls import make_due
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.payments.bank.models import BankLine, CorporateTransfer
from caigou.payments.bank.services.receipts import answer_receipt, enter_receipt
from caigou.payments.bank.tests.banking import announced, arrive, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.models import Recharge
from caigou.payments.payouts.models import Payout, PayoutAccount
from caigou.payments.refunds.models import Refund
from caigou.payments.refunds.services.ask import agree_refund
from caigou.payments.tests.purses import purse
from tests.support.factories import Party, make_buyer, make_deal

pytestmark = pytest.mark.django_db
THEIRS = {"holder": "Park", "number": "12345678", "bank_name": "ANZ", "bic": "ANZBAU3M", "country": "AU"}


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


def send(party: Party, name: str, *args: str, **form: Any) -> Any:
    return party.client().post(reverse(f"web:{name}", args=args), form, follow=True)


def page(party: Party, name: str, *args: str, language: str = "en") -> str:
    answer = party.client(language).get(reverse(f"web:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def paid_in(party: Party, amount: str = "100.00") -> Recharge:
    """Recharge through the sandbox and its page."""
    send(party, "recharge", amount=amount, currency="CNY", gateway="sandbox")
    recharge = Recharge.objects.latest("pk")
    party.client().post(reverse("sandbox:pay", args=[recharge.public_id]), {"decision": "pay"}, follow=True)
    make_due()
    return recharge


def asked(party: Party, amount: str, fallback: str = "wallet") -> Refund:
    send(party, "refund_new", paid_in(party).public_id, amount=amount, fallback=fallback, words="Paid twice.")
    return Refund.objects.latest("pk")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_buyer_asks_for_a_recharge_back_and_sees_how_it_stands(buyer: Party, language: str) -> None:
    refund = asked(buyer, "40.00")
    assert purse(buyer.company) == ("100.00", "60.00")
    assert "Paid twice." in page(buyer, "refund", refund.public_id, language=language)
    agree_refund(refund.pk, by=person())
    make_due()
    refund.refresh_from_db()
    assert (refund.status, purse(buyer.company)) == ("done", ("60.00", "60.00"))
    assert page(buyer, "refund", refund.public_id, language=language)
    assert reverse("web:refund", args=[refund.public_id]) in page(buyer, "money", language=language)
    assert "60.00" in page(buyer, "refunds", language=language)


def test_more_than_is_left_is_refused_with_a_sentence(buyer: Party) -> None:
    answer = send(buyer, "refund_new", paid_in(buyer).public_id, amount="100.01", fallback="wallet")
    assert answer.status_code == 422
    assert "can be sent back at most" in answer.content.decode()


def test_a_request_is_taken_back(buyer: Party) -> None:
    refund = asked(buyer, "40.00")
    send(buyer, "refund", refund.public_id, do="withdraw")
    assert purse(buyer.company) == ("100.00", "100.00")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_of_a_refused_one_the_buyer_says_where_it_goes(buyer: Party, language: str) -> None:
    refund = asked(buyer, "40.02", "bank")
    agree_refund(refund.pk, by=person())
    make_due()
    shown = page(buyer, "refund", refund.public_id, language=language)
    assert 'value="keep"' in shown
    send(buyer, "refund", refund.public_id, do="account", currency="CNY", **THEIRS)
    assert PayoutAccount.objects.get().company == buyer.company
    assert "ANZ" in page(buyer, "refund", refund.public_id, language=language)
    send(buyer, "refund", refund.public_id, do="keep")
    assert purse(buyer.company) == ("100.00", "100.00")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_came_by_bank_transfer_is_asked_back_and_taken_back(buyer: Party, language: str) -> None:
    ours = our_account()
    reference = announced(buyer.company, "100.00").reference
    arrive(ours, entry("100.00", rf=reference, name="Pine", number="DE75512108001245126199"))
    line = BankLine.objects.get()
    assert "DE75512108001245126199" in page(buyer, "refunds", language=language)
    send(buyer, "line_back", line.public_id, amount="200.00")
    assert Payout.objects.count() == 0
    send(buyer, "line_back", line.public_id, amount="60.00")
    payout = Payout.objects.get()
    assert purse(buyer.company) == ("100.00", "40.00")
    assert payout.public_id in page(buyer, "refunds", language=language)
    send(buyer, "line_back", line.public_id, do="cancel", one=payout.public_id)
    assert purse(buyer.company) == ("100.00", "100.00")


def test_a_cancelled_order_leads_on_to_the_source_where_that_was_chosen(buyer: Party) -> None:
    order = make_deal(buyer=buyer).place_paid()
    answer = send(buyer, "order_cancel", order.public_id, reason="No longer needed.", refund="source")
    there, _status = answer.redirect_chain[-1]
    assert there == f"{reverse('web:refunds')}?amount={order.total.amount}&currency=CNY"


def test_what_an_order_lacks_is_paid_by_bank_transfer_without_typing_anything(buyer: Party) -> None:
    our_account()
    order = make_deal(buyer=buyer).place()
    send(buyer, "order_pay", order.public_id, expected=order.total_minor, transfer="yes")
    transfer = CorporateTransfer.objects.get()
    assert transfer.amount == order.total
    here = reverse("web:transfer", args=[transfer.public_id])
    assert here in page(buyer, "order", order.public_id)
    send(buyer, "transfer", transfer.public_id)  # taken back
    shown = page(buyer, "order", order.public_id)
    assert here not in shown
    assert f'name="amount" value="{order.total.amount}"' in shown
    answer = send(buyer, "transfer_new", amount=order.total.amount, currency="CNY", next=transfer.next_page)
    assert CorporateTransfer.objects.latest("pk").next_page == reverse("web:order", args=[order.public_id])
    assert "Write this reference" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_receipt_entered_by_hand_can_be_asked_back_once_the_bank_has_told_of_it(buyer: Party, language: str) -> None:
    ours, day = our_account(), now().date()
    picture = Picture.objects.create(sha256="0" * 64, width=100, height=100)
    told: dict[str, Any] = {"day": day, "note": "Seen in the portal.", "picture": picture, "payer_name": "Park"}
    receipt = enter_receipt(ours, buyer.company, Money(100_00, "CNY"), by=person(), **told)
    answer_receipt(receipt.pk, agree=True, by=person())
    shown = page(buyer, "refunds", language=language)
    assert "¥100.00" in shown
    assert "/money/refunds/transfers/" not in shown
    arrive(ours, entry("100.00", ref="IN", name="Park", number="DE75512108001245126199", day=day.isoformat()))
    line = BankLine.objects.get()
    assert reverse("web:line_back", args=[line.public_id]) in page(buyer, "refunds", language=language)
    send(buyer, "line_back", line.public_id, amount="60.00")
    assert Payout.objects.get().number == "DE75512108001245126199"
    assert purse(buyer.company) == ("100.00", "40.00")
