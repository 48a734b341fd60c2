"""One commit of the index, as searches see it: what words find, and what a question makes of that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import tantivy
from tantivy import FieldType

from caigou.adapters.tantivy_index import schema
from caigou.adapters.tantivy_index.columns import Columns
from caigou.adapters.tantivy_index.folder import Generation
from caigou.adapters.tantivy_index.memory import Memory, Weighed
from caigou.adapters.tantivy_index.narrowing import Narrowing
from caigou.adapters.tantivy_index.parts import Part, parts_of
from caigou.adapters.tantivy_index.postings import Posting, Postings, Shelf, shelf_for
from caigou.adapters.tantivy_index.queries import Builder
from caigou.adapters.tantivy_index.values import Values
from caigou.kernel.clock import now
from caigou.search.analysis import understand
from caigou.search.ports import DEEPEST, Completion, Hits, Query

#: For a thousand goods of the index so many rows of what texts found are remembered, of six or eight bytes each; never
#: fewer than the least nor more than the most, and so many texts.
_ROWS_A_THOUSAND, _LEAST_ROWS, _MOST_ROWS, _TEXTS = 8_000, 60_000, 3_000_000, 2_000


class Commit:
    """One commit of one generation: never changed, so threads share it and what it remembers."""

    def __init__(self, generation: Generation, index: tantivy.Index, before: Commit | None = None) -> None:
        """Look at what was committed last; ``before`` is an earlier commit of the same generation."""
        self.generation, self.index = generation, index
        self.parts: tuple[Part, ...]
        self.columns: Columns
        self.parts, self.searcher = _opened(generation, index)
        self.columns = Columns(self.searcher, self.parts, before.columns if before else None)
        self.build = Builder(index.schema)
        self.shelf: Shelf = before.shelf if before else shelf_for(self.columns.count)
        self.postings = Postings(
            folder=generation.path,
            parts=self.parts,
            searcher=self.searcher,
            build=self.build,
            columns=self.columns,
            shelf=self.shelf,
        )
        self.values = Values(generation.path)  # after the commit was opened: it has every number of it
        self._ranks = _ranks(index, self.searcher)
        self._everything: Posting | None = None
        most = max(_LEAST_ROWS, min(_ROWS_A_THOUSAND * self.columns.count // 1_000, _MOST_ROWS))
        self._found: Weighed[Posting] = Weighed(most, _TEXTS, lambda one: len(one.rows))
        self._answers: Memory[Hits] = Memory()
        self._unknown: Memory[tuple[str, ...]] = Memory()
        self._completions: Memory[tuple[Completion, ...]] = Memory()

    # --- searching ------------------------------------------------------------------------------------------------
    def search(self, query: Query) -> Hits:
        """Answer ``query``."""
        return self._answers.answer(query, lambda: self._answered(query))

    def _answered(self, query: Query) -> Hits:
        narrowing = self.narrowing(query)
        end = query.offset + query.size
        ids = narrowing.page(query.offset, end) if query.offset < narrowing.total and end <= DEEPEST else ()
        if not query.counted:
            return Hits(ids=ids, total=len(ids), generation=self.generation.number)
        return Hits(
            ids=ids,
            total=narrowing.total,
            facets=narrowing.facets(),
            generation=self.generation.number,
            unknown=self._unknown_of(query.text),
        )

    def narrowing(self, query: Query) -> Narrowing:
        """Return what ``query`` makes of what its words find."""
        return Narrowing(
            found=self.found(query.text, query.least),
            columns=self.columns,
            values=self.values,
            ranks=self._ranks,
            query=query,
            today=query.today or now().date(),
        )

    def found(self, text: str, least: int | None = None) -> Posting:
        """Return the goods that ``text`` finds whatever the filters: people ask the same words again with others."""
        if not text.strip():
            return self._all()
        kept = self._found.answer((text, least), lambda: self._asked(text, least))
        return Posting(kept.rows.astype(np.intp), kept.scores)

    def _asked(self, text: str, least: int | None) -> Posting:
        """Return the goods that ``text`` finds, their rows in as few bytes as they need."""
        rows, scores = self.postings.found(understand(text), least)
        return Posting(rows.astype(np.min_scalar_type(self.columns.count)), scores)

    def _all(self) -> Posting:
        if self._everything is None:
            rows = np.flatnonzero(self.postings.left())
            self._everything = Posting(rows, np.zeros(len(rows), dtype=np.float32))
        return self._everything

    # --- words ----------------------------------------------------------------------------------------------------
    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of ``words`` that some product has."""
        return frozenset(word for word in words if self.searcher.doc_freq("words", word))

    def _unknown_of(self, text: str) -> tuple[str, ...]:
        """Return the needed words of ``text`` that no product has in any of their ways."""
        return self._unknown.answer(text, lambda: understand(text).unknown(self.known)) if text else ()

    def completions(self, prefix: str, limit: int, within: str) -> tuple[Completion, ...]:
        """Complete ``prefix``; see the port."""
        return self._completions.answer((prefix, limit, within), lambda: self._completed(prefix, limit, within))

    def _completed(self, prefix: str, limit: int, within: str) -> tuple[Completion, ...]:
        if not self.searcher.terms_with_prefix("completions", prefix, None, 1):
            return ()  # most prefixes begin nothing, and finding that out this way costs next to nothing
        # Without a query, goods that were deleted would count until their files are merged.
        narrowed = self.build.words(understand(within)) if within else tantivy.Query.all_query()
        found = self.searcher.terms_with_prefix("completions", prefix, narrowed, limit)
        return tuple(Completion(text, goods) for text, goods in found if goods)


def _opened(generation: Generation, index: tantivy.Index) -> tuple[tuple[Part, ...], tantivy.Searcher]:
    """Open what was committed last, and the list of its parts: read before and after, they are the same commit's."""
    parts = parts_of(generation.path)
    while True:
        index.reload()
        searcher = index.searcher()
        before, parts = parts, parts_of(generation.path)
        if before == parts:
            return parts, searcher


def _ranks(index: tantivy.Index, searcher: tantivy.Searcher) -> int:
    """Return how many price steps any product has: nobody looks at more."""
    for rank in range(schema.RANKS):
        some = tantivy.Query.range_query(index.schema, f"price_{rank}", FieldType.Unsigned, lower_bound=0)
        if not searcher.search(some, limit=1, count=False).hits:
            return max(rank, 1)
    return schema.RANKS


def dated(query: Query) -> Query:
    """Return ``query`` with the day on which it is asked."""
    return query if query.today else replace(query, today=now().date())
