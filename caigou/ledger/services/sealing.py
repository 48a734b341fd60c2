"""The chain of seals: what was posted can't be rewritten unseen."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from caigou.kernel.clock import now
from caigou.ledger.errors import refusals_named
from caigou.ledger.models import Seal

#: How often new journals are sealed.
EVERY = timedelta(seconds=10)
_MOST = 2_000


def seal_journals(*, all_of_them: bool = False) -> int:
    """Seal what is not sealed yet, in blocks; return how many journals.

    ``all_of_them`` looks at every journal there is, not only at the newest 100,000: once a day that finds one that
    was in flight for very long.  Safe to call by two at once: one of them does nothing.
    """
    sealed = 0
    while True:
        with refusals_named(), connection.cursor() as cursor:
            cursor.execute("SELECT ledger.seal_journals(%s, %s)", [_MOST, None if all_of_them else 100_000])
            found: int = cursor.fetchone()[0]
        sealed += found
        if found < _MOST:
            return sealed


def seal_due() -> int:
    """Clock: seal every ten seconds."""
    newest = Seal.objects.order_by("-id").values_list("sealed_at", flat=True).first()
    return seal_journals() if newest is None or newest <= now() - EVERY else 0
