"""Terms and ways on that no form of ours would send."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from caigou.kernel.errors import BadInput
from caigou.negotiation.models import Offer
from caigou.payments.models import Recharge
from tests.support.factories import make_buyer, make_inquiry, make_open_offer, make_product, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ELSEWHERE = ["/a\x00b", "/a\nb", "//evil.test/", "/\\evil.test", "/\t/evil.test", "https://evil.test", "javascript:x",
             "web:me", "/" + "a" * 5_000, "\x00/", "/\u2028"]  # fmt: skip


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1), date(2090, 1, 1)])
def test_nobody_promises_a_day_that_nobody_sees(day: date) -> None:
    supplier = make_supplier()
    inquiry = make_inquiry(make_buyer(), make_product(supplier))

    with pytest.raises(BadInput) as refused:
        make_open_offer(inquiry, supplier, deliver_by=day)

    assert "deliver_by" in refused.value.fields
    assert not Offer.objects.exists()


@pytest.mark.parametrize("wanted", ELSEWHERE, ids=ascii)
def test_a_form_leads_nowhere_else(wanted: str) -> None:
    client = make_buyer().client()

    answer = client.post(reverse("web:language"), {"language": "en", "next": wanted})

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("web:home"))


@pytest.mark.parametrize("wanted", [one for one in ELSEWHERE if "\n" not in one], ids=ascii)
def test_a_recharge_keeps_no_way_elsewhere(wanted: str) -> None:
    client = make_buyer().client()
    form = {"amount": "10.00", "currency": "CNY", "gateway": "sandbox", "next": wanted}

    answer = client.post(reverse("web:recharge"), form)

    assert answer.status_code == 302
    assert Recharge.objects.get().next_page == ""
