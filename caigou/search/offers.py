"""What search asks of another platform: its offers for some words (B1). An adapter implements ``OfferSource``.

What comes from there is never mixed with our goods: each datum says where it is from, when it was read, and that
nobody verified it (B8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from caigou.catalogue.pricing import Tier


class OffersUnavailable(OSError):
    """The platform doesn't answer, answers too late, or answers something that is none; says which, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One offer as the platform states it, not verified. ``tiers`` rise by quantity; prices are for one unit."""

    source: str
    external_id: str
    title_en: str
    title_zh: str
    moq: int
    tiers: Sequence[Tier]
    #: Units sold in a month, as the platform states; None when it doesn't.
    sold: int | None
    #: Its page at the platform; empty for a sandbox, which has none.
    href: str
    fetched_at: datetime

    @property
    def title(self) -> str:
        return self.title_en or self.title_zh


class OfferSource(Protocol):
    """A platform. Safe to call from several threads; touches neither the database nor the request."""

    @property
    def name(self) -> str:
        """Its name as people read it, such as 1688."""

    @property
    def is_sandbox(self) -> bool:
        """Whether what it answers is made up."""

    def search(self, text: str, *, most: int, seconds: float) -> Sequence[Offer]:
        """Return its best offers for ``text``, at most ``most``; raises ``OffersUnavailable`` after ``seconds``."""
