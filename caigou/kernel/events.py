"""Facts that go up: a frozen dataclass of ids and plain values, stored before anybody hears of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Self

_KINDS: dict[str, type[Event]] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Subclasses hold ids and plain JSON values only, never an object of the database."""

    kind: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # With slots=True the class statement runs twice, once for the original and once for the slotted copy:
        # the later one must win, since it is the one that the code will use.
        super(Event, cls).__init_subclass__(**kwargs)
        package = cls.__module__.removeprefix("caigou.").split(".")[0]
        cls.kind = f"{package}.{cls.__name__}"
        _KINDS[cls.kind] = cls

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


def event_kind(name: str) -> type[Event]:
    """Return the event class of a stored name; raises ``KeyError`` for one that no code knows."""
    return _KINDS[name]


def known_events() -> list[type[Event]]:
    """Return every event class that was imported, by kind; those of tests left out."""
    return [_KINDS[kind] for kind in sorted(_KINDS) if ".tests." not in _KINDS[kind].__module__]
