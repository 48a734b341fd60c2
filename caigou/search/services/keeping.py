"""Keep the index true to PostgreSQL. All is safe to repeat; the worker calls ``index_pending`` each round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import structlog
from django.db import connection

from caigou.catalogue.models import Product, ProductStatus
from caigou.search import analysts
from caigou.search.documents import documents_of
from caigou.search.engine import index
from caigou.search.models import Pending
from caigou.search.ports import Document, IndexBusy, IndexUnreachable

log = structlog.get_logger(__name__)

#: Changes that are written in one commit, as far as so many wait: smaller commits leave more files to merge, in larger
#: ones the first waits longer for the last.
BATCH = 8_000
#: Products whose ids a rebuild reads at once.
CHUNK = 500

#: Called with how many are done and how many there are.
Progress = Callable[[int, int], None]


def reindex(progress: Progress | None = None) -> int:
    """Build a fresh index from PostgreSQL, switch to it, return how many products it holds.

    Searching goes on with the old index until then. Raises ``IndexBusy`` while another process writes.
    """
    listed = Product.objects.filter(status=ProductStatus.LISTED).order_by("pk").values_list("pk", flat=True)
    total = listed.count()

    def documents() -> Iterator[Document]:
        for done, document in enumerate(documents_of(listed.iterator(chunk_size=CHUNK)), start=1):
            yield document
            if progress is not None:
                progress(done, max(done, total))

    return index().rebuild(documents())


def index_products(product_ids: Sequence[int]) -> None:
    """Bring these products up to date in the index; those that are no longer listed leave it.

    Raises ``IndexBusy`` while another process writes and ``IndexNotReady`` without an index.
    """
    index().write(analysts.made_of(product_ids), gone=product_ids)


def index_pending() -> int:
    """Index what changed, or everything when there is no sound index; return how many changes that was.

    The rows are removed after the index holds the change: a worker killed in between does it once more. While another
    process rebuilds the index, or the server that holds it doesn't answer, the changes wait.
    """
    try:
        return _catch_up() if index().is_ready() else _build()
    except IndexBusy:
        log.info("search_index_busy")
    except IndexUnreachable:
        log.warning("search_index_unreachable")
    return 0


def _catch_up() -> int:
    done = 0
    while rows := list(Pending.objects.order_by("pk").values_list("pk", "product_id")[:BATCH]):
        index_products(sorted({product_id for _pk, product_id in rows}))
        _remove([pk for pk, _product_id in rows])
        done += len(rows)
    analysts.rest()
    return done


def _build() -> int:
    """Rebuild; what was pending before is part of it."""
    known = list(Pending.objects.values_list("pk", flat=True))
    count = reindex()
    _remove(known)
    return count


def _remove(pending: list[int]) -> None:
    """Remove these rows; a row that came since then stays, and so does its change for the next round."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_pending WHERE id = ANY(%s)", [pending])
