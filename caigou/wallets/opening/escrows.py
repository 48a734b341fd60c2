"""Escrows among the opening balances: orders stand above wallets, and answer for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.kernel.registry import Registry
from caigou.ledger.services import AccountId


@dataclass(frozen=True, slots=True)
class Owing:
    """An order that waits for its money: ``total`` is what its escrow must hold once it is paid."""

    public_id: str
    buyer_id: int
    total: Money


class EscrowDoor(Protocol):
    """What brings money into an escrow that stood in the system before."""

    def find(self, text: str) -> Owing | None:
        """Return the order of this number or public id, if it waits for its whole total and none of it is here."""

    def put_in(self, public_id: str, total: Money, *, by: Actor) -> AccountId:
        """Mark the order as paid, in the caller's work, and return its escrow, which gets ``total`` by the same work.

        Raises ``BadInput`` for an order that was paid or cancelled meanwhile, or costs something else.
        """


ESCROWS: Registry[EscrowDoor] = Registry("Whose escrow is it, and does it wait for this sum?")


def owing(text: str) -> tuple[EscrowDoor, Owing] | None:
    """Return the order of this number that waits for its money, and who answers for it."""
    for door in ESCROWS:
        found = door.find(text)
        if found is not None:
            return door, found
    return None
