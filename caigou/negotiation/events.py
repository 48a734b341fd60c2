"""What negotiation tells."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class InquirySent(Event):
    inquiry_id: int


@dataclass(frozen=True, slots=True)
class OfferMade(Event):
    offer_id: int


@dataclass(frozen=True, slots=True)
class OfferAccepted(Event):
    offer_id: int


@dataclass(frozen=True, slots=True)
class OfferExpired(Event):
    offer_id: int
