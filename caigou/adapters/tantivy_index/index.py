"""The port ``caigou.search.ports.Index`` over tantivy: many readers, one writer at a time; a damaged index is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
import tantivy
from tantivy import FieldType

from caigou.adapters.tantivy_index import schema
from caigou.adapters.tantivy_index.counting import Facets, Pass
from caigou.adapters.tantivy_index.explaining import Explaining
from caigou.adapters.tantivy_index.few import FEW, Found, is_exact
from caigou.adapters.tantivy_index.folder import Generation, IndexFolder
from caigou.adapters.tantivy_index.memory import Memory, Weighed
from caigou.adapters.tantivy_index.queries import Builder
from caigou.adapters.tantivy_index.searching import Search
from caigou.adapters.tantivy_index.values import Values
from caigou.kernel.clock import now
from caigou.search.analysis import understand
from caigou.search.ports import (
    Completion,
    Document,
    Explanation,
    Hits,
    IndexBusy,
    IndexNotReady,
    Query,
)

log = structlog.get_logger(__name__)

#: Memory of a writer in bytes: a few changes, or everything.
SMALL_HEAP, LARGE_HEAP = 15_000_000, 60_000_000
#: An index is worth joining when this many goods, and a fifth of all, stand outside its largest part, and nothing was
#: written for some seconds. A large index is not: building it takes minutes, in which changes wait, and each of its
#: parts has enough goods to be worth its fixed price.
LOOSE, JOINED_UP_TO, QUIET = 5_000, 200_000, 10.0
#: So many goods, and texts, are remembered of what was found: some 80 bytes each.
KEPT, TEXTS = 30_000, 1_000
#: Seconds to wait for another writer: a batch of changes is quicker, a rebuild is not waited for.
PATIENCE = 5.0


def _ranks(index: tantivy.Index, searcher: tantivy.Searcher) -> int:
    """Return how many price steps any product has: a filter on prices looks at no more."""
    for rank in range(schema.RANKS):
        some = tantivy.Query.range_query(index.schema, f"price_{rank}", FieldType.Unsigned, lower_bound=0)
        if not searcher.search(some, limit=1, count=False).hits:
            return max(rank, 1)
    return schema.RANKS


def _size(found: Found | None) -> int:
    return 0 if found is None else len(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One commit of one generation, as searches see it: never changed, so threads share it and its memory."""

    generation: Generation
    index: tantivy.Index
    searcher: tantivy.Searcher
    build: Builder
    values: Values
    counts: Memory[Pass] = field(default_factory=Memory)
    pages: Memory[tuple[int, ...]] = field(default_factory=Memory)
    completions: Memory[tuple[Completion, ...]] = field(default_factory=Memory)
    #: Answers to questions with few.
    answers: Memory[Hits] = field(default_factory=Memory)
    #: By the text of a query: its unknown words.
    unknown: Memory[tuple[str, ...]] = field(default_factory=Memory)
    #: By the text of a query and how many of its words must be met: the goods, None where they are many.
    found: Weighed[Found | None] = field(default_factory=lambda: Weighed(KEPT, TEXTS, _size))

    @classmethod
    def of(cls, generation: Generation, index: tantivy.Index) -> _Reader:
        """Look at what was committed last."""
        index.reload()
        searcher = index.searcher()
        build = Builder(index.schema, searcher, _ranks(index, searcher))
        values = Values(generation.path)  # after the commit was opened: it has every number of it
        return cls(generation, index, searcher, build, values)

    def found_by(self, search: Search, query: Query, few: int) -> Found | None:
        """Return what the words of ``query`` find, None where that is more than ``few`` or can't be told exactly.

        People ask the same words again with other filters, another order, another page.
        """
        if not few or not self.values.fit or not is_exact(query):
            return None
        return self.found.answer((query.text, query.least), lambda: search.found(few))

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of ``words`` that some product has."""
        return frozenset(word for word in words if self.searcher.doc_freq("words", word))

    def unknown_of(self, text: str) -> tuple[str, ...]:
        """Return the needed words of ``text`` that no product has in any of their ways."""
        return self.unknown.answer(text, lambda: understand(text).unknown(self.known)) if text else ()


class TantivyIndex:
    """A tantivy index below ``path``. Each search looks, by one small read, whether another process committed."""

    def __init__(self, path: Path, *, few: int = FEW) -> None:
        """``few``: a question that finds no more goods is answered by reading their columns (see ``few.py``)."""
        self._few = few
        self._folder = IndexFolder(path)
        self._lock = threading.Lock()
        self._open: _Reader | None = None

    # --- reading ------------------------------------------------------------------------------------------------
    def generation(self) -> int:
        """The number of the present index, 0 without one."""
        current = self._sound()
        return current.number if current else 0

    def is_ready(self) -> bool:
        """Whether a sound index of this make can be opened."""
        try:
            self._reader()
        except IndexNotReady:
            return False
        return True

    def scattered(self) -> bool:
        """Whether a rebuild would join much that stands in small parts; see the port."""
        current = self._sound()
        if current is None or time.time() - current.stamp[0] / 1e9 < QUIET:
            return False
        try:
            sizes = current.parts()
        except (OSError, ValueError, KeyError):  # just replaced, or damaged: others find out
            return False
        total = sum(sizes)
        loose = total - max(sizes, default=0)
        return total <= JOINED_UP_TO and loose >= max(LOOSE, total // 5)

    def _sound(self) -> Generation | None:
        current = self._folder.current()
        if current is None or current.make != schema.make_of() or current.doubted:
            return None
        return current

    def _reader(self) -> _Reader:
        current = self._sound()
        if current is None:
            raise IndexNotReady
        try:
            with self._lock:
                return self._opened(current)
        except IndexNotReady:
            if self._sound() in {None, current}:
                raise
            return self._reader()  # a rebuild took the folder away while we opened it

    def _opened(self, current: Generation) -> _Reader:
        with _damage_of(current, opening=True):
            reader = self._open
            if reader is not None and reader.generation == current:
                return reader
            if reader is None or reader.generation.path != current.path:
                index = tantivy.Index.open(str(current.path))
                index.config_reader("manual")
            else:
                index = reader.index
            self._open = _Reader.of(current, index)
            return self._open

    def search(self, query: Query) -> Hits:
        """Answer ``query``; raises ``IndexNotReady``. A page beyond ``DEEPEST`` is empty."""
        reader = self._reader()
        query = replace(query, today=query.today or now().date())
        search = Search(reader.searcher, reader.build, query)
        with _damage_of(reader.generation):
            if not query.counted:
                ids = reader.pages.answer(query, search.page)
                return Hits(ids=ids, total=len(ids), generation=reader.generation.number)
            return reader.answers.get(query) or self._few_or_many(reader, search, query)

    def _few_or_many(self, reader: _Reader, search: Search, query: Query) -> Hits:
        found = reader.found_by(search, query, self._few)
        if found is not None:
            hits = self._hits(reader, query, *search.few(found, reader.values).answer())
            return reader.answers.answer(query, lambda: hits)
        total, facets = search.counts(reader.counts)
        ids = () if query.offset >= total else reader.pages.answer(query, search.page)
        return self._hits(reader, query, ids, total, facets)

    @staticmethod
    def _hits(reader: _Reader, query: Query, ids: tuple[int, ...], total: int, facets: Facets) -> Hits:
        unknown = reader.unknown_of(query.text)
        return Hits(ids=ids, total=total, facets=facets, generation=reader.generation.number, unknown=unknown)

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of ``words`` that some product has; see the port."""
        reader = self._reader()
        with _damage_of(reader.generation):
            return reader.known(words)

    def completions(self, prefix: str, limit: int, *, within: str = "") -> tuple[Completion, ...]:
        """Complete ``prefix`` by what goods have; see the port."""
        if not prefix or limit < 1:
            return ()
        reader = self._reader()

        def look_up() -> tuple[Completion, ...]:
            if not reader.searcher.terms_with_prefix("completions", prefix, None, 1):
                return ()  # most prefixes begin nothing, and finding that out this way costs next to nothing
            # Without a query, goods that were deleted would count until their files are merged.
            narrowed = reader.build.words(understand(within)) if within else tantivy.Query.all_query()
            found = reader.searcher.terms_with_prefix("completions", prefix, narrowed, limit)
            return tuple(Completion(text, goods) for text, goods in found if goods)

        with _damage_of(reader.generation):
            return reader.completions.answer((prefix, limit, within), look_up)

    def explain(self, query: Query, product_id: int) -> Explanation:
        """Say why the product is found, and where, or why not; see the port."""
        reader = self._reader()
        query = replace(query, today=query.today or now().date())
        with _damage_of(reader.generation):
            return Explaining(reader.searcher, reader.index.schema, reader.build, query, product_id).told()

    # --- writing ------------------------------------------------------------------------------------------------
    def write(self, documents: Sequence[Document] = (), *, gone: Iterable[int] = ()) -> None:
        """Put and delete in one commit; see the port."""
        latest = {document.id: document for document in documents}
        with self._folder.writing(wait=PATIENCE):
            current = self._sound()
            if current is None:
                raise IndexNotReady
            with _damage_of(current, opening=True):
                index = tantivy.Index.open(str(current.path))
                values = Values(current.path)
                rows = [schema.row(document, values) for document in latest.values()]
                values.keep()
                with index.writer(SMALL_HEAP, 1) as writer:
                    # delete_documents_by_term takes a number for a signed one and then deletes nothing (0.27).
                    old = tantivy.Query.term_set_query(index.schema, "id", sorted({*gone, *latest}))
                    writer.delete_documents_by_query(old)
                    for made in rows:
                        writer.add_document(made)
            current.changed()

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build the next generation and switch to it; see the port."""
        with self._folder.writing(wait=PATIENCE):
            fresh = self._folder.fresh()
            try:
                count = _fill(fresh, documents)
            except BaseException:
                self._folder.drop(fresh)
                raise
            self._folder.switch(fresh, make=schema.make_of())
        log.info("search_rebuilt", generation=fresh.number, documents=count)
        return count


def _fill(fresh: Generation, documents: Iterable[Document]) -> int:
    count = 0
    index = tantivy.Index(schema.build(), str(fresh.path))
    values = Values(fresh.path)
    with index.writer(LARGE_HEAP, 1) as writer:
        for document in documents:
            writer.add_document(schema.row(document, values))
            count += 1
        values.keep()
    return count


@contextmanager
def _damage_of(generation: Generation, *, opening: bool = False) -> Iterator[None]:
    """Turn what a damaged index raises into ``IndexNotReady`` and remember it for every process.

    A panic of the engine is no ``Exception`` in Python; it is told by its name. A ``ValueError`` counts only while
    opening, or where it speaks of damage: a fault in one query must not have the index rebuilt for ever.
    """
    try:
        yield
    except IndexNotReady:
        raise
    except BaseException as error:
        if "LockBusy" in str(error):
            raise IndexBusy from error
        damaged = isinstance(error, OSError) or type(error).__name__ == "PanicException"
        if isinstance(error, ValueError):
            damaged = opening or any(word in str(error).lower() for word in ("corrupt", "ioerror", "checksum"))
        if not damaged:
            raise
        log.exception("search_index_damaged", generation=generation.number)
        generation.doubt()
        raise IndexNotReady from error
