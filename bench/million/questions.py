"""What is asked: words drawn by rank, as people ask, with three filters each; no question comes twice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bench.million.documents import leaves
from bench.synthetic import PLACES, SEED, THINGS, queries
from caigou.search.ports import Query
from caigou.search.text import has_han

_FILTERS: Final[Mapping[str, Callable[[random.Random], Any]]] = {
    "provinces": lambda dice: frozenset({dice.choice(PLACES)[0]}),
    "qualifications": lambda dice: frozenset({dice.choice(("verified_factory", "licence_checked"))}),
    "kinds": lambda dice: frozenset({dice.choice(("factory", "trader"))}),
    "categories": lambda dice: frozenset(dice.sample(leaves(), 20)),
    "moq_max": lambda dice: dice.choice((50, 100, 200, 500)),
    "lead_max": lambda dice: dice.choice((7, 15, 30)),
    "rating_min": lambda dice: dice.choice((40, 45)),
    "sample": lambda _dice: True,
}


def questions(count: int, *, chinese: bool, filters: int = 3, seed: int = SEED) -> list[Query]:
    """Return ``count`` different questions of one to three words in one language."""
    return list(_questions(count, chinese=chinese, filters=filters, seed=seed))


def _questions(count: int, *, chinese: bool, filters: int, seed: int) -> Iterator[Query]:
    dice = random.Random(seed + 5)
    seen: set[Query] = set()
    texts = [text for text in queries(count * 40, seed) if has_han(text) == chinese]
    for text in texts:
        chosen = {name: _FILTERS[name](dice) for name in dice.sample(list(_FILTERS), filters)}
        question = Query(text=text, **chosen)
        if question not in seen:
            seen.add(question)
            yield question
        if len(seen) == count:
            return


def prefixes() -> list[str]:
    """Return what is typed of the names of things, in both languages: a beginning of one to four signs."""
    return list(dict.fromkeys(name[:end] for pair in THINGS for name in pair for end in range(1, min(5, len(name)))))
