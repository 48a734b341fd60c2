"""Offers of other platforms beside the results (B1, B8): apart from our goods, marked, and never waited for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from caigou.catalogue.pricing import Tier
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.search.offers import Offer, OffersUnavailable
from caigou.search.services import offers as service

pytestmark = pytest.mark.django_db


class Platform:
    """One offer, or none at all."""

    is_sandbox = False

    def __init__(self, name: str, *, works: bool) -> None:
        self.name, self.works = name, works

    def search(self, text: str, *, most: int, seconds: float) -> Sequence[Offer]:
        if not self.works:
            raise OffersUnavailable("down")
        return [
            Offer(
                source=self.name,
                external_id="62",
                title_en="Ceramic <b>mug",
                title_zh="陶瓷马克杯",
                moq=12,
                tiers=(Tier(12, Money(980, "CNY")),),
                sold=1_200,
                href="https://detail.1688.com/offer/62.html",
                fetched_at=now(),
            )
        ]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {"a": Platform("1688", works=True), "b": Platform("Yiwugo", works=False)}
    asking = service.Asking(sources, seconds=0.5)
    monkeypatch.setattr(service, "_asking", lambda: asking)


@pytest.mark.usefixtures("two")
def test_offers_stand_apart_with_source_time_and_not_verified_and_the_missing_one_is_named() -> None:
    body = Client().get("/search/offers/", {"q": "mug"}).content.decode()

    assert "Offers of Yiwugo couldn't be reached just now" in body
    assert "Ceramic &lt;b&gt;mug" in body
    assert "not verified" in body
    assert "fetched" in body
    assert "9.80" in body
    assert 'rel="external noopener noreferrer nofollow"' in body
    part = Client().get("/search/offers/", {"q": "mug"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Ceramic &lt;b&gt;mug" in part


@pytest.mark.usefixtures("two")
def test_the_api_gives_them_apart_from_our_goods() -> None:
    told: Any = Client().get("/api/v1/offers", {"q": "mug"}).json()

    assert [(one["name"], one["reached"]) for one in told["platforms"]] == [("1688", True), ("Yiwugo", False)]
    offer = told["platforms"][0]["offers"][0]
    assert offer["tiers"] == [{"from_quantity": 12, "unit_price": {"amount": "9.80", "currency": "CNY"}}]
    assert offer["provenance"]["source"] == "1688"
    assert offer["provenance"]["verified"] is False
    assert offer["provenance"]["fetched_at"].endswith("Z")
    assert Client().get("/api/v1/offers").status_code == 422
