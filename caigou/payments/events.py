"""What payments tell."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MoneyArrived(Event):
    """A recharge was credited to its company's wallet."""

    recharge_id: int


@dataclass(frozen=True, slots=True)
class MoneyHeld(Event):
    """What a request asked for is set aside in the payer's wallet, towards the account it named."""

    request_id: int
    purpose: str
    source: str
