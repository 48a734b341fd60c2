"""What goods are filtered and counted by, as numbers in two columns of the index; words get numbers for it.

Each generation has its own lists of words, written before the commit that needs them: a reader of that commit finds
every number.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from caigou.search.ports import Document
from caigou.search.remembered import REMEMBERED

#: The file beside the index.
NAME = "values.json"
#: Words that have a number, by field; an empty one is number 0, and what a qualification that ended counts as is 1.
WORDS: Final = ("kind", "qualification", "country", "province", "city", "currency", "category")
_OF_SELLER: Final = WORDS[:-1]
NONE = "none"
#: A lead time and a rating that nobody stated.
NO_LEAD, NO_RATING = 4_095, 127
UNSTATED: Final = {"lead": NO_LEAD, "rating": NO_RATING}
#: The first day of which it is known whether a qualification counted.
FIRST_DAY = date(2020, 1, 1).toordinal()
_LAST_DAY = 2**14 - 1


class Place(NamedTuple):
    """Where a value stands: in which column, from which bit on, how many bits."""

    column: str
    shift: int
    bits: int


def _places() -> dict[str, Place]:
    columns = {
        "who": (
            ("kind", 4),
            ("qualification", 4),
            ("country", 10),
            ("currency", 10),
            ("verified", 14),
            ("province", 22),
        ),
        "what": (("offers", 2), ("rating", 7), ("lead", 12), ("city", 22), ("category", 21)),
    }
    found = {}
    for column, fields in columns.items():
        shift = 0
        for name, bits in fields:
            found[name] = Place(column, shift, bits)
            shift += bits
    return found


PLACES: Final[Mapping[str, Place]] = _places()


def _placed(name: str, value: int) -> int:
    """Return ``value`` at its place; what has no room, after a million categories, counts as unstated."""
    _column, shift, bits = PLACES[name]
    return value << shift if value < 1 << bits else 0


def day_number(day: date | None) -> int:
    """Return the number of a day as ``verified`` holds it; 0 for none and for days long ago."""
    return 0 if day is None else max(0, min(day.toordinal() - FIRST_DAY, _LAST_DAY))


class Slugs:
    """The categories of all paths: goods count for each that their path leads through."""

    def __init__(self, paths: Sequence[str]) -> None:
        """``paths``: slugs joined by slashes, an empty path first."""
        self.words = ["", *sorted({slug for path in paths for slug in path.split("/") if slug})]
        numbers = {slug: at for at, slug in enumerate(self.words)}
        pairs = [(at, numbers[slug]) for at, path in enumerate(paths) for slug in path.split("/")]
        self._paths, self._slugs = np.array(pairs, dtype=np.intp).T

    def counted(self, counts: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return how many goods each slug has, from how many each path has; the last paths may have none."""
        padded = np.zeros(self._paths[-1] + 1, dtype=np.intp)
        padded[: len(counts)] = counts
        return np.bincount(self._slugs, weights=padded[self._paths], minlength=len(self.words)).astype(np.intp)


class Values:
    """The words of one generation; a word's number is its place in the list of its field."""

    def __init__(self, folder: Path) -> None:
        """Read the lists of the generation in ``folder``; raises ``OSError`` or ``ValueError`` when damaged."""
        self._path = folder / NAME
        told = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}
        self.words: dict[str, list[str]] = {name: list(told.get(name, ("", NONE))) for name in WORDS}
        self._numbers = {name: {word: at for at, word in enumerate(words)} for name, words in self.words.items()}
        self._kept = self._count()
        self._sellers: dict[tuple[object, ...], tuple[int, int]] = {}

    def _count(self) -> int:
        return sum(map(len, self.words.values()))

    def numbers(self, field: str, words: frozenset[str]) -> list[int]:
        """Return the numbers of those of ``words`` that any product has."""
        known = self._numbers[field]
        return [known[word] for word in words if word in known]

    @cached_property
    def slugs(self) -> Slugs:
        """The categories that a product may stand below. For readers: it doesn't grow with the lists."""
        return Slugs(self.words["category"])

    def below(self, slugs: frozenset[str]) -> list[int]:
        """Return the numbers of the paths of categories that lead through one of ``slugs``."""
        return [at for at, path in enumerate(self.words["category"]) if not slugs.isdisjoint(path.split("/"))]

    # --- for the one who writes -----------------------------------------------------------------------------------
    def packed(self, document: Document) -> dict[str, int]:
        """Return the columns of ``document``; new words get new numbers."""
        seller = (document.verified_until, *[getattr(document, name) for name in _OF_SELLER])
        if seller not in self._sellers:
            if len(self._sellers) >= REMEMBERED:
                self._sellers.clear()
            self._sellers[seller] = self._of_seller(document)
        who, what = self._sellers[seller]
        what |= _placed("category", self._number("category", "/".join(document.categories)))
        what |= _placed("offers", document.sample + 2 * document.own_logo)
        what |= _placed("rating", NO_RATING if document.rating is None else min(document.rating, NO_RATING - 1))
        what |= _placed("lead", NO_LEAD if document.lead_days is None else min(document.lead_days, NO_LEAD - 1))
        return {"who": who, "what": what}

    def _of_seller(self, document: Document) -> tuple[int, int]:
        """Return what the seller says of both columns: all his goods have that in common."""
        found = {"who": _placed("verified", day_number(document.verified_until)), "what": 0}
        for name in _OF_SELLER:
            found[PLACES[name].column] |= _placed(name, self._number(name, getattr(document, name)))
        return found["who"], found["what"]

    def _number(self, field: str, word: str) -> int:
        words = self.words[field]
        number = self._numbers[field].setdefault(word, len(words))
        if number == len(words):
            words.append(word)
        return number

    def keep(self) -> None:
        """Write the lists, if they grew; a reader sees the old ones or the new ones."""
        if self._count() == self._kept:
            return
        draft = self._path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(self.words, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self._path)
        self._kept = self._count()
