"""Which goods have a word of a query, and what that adds to their score: asked of the engine once for each word.

People combine the same words again and again, with other words, other filters, in another order. So the engine is
asked for a word alone, in any of its ways, and the goods that have it are remembered as columns; to have several words,
and what they score together, is a sum of columns. It is the score that the engine gives the whole question, for what a
word adds doesn't depend on the others. What is remembered outlives a commit: of a word that was asked for before, only
what was written since is asked. Its older goods keep the score of then; how rare a word is changes slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur

from caigou.adapters.tantivy_index.columns import Columns, Rows
from caigou.adapters.tantivy_index.memory import Weighed
from caigou.adapters.tantivy_index.parts import Mask, Part, left
from caigou.adapters.tantivy_index.queries import Builder
from caigou.search.analysis import Asked, Term
from caigou.search.scoring import ALL_TERMS

#: So many goods are plenty: more than two pages.
PLENTY = 60
#: Words are remembered with so many goods in all for each product of the index, of three to six bytes; not fewer than
#: the least, nor more than the most; and so many words.
_ROWS_A_PRODUCT, _LEAST_ROWS, _MOST_ROWS, _WORDS = 25, 100_000, 8_000_000, 10_000
#: Of a word that was asked before a commit, what was written since is asked alone where that is little: so many goods
#: at most, and of all goods at most a fiftieth, so that scores of before and of now still compare.
_LITTLE, _SHARE = 2_000, 50

#: Looking up a row by halving takes so many times what a row in a table takes; clearing a table of ten rows takes one.
_BY_HALVING = 25

_doc, _part = attrgetter("doc"), attrgetter("segment_ord")
_score, _address = itemgetter(0), itemgetter(1)
Scores = NDArray[np.float32]


class Posting(NamedTuple):
    """Goods in the order of their rows, and their scores."""

    rows: NDArray[Any]
    scores: Scores

    @staticmethod
    def none() -> Posting:
        """Return no goods."""
        return Posting(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.float32))


class Packed(NamedTuple):
    """A posting in fewer bytes: a word's goods have few different scores. Its rows are those of ``parts``.

    ``places`` says where among ``scores`` each row's score stands, from 1 on; the first is 0, for other rows.
    """

    parts: tuple[Part, ...]
    rows: NDArray[Any]
    places: NDArray[Any]
    scores: Scores


def _packed(parts: tuple[Part, ...], rows: NDArray[Any], scores: Scores) -> Packed:
    """Put ``rows`` into their order and pack them; quickest with the highest of ``scores`` first."""
    order = np.argsort(rows)
    different, places = np.unique(scores[::-1], return_inverse=True)
    kind = np.min_scalar_type(sum(part.size for part in parts))
    places = (places + 1).astype(np.min_scalar_type(len(different)))[::-1][order]
    return Packed(parts, rows[order].astype(kind), places, np.concatenate([np.zeros(1, np.float32), different]))


def _name(term: Term) -> str:
    """Name all on which the goods of a word and their scores depend; a term itself would take ten times the memory."""
    ways = "|".join([f"{' '.join(way.words)} {way.weight:.4f}" for way in term.ways])
    return ways if term.plain else f"{term.token.text}|{ways}"


#: What is remembered of words, in whichever commit they were asked.
Shelf = Weighed[Packed]


def shelf_for(count: int) -> Shelf:
    """Return a shelf for the words of an index of ``count`` goods."""
    most = max(_LEAST_ROWS, min(_ROWS_A_PRODUCT * count, _MOST_ROWS))
    return Weighed(most, _WORDS, lambda one: len(one.rows))


class Postings:
    """The words of one commit; threads share it, and may both ask for the same word."""

    def __init__(
        self,
        *,
        folder: Path,
        parts: tuple[Part, ...],
        searcher: tantivy.Searcher,
        build: Builder,
        columns: Columns,
        shelf: Shelf,
    ) -> None:
        self._folder, self._parts, self._searcher = folder, parts, searcher
        self._build, self._columns, self._shelf = build, columns, shelf
        self._starts = np.array(columns.starts(), dtype=np.uint32)
        self._left: Mask | None = None

    def left(self) -> Mask:
        """Return which rows were not deleted."""
        if self._left is None:
            self._left = left(self._folder, self._parts)
        return self._left

    # --- one word -------------------------------------------------------------------------------------------------
    def of(self, term: Term) -> Packed:
        """Return the goods that have ``term``."""
        name = _name(term)
        known = self._shelf.get(name)
        if known is None or known.parts != self._parts:
            known = self._renewed(term, known) if known else self._asked(term)
            self._shelf.put(name, known)
        return known

    def _asked(self, term: Term) -> Packed:
        return _packed(self._parts, *self._hits(self._build.term(term), self._most(term)))

    def _most(self, term: Term) -> int:
        """Return how many goods may have ``term``: the engine makes room for as many as it is asked for."""
        rarest = (
            min((self._searcher.doc_freq("words", word) for word in words), default=0)
            for words, _way in self._build.ways(term)
        )
        return min(sum(rarest), int(self._searcher.num_docs))

    def _hits(self, query: tantivy.Query, most: int) -> tuple[NDArray[Any], Scores]:
        """Return the rows and scores of what ``query`` finds, ``most`` at most."""
        hits = self._searcher.search(query, limit=most, count=False).hits if most else ()
        if not hits:
            return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32)
        count = len(hits)  # thousands: read one after the other in C, without lists of them
        rows = np.fromiter(map(_doc, map(_address, hits)), np.uint32, count)
        if len(self._starts) > 1:
            rows += self._starts[np.fromiter(map(_part, map(_address, hits)), np.intp, count)]
        return rows, np.fromiter(map(_score, hits), np.float32, count)

    def _renewed(self, term: Term, known: Packed) -> Packed:
        """Return what is known of an older commit, without what was deleted and with what was written since."""
        new = self._new_since(known.parts)
        written = sum(self._parts[at].size for at in new)
        if written > _LITTLE or written * _SHARE > self._columns.count:
            return self._asked(term)
        rows, places = self._moved(known)
        scores = known.scores[places]
        if written:
            ids = np.concatenate([self._ids(at) for at in new]).tolist()
            among = tantivy.Query.term_set_query(self._build.schema, "id", ids)
            silent = tantivy.Query.const_score_query(among, 0.0)
            query = tantivy.Query.boolean_query([(Occur.Must, self._build.term(term)), (Occur.Must, silent)])
            found, scored = self._hits(query, min(written, self._most(term)))
            rows, scores = np.concatenate([rows, found]), np.concatenate([scores, scored])
        return _packed(self._parts, rows, scores)

    def _new_since(self, parts: Sequence[Part]) -> list[int]:
        before = {part.name for part in parts}
        return [at for at, part in enumerate(self._parts) if part.name not in before]

    def _ids(self, at: int) -> NDArray[Any]:
        start = int(self._starts[at])
        return self._columns.of("id")[start : start + self._parts[at].size]

    def _moved(self, known: Packed) -> tuple[Rows, NDArray[Any]]:
        """Return the rows that are still there, where they stand now, and the places of their scores."""
        starts = {part.name: int(start) for part, start in zip(self._parts, self._starts, strict=True)}
        ends = np.cumsum([part.size for part in known.parts])
        pieces, places, start = [np.zeros(0, dtype=np.intp)], [known.places[:0]], 0
        for part, first, last in zip(
            known.parts, [0, *ends], np.searchsorted(known.rows, ends, side="left").tolist(), strict=False
        ):
            if part.name in starts:
                pieces.append(known.rows[start:last].astype(np.intp) + starts[part.name] - int(first))
                places.append(known.places[start:last])
            start = last
        rows, kept = np.concatenate(pieces), np.concatenate(places)
        if any(part.deleted for part in self._parts):
            here = self.left()[rows]
            return rows[here], kept[here]
        return rows, kept

    # --- several words --------------------------------------------------------------------------------------------
    def found(self, asked: Asked, least: int | None = None) -> Posting:
        """Return the goods with two thirds of the required words, or ``least`` of them; scores count their quality.

        Where plenty of goods say it as it was written, nobody looks further: they are found by its translations as
        well, for what a title means in the other language is indexed with it; the other ways to say a word count the
        same goods double.
        """
        found = self._plenty(asked) if least is None else None
        rows, scores = found or self._together(asked, least)
        rows = rows.astype(np.intp, copy=False)  # else each look into a column would do it
        return Posting(rows, scores * self._columns.weights()[rows])

    def planned(self, asked: Asked) -> Asked:
        """Return what is searched for in the end: ``asked``, or as it was written where plenty of goods say that."""
        return asked.as_written() if self._plenty(asked) else asked

    def _plenty(self, asked: Asked) -> Posting | None:
        """Return the goods that say it as it was written, where they are plenty."""
        written = asked.as_written()
        if not self._may_have_plenty(written):
            return None
        found = self._together(written, None)
        return found if len(found.rows) >= PLENTY else None

    def _may_have_plenty(self, asked: Asked) -> bool:
        """Whether plenty of goods would have the words if each stood anywhere by chance: looking costs more."""
        every = max(1, self._searcher.num_docs)
        shares = [self._searcher.doc_freq("words", term.token.key) / every for term in asked.required]
        return every * prod(sorted(shares, reverse=True)[: asked.needed]) >= PLENTY

    def _together(self, asked: Asked, least: int | None) -> Posting:
        """Sum up the words; as ``Builder.words`` says it for the engine."""
        required = [self.of(term) for term in asked.required]
        helping = [self.of(term) for term in asked.optional]
        if not required:
            return Posting.none()
        needed = min(least or asked.needed, len(required))
        if needed < len(required):
            return _some(required, helping, needed, self._columns.count)
        rarest, *others = sorted(required, key=lambda one: len(one.rows))
        return _every(rarest, others, helping, self._columns.count)


def _every(rarest: Packed, others: Sequence[Packed], helping: Sequence[Packed], count: int) -> Posting:
    """Return the goods of ``rarest`` that all ``others`` have, too; ``count`` is how many rows there are."""
    rows, scores = rarest.rows, rarest.scores[rarest.places]
    for one in others:
        places = _places_of(rows, one, count)
        here = places.nonzero()[0]
        rows, scores = rows[here], scores[here] + one.scores[places[here]]
    for one in helping:
        scores += one.scores[_places_of(rows, one, count)]
    return Posting(rows, scores)


def _some(required: Sequence[Packed], helping: Sequence[Packed], needed: int, count: int) -> Posting:
    """Return the goods that ``needed`` of the required words have: each of them has one of the rarest words."""
    rows = _any(sorted(required, key=lambda one: len(one.rows))[: len(required) - needed + 1], count)
    scores, met = np.zeros(len(rows), dtype=np.float32), np.zeros(len(rows), dtype=np.uint8)
    for one in required:
        places = _places_of(rows, one, count)
        scores += one.scores[places]
        met += places != 0
    enough = (met >= needed).nonzero()[0]
    rows, scores, met = rows[enough], scores[enough], met[enough]
    for one in helping:
        scores += one.scores[_places_of(rows, one, count)]
    scores[met == len(required)] += np.float32(ALL_TERMS)
    return Posting(rows, scores)


def _any(postings: Sequence[Packed], count: int) -> Rows:
    """Return the rows that stand in any of ``postings``."""
    if len(postings) == 1:
        return postings[0].rows
    found = np.zeros(count, dtype=np.bool_)
    for one in postings:
        found[one.rows] = True
    return found.nonzero()[0]


def _places_of(rows: NDArray[Any], posting: Packed, count: int) -> NDArray[Any]:
    """Return the place of each row's score in ``posting``, 0 where the row isn't in it.

    Many rows are looked up in a table of all rows, which takes a few strokes of memory; few by halving.
    """
    if _BY_HALVING * len(rows) < len(posting.rows) + count // 10 and len(posting.rows):
        at = np.searchsorted(posting.rows, rows)
        at[at == len(posting.rows)] = 0
        return np.where(posting.rows[at] == rows, posting.places[at], 0)
    table = np.zeros(count, dtype=posting.places.dtype)
    table[posting.rows] = posting.places
    found: NDArray[Any] = table[rows]
    return found
