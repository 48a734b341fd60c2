"""What wallets tell."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ServiceAsked(Event):
    """An authorised provider asked for its money; it is paid at once, or waits for the wallet."""

    payment_id: int


@dataclass(frozen=True, slots=True)
class ServicePaid(Event):
    """A provider was paid from the wallet."""

    payment_id: int
