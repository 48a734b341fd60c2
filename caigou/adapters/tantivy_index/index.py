"""The port ``caigou.search.ports.Index`` over tantivy: many readers, one writer at a time; a damaged index is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import tantivy

from caigou.adapters.tantivy_index import schema
from caigou.adapters.tantivy_index.explaining import Explaining
from caigou.adapters.tantivy_index.folder import Generation, IndexFolder
from caigou.adapters.tantivy_index.parts import parts_of
from caigou.adapters.tantivy_index.searching import Commit, dated
from caigou.adapters.tantivy_index.writing import Writer, chunks
from caigou.search.ports import Completion, Document, Explanation, Hits, IndexBusy, IndexNotReady, Query

log = structlog.get_logger(__name__)

#: Memory of a writer in bytes: a few changes, or everything.
SMALL_HEAP, LARGE_HEAP = 15_000_000, 60_000_000
#: An index is worth joining when this many goods, and a fifth of all, stand outside its largest part, and nothing was
#: written for some seconds. A large index is not: building it takes minutes, in which changes wait, and each of its
#: parts has enough goods to be worth its fixed price.
LOOSE, JOINED_UP_TO, QUIET = 5_000, 200_000, 10.0
#: Seconds to wait for another writer: a batch of changes is quicker, a rebuild is not waited for.
PATIENCE = 5.0


class TantivyIndex:
    """A tantivy index below ``path``. Each search looks, by one small read, whether another process committed."""

    def __init__(self, path: Path) -> None:
        self._folder = IndexFolder(path)
        self._lock = threading.Lock()
        self._open: Commit | None = None

    # --- reading ------------------------------------------------------------------------------------------------
    def generation(self) -> int:
        """The number of the present index, 0 without one."""
        current = self._sound()
        return current.number if current else 0

    def is_ready(self) -> bool:
        """Whether a sound index of this make can be opened."""
        try:
            self._commit()
        except IndexNotReady:
            return False
        return True

    def scattered(self) -> bool:
        """Whether a rebuild would join much that stands in small parts; see the port."""
        current = self._sound()
        if current is None or time.time() - current.stamp[0] / 1e9 < QUIET:
            return False
        try:
            sizes = [part.size for part in parts_of(current.path)]
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

    def _commit(self) -> Commit:
        current = self._sound()
        if current is None:
            raise IndexNotReady
        try:
            with self._lock:
                return self._opened(current)
        except IndexNotReady:
            if self._sound() in {None, current}:
                raise
            return self._commit()  # a rebuild took the folder away while we opened it

    def _opened(self, current: Generation) -> Commit:
        with _damage_of(current, opening=True):
            before = self._open
            if before is not None and before.generation == current:
                return before
            if before is None or before.generation.path != current.path:
                index, before = tantivy.Index.open(str(current.path)), None
                index.config_reader("manual")
            else:
                index = before.index
            self._open = Commit(current, index, before)
            return self._open

    def search(self, query: Query) -> Hits:
        """Answer ``query``; raises ``IndexNotReady``. A page beyond ``DEEPEST`` is empty."""
        commit = self._commit()
        with _damage_of(commit.generation):
            return commit.search(dated(query))

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of ``words`` that some product has; see the port."""
        commit = self._commit()
        with _damage_of(commit.generation):
            return commit.known(words)

    def completions(self, prefix: str, limit: int, *, within: str = "") -> tuple[Completion, ...]:
        """Complete ``prefix`` by what goods have; see the port."""
        if not prefix or limit < 1:
            return ()
        commit = self._commit()
        with _damage_of(commit.generation):
            return commit.completions(prefix, limit, within)

    def explain(self, query: Query, product_id: int) -> Explanation:
        """Say why the product is found, and where, or why not; see the port."""
        commit = self._commit()
        with _damage_of(commit.generation):
            return Explaining(commit, dated(query), product_id).told()

    # --- writing ------------------------------------------------------------------------------------------------
    def write(self, documents: Iterable[Document] = (), *, gone: Iterable[int] = ()) -> None:
        """Put and delete in one commit; see the port."""
        with self._folder.writing(wait=PATIENCE):
            current = self._sound()
            if current is None:
                raise IndexNotReady
            with _damage_of(current, opening=True):
                writer = Writer(tantivy.Index.open(str(current.path)), current.path, SMALL_HEAP)
                writer.delete(gone)
            with writer:
                for chunk in chunks(documents):  # what fails in making them is no damage of the index
                    with _damage_of(current, opening=True):
                        writer.put(chunk)
                with _damage_of(current, opening=True):
                    writer.commit()
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
    with Writer(tantivy.Index(schema.build(), str(fresh.path)), fresh.path, LARGE_HEAP) as writer:
        for chunk in chunks(documents):
            writer.add(chunk)
            count += len(chunk)
        writer.commit()
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
