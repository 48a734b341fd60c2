"""Events, handlers and calls for the tests of this package; also the table that a test's worker process uses.

Their effects are rows of Django's session table: the tests of a low floor may not touch the apps above it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.db import IntegrityError

from caigou.jobs.calls import CallFunction
from caigou.jobs.outbox import Handler, publish, together
from caigou.kernel.clock import now
from caigou.kernel.events import Event
from caigou.kernel.ids import new_public_id

#: Where handlers and calls of a worker process write what no rollback takes back.
LOG = "CAIGOU_TEST_LOG"


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Something to note."""

    number: int


@dataclass(frozen=True, slots=True)
class Slow(Event):
    """Something that takes a while to note, so that a kill can hit the middle."""

    number: int


@dataclass(frozen=True, slots=True)
class Chained(Event):
    """Something that makes others noted."""

    number: int


@dataclass(frozen=True, slots=True)
class Gathered(Event):
    """Something that is noted together with others of its kind."""

    number: int


@dataclass(frozen=True, slots=True)
class Unheard(Event):
    """Something that nobody hears."""


#: Numbers whose handler fails, as long as they stand here.
poison: set[int] = set()


def effect(number: int) -> None:
    Session.objects.create(session_key=new_public_id(), session_data=str(number), expire_date=now())


def effects() -> list[int]:
    """Every effect there is, in no order; a double effect is there twice."""
    return sorted(int(text) for text in Session.objects.values_list("session_data", flat=True))


def note(event: Noted) -> None:
    effect(event.number)
    if event.number in poison:
        raise ValueError(f"{event.number} is poison")


def note_too(event: Noted) -> None:
    effect(event.number + 1_000_000)


def break_the_transaction(event: Noted) -> None:
    """Fails in the database itself, which leaves the handler's part of the transaction unusable."""
    if event.number in poison:
        Session.objects.create(session_key="same", session_data="0", expire_date=now())
        Session.objects.create(session_key="same", session_data="0", expire_date=now())
        raise AssertionError(IntegrityError)


def note_slowly(event: Slow) -> None:
    _log(f"begun {event.number}")
    effect(event.number)
    time.sleep(0.02)
    _log(f"ended {event.number}")


def pass_on(event: Chained) -> None:
    for number in range(event.number):
        publish(Noted(number))


#: How many were heard at once, each time.
gathered: list[int] = []


@together
def note_together(events: Sequence[Gathered]) -> None:
    gathered.append(len(events))
    for event in events:
        effect(event.number)
        if event.number in poison:
            raise ValueError(f"{event.number} is poison")


HEARS: Mapping[type[Event], tuple[Handler, ...]] = {
    Noted: (note, note_too, break_the_transaction),
    Slow: (note_slowly,),
    Chained: (pass_on,),
    Gathered: (note_together,),
}

#: (name, key) of every call made in this process.
made: list[tuple[str, str]] = []
#: What a call does beside being noted; set by the test.
during: dict[str, Any] = {}


def call_out(payload: dict[str, Any], key: str) -> None:
    made.append((payload["name"], key))
    if "do" in during:
        during["do"](payload, key)


def call_slowly(payload: dict[str, Any], key: str) -> None:
    _log(f"{payload['name']} {key}")
    time.sleep(30)


CALLS: Mapping[str, CallFunction] = {"test.call_out": call_out, "test.call_slowly": call_slowly}
#: No deadlines here.
CLOCKS: tuple[Any, ...] = ()


def _log(line: str) -> None:
    """One short write to a file opened for appending: two processes never mix their lines."""
    path = os.environ.get(LOG)
    if path:
        with Path(path).open("a") as log:
            log.write(line + "\n")
