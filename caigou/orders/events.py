"""What orders tell."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """A buyer ordered under a sealed offer; the money is not there yet."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """The order's total is in its escrow: the supplier can start."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    """A carrier has the goods, and the clock of the confirmation runs."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCompleted(Event):
    """Receipt was confirmed, by the buyer or by the clock; the escrow went to the supplier."""

    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """One side cancelled before shipping; what was paid went back to the wallet."""

    order_id: int
