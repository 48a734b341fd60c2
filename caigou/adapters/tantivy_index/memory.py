"""Answers that are kept until the index changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

#: So many are kept of each kind; then it begins anew. The counts of one question are some kilobytes in each process.
REMEMBERED = 1_000

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
