"""Gateways on the console: reports taken in, differences worked by two."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from caigou.payments.settlements.models import GatewayDifference, GatewayReport
from caigou.payments.settlements.plain import HEADER
from caigou.payments.tests.purses import buyer, purse
from tests.support.factories import Party, make_staff
from tests.support.world import colleague_of

pytestmark = pytest.mark.django_db
STRANGER = "charge,nobodys,ch_77,2026-01-02,CNY,6000.00,36.00"


@pytest.fixture
def mei() -> Party:
    return make_staff()


def upload(party: Party, *lines: str) -> Any:
    data = "\n".join([",".join(HEADER), *lines, ""]).encode()
    form = {"gateway": "sandbox", "day": "2026-01-02", "file": SimpleUploadedFile("r.csv", data)}
    return party.client().post(reverse("console:gateways"), form, follow=True)


def page(party: Party, name: str, *args: str, language: str = "en") -> str:
    answer = party.client(language).get(reverse(f"console:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_report_at_fault_names_its_line(mei: Party) -> None:
    answer = upload(mei, "gift,a,b,2026-01-02,CNY,1.00,0")
    assert (answer.status_code, GatewayReport.objects.count()) == (422, 0)
    assert "Line 2" in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_difference_is_shown_and_worked_by_two_above_the_limit(mei: Party, language: str) -> None:
    park, lin = buyer("Park"), colleague_of(mei)
    upload(mei, STRANGER, "payout,SBX20260102CNY,,2026-01-02,CNY,-5964.00,0")
    found = GatewayDifference.objects.get()
    shown = page(mei, "gateways", language=language)
    assert "SBX20260102CNY" in shown
    assert found.public_id in shown
    here = reverse("console:gateway_difference", args=[found.public_id])
    assert "ch_77" in page(mei, "gateway_difference", found.public_id, language=language)
    form = {"do": "ask", "how": "credit", "reason": "Their slip."}
    assert mei.client().post(here, form).status_code == 422
    mei.client().post(here, {**form, "company": "Park"})
    mei.client().post(here, {"do": "agree"})
    assert purse(park)[0] == "0.00"
    assert "Their slip." in page(lin, "gateway_difference", found.public_id, language=language)
    lin.client().post(here, {"do": "agree"})
    assert purse(park)[0] == "6000.00"
