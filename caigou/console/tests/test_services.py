"""Services that the house charges to a buyer's wallet under the buyer's authorisation (A14, B9)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from caigou.jobs.calls import make_due
from caigou.jobs.outbox import deliver_due
from caigou.kernel.money import Money
from caigou.ledger.services import check_books
from caigou.ledger.trial import trial_balance
from caigou.payments.services.ask import meet_all_waiting
from caigou.payments.services.wallet import available
from caigou.wallets.models import Authorisation, ServicePayment
from caigou.wallets.services.authorise import authorise, revoke
from tests.support.factories import Party, fund, make_buyer, make_deal, make_staff
from tests.support.world import without_rights

pytestmark = pytest.mark.django_db


def yuan(whole: int) -> Money:
    return Money(whole * 100, "CNY")


@pytest.fixture
def mei() -> Party:
    return make_staff()


@pytest.fixture
def buyer() -> Party:
    return make_buyer("Park Hotels")


@pytest.fixture
def word(buyer: Party) -> Authorisation:
    """At most 50 a payment and 80 a month for freight."""
    return authorise(buyer.company, service="logistics", each=yuan(50), month=yuan(80), by=buyer.actor)


def opened(mei: Party, word: Authorisation) -> dict[str, Any]:
    """The form as the page gives it, with its key."""
    shown = mei.client().get(reverse("console:service_new"), {"to": word.public_id}).content.decode()
    found = re.search(r'name="once" value="(\w+)"', shown)
    assert found
    return {"to": word.public_id, "once": found.group(1), "amount": "50", "words": "Freight to Hamburg"}


def send(mei: Party, form: dict[str, Any]) -> str:
    return mei.client().post(reverse("console:service_new"), form, follow=True).content.decode()


def fees() -> list[Money]:
    """What the house earned, by currency; an account in which nothing was booked is left out."""
    return [line.credits - line.debits for line in trial_balance() if line.kind == "fee_revenue" and line.credits]


def test_a_charge_is_paid_once_is_income_of_the_house_and_the_buyer_reads_what_it_was_for(
    mei: Party, buyer: Party, word: Authorisation, mailoutbox: list[EmailMessage]
) -> None:
    deal = make_deal(buyer=buyer)
    order = deal.place()
    fund(buyer, yuan(60))
    form = {**opened(mei, word), "order": order.number, "told": "40"}
    for _click in range(2):
        assert "Freight to Hamburg" in send(mei, form)
    assert (available(buyer.company, "CNY"), fees()) == (yuan(10), [yuan(50)])
    assert check_books().balanced
    deliver_due()
    make_due()
    shown = buyer.client().get(reverse("web:authorisations")).content.decode()
    for words in ("Freight to Hamburg", order.number, "¥40.00", "¥50.00"):
        assert words in shown
    (letter,) = (one for one in mailoutbox if one.to == [buyer.user.email] and "Freight" in one.body)
    assert order.number in letter.body


def test_a_short_wallet_lets_it_wait_whole_and_what_waits_is_taken_back(
    mei: Party, buyer: Party, word: Authorisation
) -> None:
    fund(buyer, yuan(49))
    send(mei, opened(mei, word))
    page = reverse("console:services")
    client = mei.client()
    assert "Freight to Hamburg" in client.get(page, {"state": "waiting"}).content.decode()
    assert "Freight to Hamburg" not in client.get(page, {"state": "paid"}).content.decode()
    assert "¥30.00" in client.get(reverse("console:service_new")).content.decode(), "left this month"
    client.post(page, {"service": ServicePayment.objects.get().public_id})
    assert "¥30.00" not in client.get(reverse("console:service_new")).content.decode()
    fund(buyer, yuan(50))
    meet_all_waiting()
    deliver_due()
    assert (available(buyer.company, "CNY"), fees()) == (yuan(99), [])


def test_what_waited_is_paid_when_money_arrives_and_stays_paid(mei: Party, buyer: Party, word: Authorisation) -> None:
    send(mei, opened(mei, word))
    fund(buyer, yuan(50))
    meet_all_waiting()
    deliver_due()
    assert (available(buyer.company, "CNY"), fees()) == (yuan(0), [yuan(50)])
    found = ServicePayment.objects.get()
    answer = mei.client().post(reverse("console:services"), {"service": found.public_id}, follow=True)
    assert "be taken back. Nothing was changed" in answer.content.decode()
    assert fees() == [yuan(50)]


def test_refusals_say_how_to_mend(mei: Party, buyer: Party, word: Authorisation) -> None:
    fund(buyer, yuan(500))
    form, foreign = opened(mei, word), make_deal().place()
    assert "no such order" in send(mei, {**form, "order": foreign.number})
    assert "Charge less" in send(mei, {**form, "amount": "51"})
    assert "above zero" in send(mei, {**form, "amount": "-1"})
    assert not ServicePayment.objects.exists()
    send(mei, form)
    assert "Open a new one" in send(mei, {**form, "amount": "20"}), "a used key charges nothing else"
    assert "Open a new one" in send(mei, {**form, "words": "Customs in Hamburg"}), "nor says so"
    assert "Charge less" in send(mei, {**opened(mei, word), "amount": "31"}), "of the month 30 are left"
    form = opened(mei, word)
    revoke(word, by=buyer.actor)
    assert "Ask the buyer for a new one" in send(mei, {**form, "amount": "10"})
    assert fees() == [yuan(50)]


def test_without_the_right_of_finance_nothing_is_charged(mei: Party, word: Authorisation) -> None:
    clerk = without_rights(mei).client()
    assert clerk.post(reverse("console:service_new"), opened(mei, word)).status_code == 403
    assert not ServicePayment.objects.exists()
