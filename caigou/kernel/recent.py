"""A value that every process remembers for some seconds, so that a page need not ask the database for it again.

For what is read on every page and changes rarely: settings, exchange rates. Another process sees a change after at
most ``seconds``; the one that made it, at once, when it calls ``forget``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """What ``load`` returned at most ``seconds`` ago; any number of threads may ask."""

    def __init__(self, load: Callable[[], T], *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._load, self._seconds, self._clock = load, seconds, clock
        self._lock = threading.Lock()
        self._held: tuple[T, float] | None = None
        self._changes = 0

    def __call__(self) -> T:
        held = self._held
        if held is not None and self._clock() < held[1]:
            return held[0]
        changes = self._changes
        value = self._load()
        with self._lock:
            # What was loaded before somebody forgot must not outlive that.
            if changes == self._changes:
                self._held = (value, self._clock() + self._seconds)
        return value

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._changes += 1
            self._held = None

    def hold(self, value: T) -> None:
        """Remember ``value`` until somebody forgets it; for tests, whose tables are known to be empty."""
        with self._lock:
            self._held = (value, float("inf"))
