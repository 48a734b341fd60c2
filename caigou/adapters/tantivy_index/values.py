"""Words of the columns as numbers: the engine hands out columns of numbers in one go, columns of words not at all.

Each generation has its own list, written before the commit that needs it: a reader of that commit finds every number.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

#: The file beside the index.
NAME = "values.json"
#: The first word of each list: what a qualification that has ended counts as.
NONE = "none"


class Values:
    """The words of one generation; a word's number is its place in the list."""

    def __init__(self, folder: Path) -> None:
        """Read the list of the generation in ``folder``; raises ``OSError`` or ``ValueError`` when it is damaged."""
        self._path = folder / NAME
        told = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else [NONE]
        self.words: list[str] = [str(word) for word in told]
        self._numbers = {word: number for number, word in enumerate(self.words)}
        self._kept = len(self.words)
        self.none = self._numbers[NONE]

    def number(self, word: str) -> int:
        """Return the number of ``word``, a new one for a new word. For the one who writes."""
        number = self._numbers.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        return number

    def numbers(self, words: frozenset[str]) -> frozenset[int]:
        """Return the numbers of those of ``words`` that any product has."""
        return frozenset(self._numbers[word] for word in words if word in self._numbers)

    def below(self, slugs: frozenset[str]) -> frozenset[int]:
        """Return the numbers of the paths that lead through one of ``slugs``."""
        return frozenset(number for number, word in enumerate(self.words) if not slugs.isdisjoint(word.split("/")))

    def keep(self) -> None:
        """Write the list, if it grew; a reader sees the old one or the new one."""
        if len(self.words) == self._kept:
            return
        draft = self._path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(self.words, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self._path)
        self._kept = len(self.words)
