"""The outside world of money: what a payment gateway must be able to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol, get_args

from caigou.kernel.money import Money

#: ``unknown`` is a state of its own: it is resolved by asking, never by charging again.
ChargeStatus = Literal["pending", "paid", "failed", "unknown"]
#: ``absent``: the gateway has never heard of this refund. Only then may the same instruction go out once more, under
#: the same key; every other doubt is resolved by asking.
RefundStatus = Literal["pending", "refunded", "refused", "unknown", "absent"]
#: Why a gateway refuses a refund: the payment is too old, its card or account is closed, or something else.
RefusalReason = Literal["", "too_old", "closed", "other"]
About = Literal["charge", "refund"]
SettledKind = Literal["charge", "refund", "fee", "payout"]
SETTLED_KINDS: Final[tuple[SettledKind, ...]] = get_args(SettledKind)


@dataclass(frozen=True, slots=True)
class PaidFrom:
    """The card or account that a charge was paid from, as its gateway reports it.

    ``token`` is the gateway's name for it, the same each time and never its number; ``country`` may be empty.
    """

    kind: Literal["bank", "card", "ewallet"]
    holder: str
    brand: str
    tail: str
    token: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """What the gateway knows of one charge; ``reference`` is ours, ``provider_ref`` its own.

    ``paid_from`` is None where the gateway doesn't report it.
    """

    reference: str
    provider_ref: str
    status: ChargeStatus
    amount: Money
    paid_from: PaidFrom | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """What the gateway knows of one refund; ``reference`` is ours and the key under which it takes effect once."""

    reference: str
    provider_ref: str
    status: RefundStatus
    amount: Money
    reason: RefusalReason = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A webhook whose signature was verified: ``event_id`` is the sender's and unique."""

    event_id: str
    reference: str
    about: About = "charge"


@dataclass(frozen=True, slots=True)
class Settled:
    """One row of a gateway's own statement.

    ``amount`` is what it does to our balance at the gateway before ``fee``: above zero for a charge, below for what
    leaves. ``reference`` is ours for a charge or refund; for a payout what the bank's statement says.
    """

    kind: SettledKind
    reference: str
    provider_ref: str
    day: date
    amount: Money
    fee: Money


class ReportRefused(Exception):
    """A file that is no report of this gateway; ``faults`` says why, in the reader's language."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class BadSignature(Exception):
    """The message is not the gateway's, or too old: refused, nothing stored."""


class PaysByItself(Protocol):
    """What a sandbox can do beside the port."""

    def pay(self, reference: str) -> None:
        """Let the payer of a started charge pay it."""


class Gateway(Protocol):
    """A payment gateway. Each call may be repeated with the same reference."""

    name: str
    is_sandbox: bool

    def start(self, reference: str, amount: Money, return_url: str) -> str:
        """Return the address where the payer pays ``amount``; no money has moved yet."""

    def ask(self, reference: str) -> Charge:
        """Return what became of the charge; raises ``OSError`` when the gateway doesn't answer."""

    def refund(self, reference: str, charge: str, amount: Money) -> Refunded:
        """Send ``amount`` of the charge back to where it was paid from, all or a part.

        ``reference`` is the key: repeated with the same charge and amount it takes effect once and answers the same.
        All refunds of a charge together never pass it. Raises ``OSError`` when the gateway doesn't answer; then
        nobody knows whether it acted.
        """

    def ask_refund(self, reference: str, charge: str) -> Refunded:
        """Return what became of a refund; raises ``OSError`` when the gateway doesn't answer."""

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Incoming:
        """Return what a webhook is about; raises ``BadSignature``."""

    def report(self, day: date) -> bytes | None:
        """Return the gateway's statement of one day that is over, as it writes it; None while it isn't made yet.

        The same day gives the same bytes. Raises ``OSError`` when the gateway doesn't answer.
        """

    def read_report(self, data: bytes) -> Sequence[Settled]:
        """Return the rows of such a file; raises ``ReportRefused``."""
