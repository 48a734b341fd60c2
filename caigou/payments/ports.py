"""The outside world of money: what a payment gateway must be able to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from caigou.kernel.money import Money

#: ``unknown`` is a state of its own: it is resolved by asking, never by charging again.
ChargeStatus = Literal["pending", "paid", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Charge:
    """What the gateway knows of one charge; ``reference`` is ours, ``provider_ref`` its own."""

    reference: str
    provider_ref: str
    status: ChargeStatus
    amount: Money


@dataclass(frozen=True, slots=True)
class Incoming:
    """A webhook whose signature was verified: ``event_id`` is the sender's and unique."""

    event_id: str
    reference: str


class BadSignature(Exception):
    """The message is not the gateway's, or too old: refused, nothing stored."""


class Gateway(Protocol):
    """A payment gateway. Each call may be repeated with the same reference."""

    name: str
    is_sandbox: bool

    def start(self, reference: str, amount: Money, return_url: str) -> str:
        """Return the address where the payer pays ``amount``; no money has moved yet."""

    def ask(self, reference: str) -> Charge:
        """Return what became of the charge; raises ``OSError`` when the gateway doesn't answer."""

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Incoming:
        """Return what a webhook is about; raises ``BadSignature``."""
