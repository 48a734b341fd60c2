"""What the books must say about orders; ``check-books`` asks (registered by ``config``)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from caigou.kernel.money import Money
from caigou.ledger.services import Finding
from caigou.orders.models import IN_ESCROW

CHECK = "escrow_is_its_order"

#: One statement, so that orders and balances are seen at one moment however busy the house is.
_DIFFERENCES = """
WITH due AS (
    SELECT public_id AS owner, currency, status, CASE WHEN status = ANY(%s) THEN total_minor ELSE 0 END AS amount
      FROM orders_order
),
there AS (
    SELECT a.owner, a.currency, sum(b.credits_posted - b.debits_posted)::bigint AS amount
      FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
     WHERE a.kind = 'escrow'
     GROUP BY a.owner, a.currency
)
SELECT owner, currency, due.status, coalesce(due.amount, 0), coalesce(there.amount, 0)
  FROM due FULL JOIN there USING (owner, currency)
 WHERE coalesce(due.amount, 0) <> coalesce(there.amount, 0)
 ORDER BY owner
"""


def escrow_findings() -> Iterator[Finding]:
    """Find every escrow that isn't its order's total while paid or shipped, or isn't empty otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [[str(status) for status in IN_ESCROW]])
        rows = cursor.fetchall()
    for owner, currency, status, due, there in rows:
        detail = (
            f"holds {Money(there, currency)}, should hold {Money(due, currency)}; the order is {status or 'unknown'}"
        )
        yield Finding(CHECK, owner, detail)
