"""Answers that are kept until the index changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

#: So many are kept of each kind; then it begins anew. The counts of one question are some kilobytes in each process.
REMEMBERED = 300

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
    """Answers of very different size: ``most`` in all by ``weight``, and ``count`` of them; then it begins anew."""

    def __init__(self, most: int, count: int, weight: Callable[[_T], int]) -> None:
        self._most, self._count, self._weight = most, count, weight
        self._known: dict[Hashable, _T] = {}
        self._sum = 0

    def answer(self, question: Hashable, work_out: Callable[[], _T]) -> _T:
        """Return what was remembered of ``question``, else work it out."""
        known = self._known  # whoever begins anew does so with another one
        if question in known:
            return known[question]
        found = work_out()
        self._sum += self._weight(found)
        if self._sum > self._most or len(known) >= self._count:
            known = self._known = {}
            self._sum = self._weight(found)
        known[question] = found
        return found
