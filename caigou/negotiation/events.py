"""What negotiation tells."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class InquirySent(Event):
    """A buyer asked a supplier for an offer."""

    inquiry_id: int


@dataclass(frozen=True, slots=True)
class OfferMade(Event):
    """A supplier answered with binding terms, or replaced those of an earlier round."""

    offer_id: int


@dataclass(frozen=True, slots=True)
class OfferAccepted(Event):
    """The buyer accepted, and the terms were sealed."""

    offer_id: int


@dataclass(frozen=True, slots=True)
class OfferExpired(Event):
    """Nobody answered an offer while it was valid; the supplier may make another."""

    offer_id: int
