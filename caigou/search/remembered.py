"""What was worked out for short texts: a catalogue says the same words again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: So many texts are remembered; then it begins anew, which is quicker than to know which was asked for last.
REMEMBERED = 8_000
#: Longer ones don't come again, and would fill the memory.
LONG = 40


class Remembered(dict[str, T]):
    """What ``make`` gives for a text, by the text. Item numbers, which end in a digit, never come again either."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> T:
        made = self._make(text)
        if len(text) < LONG and not text[-1:].isdigit():
            if len(self) >= REMEMBERED:
                self.clear()
            self[text] = made
        return made
