"""Answers that are kept until the index changes, and longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

#: So many are kept of each kind; then it begins anew. The counts of one question are some twelve kilobytes in each
#: process, and cheap to count again.
REMEMBERED = 100

_T = TypeVar("_T")


class Memory(dict[Hashable, _T]):
    """The latest answers. Threads may both work out the same one: the second finds it made again, no harm."""

    def answer(self, question: Hashable, work_out: Callable[[], _T]) -> _T:
        """Return what was remembered of ``question``, else work it out."""
        known = self.get(question)
        if known is None:
            known = work_out()
            if len(self) >= REMEMBERED:
                self.clear()
            self[question] = known
        return known


class Weighed(Generic[_T]):
    """What was asked for last, things of very different size: at most ``count`` of them, ``most`` in all by weight."""

    def __init__(self, most: int, count: int, weight: Callable[[_T], int]) -> None:
        self._most, self._count, self._weight = most, count, weight
        self._known: dict[Hashable, _T] = {}
        self._sum = 0
        self._lock = threading.Lock()

    def get(self, name: Hashable) -> _T | None:
        """Return what is kept under ``name``; it was asked for last now."""
        with self._lock:
            found = self._known.pop(name, None)
            if found is not None:
                self._known[name] = found
            return found

    def put(self, name: Hashable, thing: _T) -> None:
        """Keep ``thing``; what wasn't asked for the longest goes where there are too many."""
        with self._lock:
            self._drop(name)
            self._known[name] = thing
            self._sum += self._weight(thing)
            while len(self._known) > 1 and (self._sum > self._most or len(self._known) > self._count):
                self._drop(next(iter(self._known)))

    def _drop(self, name: Hashable) -> None:
        gone = self._known.pop(name, None)
        if gone is not None:
            self._sum -= self._weight(gone)

    def answer(self, name: Hashable, work_out: Callable[[], _T]) -> _T:
        """Return what is kept under ``name``, else work it out and keep it."""
        found = self.get(name)
        if found is None:
            found = work_out()
            self.put(name, found)
        return found
