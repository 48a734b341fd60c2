"""Fill a running house with a synthetic catalogue, and say how fast it went; prints one line of JSON.

``python -m bench.fill COUNT FOLDER`` in the environment of one of the house's processes, with the owner's address of
the database in ``BENCH_OWNER_URL`` for the comparison: the same rows by COPY into bare copies of the tables. Whose
processor time is told, too, stands in ``BENCH_WORKER`` and ``BENCH_DATABASE``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

#: Seconds after which the worker takes an index to be at rest, and a round of its clocks.
_QUIET = 14.0
_TABLES = ("catalogue_product", "catalogue_pricetier")


def main(count: int, folder: Path) -> dict[str, Any]:
    """Import ``count`` products; return products a second into PostgreSQL, into both, and by COPY alone.

    And the processor's seconds that 1,000 of them cost the importing process, the worker and the database.
    """
    import django

    django.setup()
    from bench.processor import seconds_of
    from bench.synthetic import write
    from caigou.catalogue.models import Category
    from caigou.catalogue.services.imports import import_file, import_suppliers
    from caigou.cli.goods import BEHIND
    from caigou.jobs.outbox import hears
    from caigou.kernel.actor import SYSTEM

    leaves = list(Category.objects.filter(children=None).order_by("pk").values_list("slug", flat=True))
    sellers, goods = write(count, folder, leaves)
    import_suppliers(sellers)
    _unlimited()
    hears()  # loads the whole product, a second's work: the house's own imports run where that is loaded
    pids = {"importer": os.getpid(), "worker": _pid("BENCH_WORKER"), "database": _pid("BENCH_DATABASE")}
    before = {kind: seconds_of(pid) for kind, pid in pids.items()}
    os.nice(BEHIND)  # as ``caigou import`` does
    began = time.perf_counter()
    run = import_file(goods, by=SYSTEM)
    stored = time.perf_counter() - began
    _wait_for_index()
    findable = time.perf_counter() - began
    used = {kind: seconds_of(pid) - before[kind] for kind, pid in pids.items()}
    if run.products_total != count or run.rows_refused:
        raise SystemExit(f"{run.rows_refused} of {run.rows_read} rows were refused; the generator is wrong")
    copied = _copy_alone()
    joined = _wait_for_rest(began + findable)
    return {
        "products": count,
        "stored_per_second": round(count / stored),
        "findable_per_second": round(count / findable),
        "joined_after_s": round(joined, 1),
        "copy_alone_per_second": round(count / copied),
        "processor_s_per_1000": {kind: round(seconds / count * 1_000, 3) for kind, seconds in used.items()},
    }


def _pid(name: str) -> int:
    return int(os.environ[name])


def _unlimited() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _wait_for_index() -> None:
    """Wait until the worker has told the index everything: no event and no change waits."""
    from caigou.jobs.models import Delivery
    from caigou.search.models import Pending

    while Delivery.objects.filter(done_at=None).exists() or Pending.objects.exists():
        time.sleep(0.05)


def _wait_for_rest(found: float) -> float:
    """Wait until the worker has joined the small parts of the index; return the seconds since all could be found."""
    from caigou.search.calls import reindex_waits
    from caigou.search.engine import index
    from caigou.search.models import Pending

    while reindex_waits() or index().scattered() or time.perf_counter() < found + _QUIET or Pending.objects.exists():
        time.sleep(0.2)
    return time.perf_counter() - found


def _copy_alone() -> float:
    """Return the seconds that COPY takes for the same rows and the same indexes, in one transaction: the limit."""
    import psycopg

    with psycopg.connect(os.environ["BENCH_OWNER_URL"]) as connection, connection.cursor() as cursor:
        kept = {}
        for table in _TABLES:
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
            with cursor.copy(f"COPY {table} TO STDOUT") as out:
                kept[table] = b"".join(bytes(part) for part in out)
        began = time.perf_counter()
        for table in _TABLES:
            with cursor.copy(f"COPY bench_{table} FROM STDIN") as into:
                into.write(kept[table])
        took = time.perf_counter() - began
        connection.rollback()
    return took


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), Path(sys.argv[2]))))
