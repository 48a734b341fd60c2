"""What the index says of a product that nobody changed for half a year: it is no longer new."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from caigou.catalogue.models import ProductStatus
from caigou.jobs.seldom import is_turn
from caigou.kernel.clock import now
from caigou.search.documents import FRESH_FOR

#: Seconds between two looks. Products of some days are noted each time, so a worker that stood still misses none.
EVERY, DAYS = 86_400, timedelta(days=4)
_DONE = "search.ageing"

_NOTE = """
    INSERT INTO search_pending (product_id, since)
    SELECT id, %(now)s FROM catalogue_product
     WHERE status = %(listed)s AND updated_at <= %(aged)s AND updated_at > %(before)s
"""


def note_aged() -> int:
    """Let the index look again at products that have just ceased to be new; return how many."""
    at = now()
    aged = at - FRESH_FOR
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"now": at, "listed": str(ProductStatus.LISTED), "aged": aged, "before": aged - DAYS})
        return int(cursor.rowcount)


def note_aged_daily() -> int:
    """Clock: look once a day, whichever worker comes first."""
    return note_aged() if is_turn(_DONE, EVERY) else 0
