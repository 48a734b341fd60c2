"""A word that no product has is taken for one that some have and that differs by a slip: "cermaic" for "ceramic".

Asked only where a search met an unknown word, so it may look through the vocabulary: the words that complete what
is typed (``Index.completions``) and those of the lexicon. Nothing of it stays in memory but the lexicon's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, pairwise, product

from caigou.search.completing import MEANS, WORDS
from caigou.search.lexicon import lexicon
from caigou.search.ports import Index
from caigou.search.text import has_han, normalise, stem

#: Of one letter's completions, the most frequent ones are looked at.
LOOKED_AT = 4_000
#: Of each unknown word so many readings are tried, and of a query so many together.
READINGS, TRIED = 3, 6
#: Shorter and longer words are not read as others; words cut at a missing blank keep as many letters.
SHORTEST, LONGEST = 3, 30


@dataclass(frozen=True, slots=True)
class Reading:
    """A query with its unknown words read as known ones; ``slips`` counts the wrong letters."""

    text: str
    slips: int
    #: Whether the slips are few for the length of the words.
    is_likely: bool


def slips(typed: str, word: str, most: int) -> int:
    """Return how many letters are wrong, missing, too many or swapped; any number above ``most`` is ``most + 1``.

    >>> slips("lihgt", "light", 2), slips("kphler", "kohler", 2), slips("vase", "mug", 1)
    (1, 1, 2)
    """
    if abs(len(typed) - len(word)) > most or len(set(typed) ^ set(word)) > 2 * most:
        return most + 1
    before, row = [0] * (len(word) + 1), list(range(len(word) + 1))
    for at, letter in enumerate(typed, start=1):
        last, before, row = before, row, [at]
        for to, other in enumerate(word, start=1):
            cost = min(before[to - 1] + (letter != other), before[to] + 1, row[-1] + 1)
            if at > 1 and to > 1 and letter == word[to - 2] and typed[at - 2] == other:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def readings(text: str, unknown: Sequence[str], index: Index) -> list[Reading]:
    """Return what ``text`` may have meant by ``unknown`` words, the fewest slips first; raises ``IndexNotReady``."""
    asked = {*normalise(text).split()}  # "sump pump" doesn't mean "pump pump"
    choices = [[(word, other, many) for other, many in _others(word, index) if other not in asked] for word in unknown]
    found = [Reading(joined, 0, is_likely=True) for joined in _joined(text, unknown, index)]
    for choice in islice(product(*(one for one in choices if one)), TRIED):
        changed, many = text, 0
        for word, other, some in choice:
            changed, many = _replaced(changed, word, other), many + some
        if changed != text:
            found.append(Reading(changed, many, all(_is_likely(*one) for one in choice)))
    return sorted(found, key=lambda one: one.slips)


def _most(word: str) -> int:
    """Return how many slips are looked for: none in a word that is too short, an item number or in the lexicon."""
    if not SHORTEST <= len(word) <= LONGEST or any(map(str.isdigit, word)) or has_han(word):
        return 0
    if lexicon().meanings((stem(word),)):
        return 0
    return 1 if len(word) < 6 else 2


def _is_likely(word: str, other: str, many: int) -> bool:
    """Whether the slips are few for the word's length; two swapped letters are few in any."""
    is_swap = many == 1 and len(word) > SHORTEST and sorted(word) == sorted(other)
    return not many or is_swap or len(word) >= 3 * many + 3


def _others(word: str, index: Index) -> list[tuple[str, int]]:
    """Return the words, or pairs of words, that ``word`` may have meant, with the slips of each."""
    most = _most(word)
    if not most:
        return []
    near: dict[str, int] = {}
    for other in _vocabulary(word, index):
        if other not in near and _begins_alike(word, other) and (many := slips(word, other, most)) <= most:
            near[other] = many
    cut = [(word[:at], word[at:]) for at in range(SHORTEST, len(word) - SHORTEST + 1)]
    known = index.known({stem(one) for one in (*near, *chain(*cut))})
    apart = [(" ".join(two), 0) for two in cut if known.issuperset(map(stem, two))]
    alike: dict[str, tuple[str, int]] = {}  # by their stems: "chair" is no rival of "chairs"
    for other, many in sorted(near.items(), key=lambda one: one[1]):
        if stem(other) in known:
            alike.setdefault(stem(other), (other, many))
    return [*apart[:READINGS], *list(alike.values())[:READINGS]]


def _begins_alike(word: str, other: str) -> bool:
    """Whether the first letters are the same, swapped, or one is missing: a wrong first letter makes another word."""
    return word[0] == other[0] or word[0] == other[1:2] or word[1] == other[0]


def _vocabulary(word: str, index: Index) -> Iterator[str]:
    """Yield known words that begin as ``word`` does, or with its second letter, the most frequent first."""
    for letter in dict.fromkeys(word[:2]):
        for found in index.completions(f"{WORDS}{letter}", LOOKED_AT):
            yield from found.text.removeprefix(WORDS).partition(MEANS)[0].split()
    yield from taught()


@cache
def taught() -> frozenset[str]:
    """The English words of the lexicon, which name goods that have a Chinese title only."""
    return frozenset(word for phrase in lexicon().english() for word in normalise(phrase).split())


def _joined(text: str, unknown: Sequence[str], index: Index) -> Iterator[str]:
    """Yield ``text`` without the blank beside an unknown word, where that makes a known one: "ther mos"."""
    words = normalise(text).split()
    for first, second in pairwise(words):
        if {first, second} & {*unknown} and index.known([stem(first + second)]):
            yield " ".join(words).replace(f"{first} {second}", first + second, 1)


def _replaced(text: str, word: str, other: str) -> str:
    """Return ``text`` with ``other`` for ``word``, and all else as it was typed where that can be found there."""
    for typed in (text, normalise(text)):
        changed, times = re.subn(rf"(?<!\w){re.escape(word)}(?!\w)", other, typed, flags=re.IGNORECASE)
        if times:
            return changed
    return text
