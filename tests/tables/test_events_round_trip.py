"""Events are stored as plain JSON and come back as they were."""

from __future__ import annotations

import dataclasses
import json
from typing import get_type_hints

import pytest

import caigou.config.events  # noqa: F401  imports every app that tells something
from caigou.kernel.events import Event, event_kind, known_events
from caigou.orders.events import OrderPaid
from caigou.payments.events import MoneyHeld

KINDS = [cls.kind for cls in known_events()]
_EXAMPLES: dict[object, object] = {int: 7, str: "采购 \u2028 ü", bool: True, list[int]: [1, 2, 3]}


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_survives_its_journey_through_json(kind: str) -> None:
    cls = event_kind(kind)
    event = cls(**{name: _EXAMPLES[hint] for name, hint in _fields(cls).items()})
    stored = json.loads(json.dumps(event.to_dict()))
    assert event_kind(event.kind).from_dict(stored) == event


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_frozen_and_named_after_its_app(kind: str) -> None:
    cls = event_kind(kind)
    assert cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert kind == f"{cls.__module__.split('.')[1]}.{cls.__name__}"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        event_kind("orders.OrderVanished")


def test_the_kind_belongs_to_the_class_that_code_uses() -> None:
    """A slotted dataclass is made twice; the table must hold the second one."""
    assert event_kind("orders.OrderPaid") is OrderPaid
    assert event_kind("payments.MoneyHeld") is MoneyHeld
    assert issubclass(OrderPaid, Event)


def test_a_stored_event_with_another_shape_is_refused() -> None:
    with pytest.raises(TypeError):
        OrderPaid.from_dict({"order_id": 1, "amount": 2})
    with pytest.raises(TypeError):
        OrderPaid.from_dict({})


def _fields(cls: type[Event]) -> dict[str, object]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}
