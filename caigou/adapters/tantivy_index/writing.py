"""Writing to one generation: documents stream in, and one commit makes them visible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from caigou.adapters.tantivy_index import schema
from caigou.adapters.tantivy_index.values import Values
from caigou.search.ports import Document

#: Documents that are taken at once: the engine works on them in a thread of its own while the next ones are made.
CHUNK = 100


def chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield ``documents`` some at a time, in their order."""
    waiting = iter(documents)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


class Writer:
    """The one writer of a generation; without ``commit`` nothing of what it was told remains.

    Its methods raise what the engine raises: ``OSError``, ``ValueError``, or a panic, which is no ``Exception``.
    """

    def __init__(self, index: tantivy.Index, folder: Path, heap: int) -> None:
        """``folder`` is the generation's, ``heap`` the bytes of memory after which a part is written."""
        self._schema = index.schema
        self._values = Values(folder)
        #: Ids that the generation has not, or no longer.
        self._missing: set[int] = set()
        self._engine: tantivy.IndexWriter | None = index.writer(heap, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        # The engine's own way out would commit half of what failed, and be silent about a disk that is full.
        engine, self._engine = self._engine, None
        if engine is not None:
            with suppress(Exception):
                engine.wait_merging_threads()  # which also gives its lock back, whoever still refers to it

    @property
    def _open(self) -> tantivy.IndexWriter:
        if self._engine is None:
            raise ValueError("this writer has committed already")
        return self._engine

    def delete(self, ids: Iterable[int]) -> None:
        """Take these documents out, as far as they are in."""
        old = sorted(set(ids) - self._missing)
        if old:
            # delete_documents_by_term takes a number for a signed one and then deletes nothing (0.27).
            self._open.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "id", old))
            self._missing.update(old)

    def put(self, documents: Iterable[Document]) -> None:
        """Put ``documents`` in the place of those with the same ids; of two with one id, the last counts."""
        latest = {document.id: document for document in documents}
        self.delete(latest)
        self.add(latest.values())
        self._missing.difference_update(latest)

    def add(self, documents: Iterable[Document]) -> None:
        """Add documents that the generation doesn't have."""
        add, values = self._open.add_json, self._values
        for document in documents:
            add(schema.row(document, values))

    def commit(self) -> None:
        """Make everything visible at once, and wait until small parts are merged; then this writer is closed."""
        self._values.keep()
        self._open.commit()
        self._open.wait_merging_threads()
        self._engine = None
