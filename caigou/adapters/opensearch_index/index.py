"""The port ``caigou.search.ports.Index`` over OpenSearch: many readers, one writer at a time; a lost index is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import structlog

from caigou.adapters.opensearch_index import queries, schema
from caigou.adapters.opensearch_index.address import read
from caigou.adapters.opensearch_index.completing import completed, completing
from caigou.adapters.opensearch_index.explaining import Explaining
from caigou.adapters.opensearch_index.generations import Generation, Generations
from caigou.adapters.opensearch_index.searching import Search
from caigou.adapters.opensearch_index.server import Server
from caigou.adapters.opensearch_index.writing import Right, writing
from caigou.search.analysis import understand
from caigou.search.ports import Completion, Document, Explanation, Hits, IndexNotReady, Query

log = structlog.get_logger(__name__)

#: Seconds to wait for another writer: a batch of changes is quicker, a rebuild is not waited for.
PATIENCE = 5.0
#: Documents in one request: some two megabytes.
BATCH = 500
#: Seconds for which a reader believes that the generation it knows still counts. One that is gone says so at once.
BELIEVED = 2.0

_T = TypeVar("_T")


class OpenSearchIndex:
    """The index of one installation on an OpenSearch; ``url`` is what the setting ``SEARCH_URL`` says."""

    def __init__(self, url: str) -> None:
        self._server = Server(read(url))
        self._generations = Generations(self._server)
        #: The generation that was found last, and when to look again.
        self._known: tuple[Generation, float] | None = None

    # --- reading ------------------------------------------------------------------------------------------------
    def generation(self) -> int:
        """The number of the present index, 0 without one."""
        try:
            return self._current().number
        except IndexNotReady:
            return 0

    def is_ready(self) -> bool:
        """Whether the server answers and searches an index of this make."""
        try:
            self._server.search(self._current().index, {"size": 0, "track_total_hits": False})
        except IndexNotReady:
            return False
        return True

    def _current(self) -> Generation:
        """Return the generation that counts now; raises ``IndexNotReady``."""
        current = self._generations.current()
        if current is None or current.make != schema.make_of(self._server.major):
            self._known = None
            raise IndexNotReady
        self._known = current, time.monotonic() + BELIEVED
        return current

    def _asked(self, question: Callable[[Generation], _T]) -> _T:
        """Ask the generation that counted lately; if it is gone, a rebuild has just put another in its place."""
        known = self._known
        if known is None or known[1] < time.monotonic():
            return question(self._current())
        try:
            return question(known[0])
        except IndexNotReady:
            current = self._current()
            if current == known[0]:
                raise
            return question(current)

    def search(self, query: Query) -> Hits:
        """Answer ``query``; raises ``IndexNotReady``. A page beyond ``DEEPEST`` is empty."""
        search = Search(query, self._server.major)

        def answer(generation: Generation) -> Hits:
            told = self._server.search(generation.index, search.body())
            ids, total, facets = search.read(told)
            met = search.met(told)
            unknown = () if search.asked is None or met else search.asked.unknown(self._known_in(generation))
            return Hits(ids, total, facets, generation.number, unknown)

        return self._asked(answer)

    def _known_in(self, generation: Generation) -> Callable[[Iterable[str]], frozenset[str]]:
        def known(words: Iterable[str]) -> frozenset[str]:
            return self._words_in(generation, words)

        return known

    def _words_in(self, generation: Generation, words: Iterable[str]) -> frozenset[str]:
        asked = sorted({word for word in words if word})
        one: dict[str, Any] = {"size": 0, "terminate_after": 1, "track_total_hits": True}
        answers = self._server.searches(
            generation.index, [{**one, "query": {"term": {"words": {"value": word}}}} for word in asked]
        )
        return frozenset(word for word, told in zip(asked, answers, strict=True) if told["hits"]["total"]["value"])

    def known(self, words: Iterable[str]) -> frozenset[str]:
        """Return those of ``words`` that some product has; see the port."""
        asked = frozenset(words)
        return self._asked(lambda generation: self._words_in(generation, asked))

    def completions(self, prefix: str, limit: int, *, within: str = "") -> tuple[Completion, ...]:
        """Complete ``prefix`` by what goods have; see the port."""
        if not prefix or limit < 1:
            return ()
        narrowed = queries.words(understand(within), None, self._server.major) if within else queries.EVERYTHING
        body = completing(prefix, limit, narrowed)
        return self._asked(lambda generation: completed(self._server.search(generation.index, body)))

    def explain(self, query: Query, product_id: int) -> Explanation:
        """Say why the product is found, and where, or why not; see the port."""
        return self._asked(lambda generation: Explaining(self._server, generation.index, query, product_id).told())

    def scattered(self) -> bool:
        """Say no: OpenSearch joins what was written in small parts by itself."""
        return False

    # --- writing ------------------------------------------------------------------------------------------------
    def write(self, documents: Iterable[Document] = (), *, gone: Iterable[int] = ()) -> None:
        """Put and delete, visible together; see the port."""
        latest = {document.id: document for document in documents}
        lines: list[dict[str, Any]] = [{"delete": {"_id": str(one)}} for one in sorted({*gone} - {*latest})]
        lines += _lines(latest.values())
        with writing(self._server, wait=PATIENCE):
            self._current()
            self._server.bulk(self._generations.name, lines, is_alias=True)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build the next generation and switch to it; see the port."""
        with writing(self._server, wait=PATIENCE) as right:
            fresh = self._generations.fresh(make=schema.make_of(self._server.major))
            try:
                count = self._fill(fresh, documents, right)
                self._generations.switch(fresh)
            except BaseException:
                self._generations.drop(fresh)
                raise
        self._known = None
        log.info("search_rebuilt", generation=fresh.number, documents=count)
        return count

    def _fill(self, fresh: Generation, documents: Iterable[Document], right: Right) -> int:
        count, waiting = 0, iter(documents)
        while batch := list(islice(waiting, BATCH)):
            lines = list(_lines(batch))
            right.keep()
            self._server.bulk(fresh.index, lines, is_alias=False)
            count += len(batch)
        right.keep()
        return count


def _lines(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    for document in documents:
        yield {"index": {"_id": str(document.id)}}
        yield schema.row(document)
