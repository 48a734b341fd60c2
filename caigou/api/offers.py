"""Offers of other platforms over the API: apart from our goods, each with its source, its time and "not verified"."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from ninja import Field, Schema
from pydantic import BaseModel

from caigou.api.schemas import ProvenanceOut, TierOut
from caigou.search.offers import Offer
from caigou.search.services.offers import offers_elsewhere


class OffersIn(BaseModel):
    """What to look for at other platforms (B1)."""

    q: str = Field(min_length=1, max_length=200, description="Words, English or Chinese.")


class OfferOut(Schema):
    """An offer as its platform states it. Nobody here checked it, and it can't be ordered here."""

    id: str = Field(description="Its id at the platform.")
    title_en: str
    title_zh: str
    moq: int
    tiers: list[TierOut]
    sold: int | None = Field(description="Units in a month, as the platform states.")
    provenance: ProvenanceOut


class PlatformOut(Schema):
    name: str
    sandbox: bool = Field(description="Whether its offers are made up.")
    reached: bool = Field(description="False when it didn't answer in time; the others did.")
    offers: list[OfferOut]


class OffersOut(Schema):
    platforms: list[PlatformOut] = Field(description="Empty where the house asks no other platform.")


def offers_json(asked: OffersIn) -> dict[str, Any]:
    """Return what ``OffersOut`` describes; waits as long as the house's deadline at most."""
    return {
        "platforms": [
            {
                "name": answer.name,
                "sandbox": answer.is_sandbox,
                "reached": answer.reached,
                "offers": [_offer(offer) for offer in answer.offers],
            }
            for answer in offers_elsewhere(asked.q)
        ]
    }


def _offer(offer: Offer) -> dict[str, Any]:
    moment = offer.fetched_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    tiers = [{"from_quantity": tier.from_quantity, "unit_price": tier.unit_price.to_json()} for tier in offer.tiers]
    return {
        "id": offer.external_id,
        "title_en": offer.title_en,
        "title_zh": offer.title_zh,
        "moq": offer.moq,
        "tiers": tiers,
        "sold": offer.sold,
        "provenance": {"source": offer.source, "href": offer.href, "fetched_at": moment, "verified": False},
    }
