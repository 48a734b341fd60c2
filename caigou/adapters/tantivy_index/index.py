"""The port ``caigou.search.ports.Index`` over tantivy: many readers, one writer at a time; a damaged index is told."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import structlog
import tantivy
from tantivy import Order

from caigou.adapters.tantivy_index import schema
from caigou.adapters.tantivy_index.folder import Generation, IndexFolder
from caigou.adapters.tantivy_index.queries import Builder
from caigou.kernel.clock import now
from caigou.search.analysis import understand
from caigou.search.ports import DEEPEST, MOQ_BUCKETS, Document, Hits, IndexBusy, IndexNotReady, Query

log = structlog.get_logger(__name__)

#: Memory of a writer in bytes: a few changes, or everything.
SMALL_HEAP, LARGE_HEAP = 15_000_000, 60_000_000
#: Seconds to wait for another writer: a batch of changes is quicker, a rebuild is not waited for.
PATIENCE = 5.0
#: A facet has at most this many values.
FACET_VALUES = 200
#: Which filter a facet leaves out, by the attribute of ``Query`` that sets it.
CHOSEN_BY = {
    "qualification": "qualifications",
    "kind": "kinds",
    "province": "provinces",
    "country": "countries",
    "moq": "moq_max",
}


@dataclass(slots=True)
class _Reader:
    generation: Generation
    index: tantivy.Index
    stamp: tuple[int, int]


class TantivyIndex:
    """A tantivy index below ``path``. Each search looks, by one small read, whether another process committed."""

    def __init__(self, path: Path) -> None:
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
            stamp = _stamp(current)
            reader = self._open
            if reader is None or reader.generation != current:
                index = tantivy.Index.open(str(current.path))
                index.config_reader("manual")
                reader = self._open = _Reader(current, index, (0, 0))
            if reader.stamp != stamp:
                reader.index.reload()
                reader.stamp = stamp
            return reader

    def search(self, query: Query) -> Hits:
        """Answer ``query``; raises ``IndexNotReady``. A page beyond ``DEEPEST`` is empty."""
        reader = self._reader()
        with _damage_of(reader.generation):
            return _Search(reader.index, query).hits(reader.generation.number)

    # --- writing ------------------------------------------------------------------------------------------------
    def write(self, documents: Sequence[Document] = (), *, gone: Iterable[int] = ()) -> None:
        """Put and delete in one commit; see the port."""
        latest = {document.id: document for document in documents}
        rows = [schema.row(document) for document in latest.values()]
        with self._folder.writing(wait=PATIENCE):
            current = self._sound()
            if current is None:
                raise IndexNotReady
            with _damage_of(current, opening=True):
                index = tantivy.Index.open(str(current.path))
                with index.writer(SMALL_HEAP, 1) as writer:
                    # delete_documents_by_term takes a number for a signed one and then deletes nothing (0.27).
                    old = tantivy.Query.term_set_query(index.schema, "id", sorted({*gone, *latest}))
                    writer.delete_documents_by_query(old)
                    for made in rows:
                        writer.add_document(made)

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
    with index.writer(LARGE_HEAP, 1) as writer:
        for document in documents:
            writer.add_document(schema.row(document))
            count += 1
    return count


def _stamp(generation: Generation) -> tuple[int, int]:
    """What changes with each commit: tantivy replaces ``meta.json``."""
    told = (generation.path / "meta.json").stat()
    return told.st_mtime_ns, told.st_ino


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


class _Search:
    """One search: the words are built once, the filters once for each facet that leaves one out."""

    def __init__(self, index: tantivy.Index, query: Query) -> None:
        self._searcher = index.searcher()
        self._build = Builder(index.schema)
        self._query = query
        self._today: date = query.today or now().date()
        text = query.text.strip()
        self._words = self._build.words(understand(text)) if text else tantivy.Query.all_query()

    def _whole(self, *more: tantivy.Query, but: str = "") -> tantivy.Query:
        filters = self._build.filters(self._query, self._today, but=but)
        return self._build.whole(self._words, [*filters, *more])

    def hits(self, generation: int) -> Hits:
        whole = self._whole()
        total = self._count(whole)
        deep = self._query.offset + self._query.size > DEEPEST
        ids = () if deep or self._query.offset >= total else self._page(whole)
        return Hits(ids=ids, total=total, facets=self._facets(), generation=generation)

    def _count(self, whole: tantivy.Query) -> int:
        return int(self._searcher.search(whole, limit=1, count=True).count or 0)  # type: ignore[attr-defined]

    # --- order --------------------------------------------------------------------------------------------------
    def _page(self, whole: tantivy.Query) -> tuple[int, ...]:
        query = self._query
        if query.sort == "price":
            return self._by_price(whole)
        if query.sort == "moq":
            return self._ordered(whole, "moq_order", Order.Asc)
        if not query.text.strip():
            return self._ordered(whole, "browse", Order.Desc)
        found = self._searcher.search(
            whole, limit=query.size, offset=query.offset, count=False, weight_by_field="quality"
        )
        return self._ids([address for _score, address in found.hits])

    def _ordered(self, whole: tantivy.Query, field: str, order: Order) -> tuple[int, ...]:
        query = self._query
        found = self._searcher.search(
            whole, limit=query.size, offset=query.offset, count=False, order_by_field=field, order=order
        )
        return self._ids([address for _value, address in found.hits])

    def _by_price(self, whole: tantivy.Query) -> tuple[int, ...]:
        """Order by the price at the quantity: each product is in one rank's list, the lists are merged."""
        query, quantity = self._query, self._query.quantity
        if quantity is None:
            lists = [("price", whole)]
        else:
            ranks = range(schema.RANKS)
            lists = [(f"price_{rank}", self._whole(self._build.at_quantity(rank, quantity))) for rank in ranks]
        end = query.offset + query.size
        found: list[tuple[int, int]] = []
        for field, narrowed in lists:
            hits = self._searcher.search(narrowed, limit=end, count=False, order_by_field=field, order=Order.Asc).hits
            found += zip((price for price, _address in hits), self._ids([hit[1] for hit in hits]), strict=True)
        return tuple(product_id for _price, product_id in sorted(found)[query.offset : end])

    def _ids(self, addresses: list[tantivy.DocAddress]) -> tuple[int, ...]:
        values = self._searcher.fast_field_values("id", addresses)
        return tuple(int(value) for value in values if value is not None)

    # --- facets -------------------------------------------------------------------------------------------------
    def _facets(self) -> dict[str, dict[str, int]]:
        """Count every facet; those that leave out the same filter are counted in one pass over the goods."""
        passes: dict[str, dict[str, Any]] = {"": {}}
        for name, chosen_by in CHOSEN_BY.items():
            left_out = name if getattr(self._query, chosen_by) else ""
            passes.setdefault(left_out, {})[name] = self._wanted(name)
        if not self._query.asks_price:
            passes[""]["currency"] = self._wanted("currency")
        told: dict[str, Any] = {}
        for left_out, wanted in passes.items():
            if wanted:
                told |= self._searcher.aggregate(self._whole(but=left_out), wanted)
        facets = {name: _counts(told[name]["buckets"]) for name in ("kind", "province", "country")}
        facets["currency"] = _counts(told["currency"]["buckets"]) if "currency" in told else self._currencies()
        facets["qualification"] = self._qualifications(int(told["qualification"]["value"]))
        facets["moq"] = self._moqs(told["moq"]["buckets"])
        return facets

    def _wanted(self, facet: str) -> dict[str, Any]:
        if facet == "moq":
            edges = [0, *(bucket + 1 for bucket in self._moq_buckets())]
            return {"range": {"field": "moq", "ranges": [{"from": low, "to": high} for low, high in pairwise(edges)]}}
        if facet == "qualification":  # all goods; the verified ones are counted apart, since a qualification ends
            return {"value_count": {"field": "id"}}
        return {"terms": {"field": facet, "size": FACET_VALUES}}

    def _currencies(self) -> dict[str, int]:
        """How many goods of each currency there are before prices are compared."""
        free = Query(**{name: getattr(self._query, name) for name in _WITHOUT_PRICE})
        whole = self._build.whole(self._words, self._build.filters(free, self._today))
        return _counts(self._searcher.aggregate(whole, {"it": self._wanted("currency")})["it"]["buckets"])

    def _qualifications(self, total: int) -> dict[str, int]:
        left_out = "qualification" if self._query.qualifications else ""
        valid = self._whole(self._build.verified(self._today), but=left_out)
        wanted = {"it": {"terms": {"field": "qualification", "size": FACET_VALUES}}}
        counts = _counts(self._searcher.aggregate(valid, wanted)["it"]["buckets"])
        counts.pop("none", None)
        rest = total - sum(counts.values())
        return {**counts, "none": rest} if rest else counts

    def _moq_buckets(self) -> list[int]:
        """The usual limits and, where a person set another one, that."""
        return sorted({*MOQ_BUCKETS, max(0, min(self._query.moq_max or MOQ_BUCKETS[0], 2**40))})

    def _moqs(self, told: list[dict[str, Any]]) -> dict[str, int]:
        """Sum up from the smallest: "up to 50" holds what "up to 10" holds."""
        counts = {int(bucket.get("from", 0)): int(bucket["doc_count"]) for bucket in told}
        running, low, found = 0, 0, {}
        for limit in self._moq_buckets():
            running, low = running + counts.get(low, 0), limit + 1
            if running:
                found[str(limit)] = running
        return found


def _counts(buckets: list[dict[str, Any]]) -> dict[str, int]:
    return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}


_WITHOUT_PRICE = ("text", "moq_max", "countries", "provinces", "cities", "qualifications", "kinds", "today")
