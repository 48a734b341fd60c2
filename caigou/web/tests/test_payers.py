"""Who paid, as the gateway reports it: shown to the buyer, decided on by staff (A11)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from caigou.jobs.calls import make_due
from caigou.payments.models import Recharge
from caigou.payments.tests.purses import purse
from tests.support.factories import Party, make_buyer, make_staff

pytestmark = pytest.mark.django_db


def paid(buyer: Party, holder: str) -> Recharge:
    """Recharge and pay on the sandbox's page with a card of ``holder``."""
    client = buyer.client()
    client.post(reverse("web:recharge"), {"amount": "80.00", "currency": "CNY", "gateway": "sandbox"})
    recharge = Recharge.objects.latest("pk")
    page = reverse("sandbox:pay", args=[recharge.public_id])
    assert 'name="holder"' in client.get(page).content.decode()
    client.post(page, {"decision": "pay", "holder": holder}, follow=True)
    make_due()
    recharge.refresh_from_db()
    return recharge


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_another_name_is_said_to_the_buyer_and_decided_by_staff(language: str) -> None:
    buyer, staff = make_buyer(), make_staff()
    recharge = paid(buyer, "Somebody Else")
    client = buyer.client(language)
    assert "Somebody Else" in client.get(reverse("web:recharge_state", args=[recharge.public_id])).content.decode()
    assert "Somebody Else" in client.get(reverse("web:instruments")).content.decode()
    wallets = staff.client(language)
    assert "80.00" in wallets.get(reverse("console:wallets")).content.decode()
    here = reverse("console:instrument_review", args=[recharge.paid_from.instrument.public_id])
    wallets.post(here, {"decision": "refuse", "reason": "Nobody of theirs."})
    recharge.refresh_from_db()
    assert recharge.status == "returned"
    assert "Nobody of theirs." in client.get(reverse("web:recharge_state", args=[recharge.public_id])).content.decode()
    again = paid(buyer, "Somebody Else")
    assert again.public_id in wallets.get(reverse("console:wallets")).content.decode()
    wallets.post(
        reverse("console:apart_decide", args=[again.public_id]), {"decision": "accept", "reason": "After all."}
    )
    assert purse(buyer.company)[0] == "80.00"


def test_the_companys_own_name_is_credited_at_once() -> None:
    buyer = make_buyer()
    assert paid(buyer, buyer.company.name_en).status == "paid"
