"""What orders tell."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.kernel.events import Event


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCompleted(Event):
    order_id: int


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    order_id: int
