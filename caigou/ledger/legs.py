"""The parts of a posting, as values: what a service hands to ``post``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json import dumps
from typing import Any, Literal, NewType

from caigou.kernel.money import Money

AccountId = NewType("AccountId", int)
JournalId = NewType("JournalId", int)
TransferId = NewType("TransferId", int)
#: The id of the transfer that placed the hold.
HoldId = NewType("HoldId", int)

LegKind = Literal["P", "H", "C", "R"]


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer of a posting.  Made by the four functions below, which ask for what each kind needs.

    ``code`` says what this leg is among the others of its journal, such as ``fee``.
    """

    kind: LegKind
    code: str
    money: Money | None = None
    debit: AccountId | None = None
    credit: AccountId | None = None
    hold_id: HoldId | None = None
    expires_at: datetime | None = None
    reverses: TransferId | None = None

    def __post_init__(self) -> None:
        """Refuse what the database would refuse, where the fault is easier to find."""
        if self.money is not None and self.money.minor <= 0:
            raise ValueError(f"a leg moves a positive amount, not {self.money}")
        if self.debit is not None and self.debit == self.credit:
            raise ValueError(f"a leg goes from one account to another, not from {self.debit} to itself")
        if self.expires_at is not None and self.expires_at.tzinfo is None:
            raise ValueError("a deadline needs a zone")

    @classmethod
    def transfer(
        cls, debit: AccountId, credit: AccountId, money: Money, code: str, *, reverses: TransferId | None = None
    ) -> Leg:
        """Move ``money`` at once.  ``reverses`` takes an older transfer back: mirrored, in full, and only once."""
        return cls("P", code, money, debit, credit, reverses=reverses)

    @classmethod
    def hold(
        cls, debit: AccountId, credit: AccountId, money: Money, code: str, *, expires_at: datetime | None = None
    ) -> Leg:
        """Set ``money`` aside towards ``credit``; nobody else can spend it until it is captured or released."""
        return cls("H", code, money, debit, credit, expires_at=expires_at)

    @classmethod
    def capture(cls, hold_id: HoldId, code: str, *, amount: Money | None = None) -> Leg:
        """Move held money where it was held to: ``amount``, or all that is left."""
        return cls("C", code, amount, hold_id=hold_id)

    @classmethod
    def release(cls, hold_id: HoldId, code: str, *, amount: Money | None = None) -> Leg:
        """Give held money back to whom it was taken from: ``amount``, or all that is left."""
        return cls("R", code, amount, hold_id=hold_id)

    def to_json(self) -> dict[str, Any]:
        """Return the shape that ``ledger.post`` reads; fields that don't apply are left out."""
        fields = {
            "kind": self.kind,
            "code": self.code,
            "amount": self.money and self.money.minor,
            "currency": self.money and self.money.currency,
            "debit": self.debit,
            "credit": self.credit,
            "hold": self.hold_id,
            "expires_at": _moment(self.expires_at),
            "reverses": self.reverses,
        }
        return {name: value for name, value in fields.items() if value is not None}


def request_hash(
    purpose: str, source: str, legs: Sequence[Leg], *, effective_at: datetime | None, reason: str | None
) -> bytes:
    """Return the 32 bytes by which the ledger knows a repeat from another request under the same key.

    They cover what was asked, not what came of it: who asked, when, and how much "all that is left" was may differ.
    Never change this: the keys are kept for ever.
    """
    request = {
        "purpose": purpose,
        "source": source,
        "legs": [leg.to_json() for leg in legs],
        "effective_at": _moment(effective_at),
        "reason": reason,
    }
    return sha256(dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()).digest()


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None
