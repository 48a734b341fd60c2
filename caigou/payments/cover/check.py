"""What the books must say about positions of currencies; ``check-books`` asks (registered by ``config``)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from caigou.kernel.money import Money
from caigou.ledger.services import EXCHANGED, Finding

CHECK = "position_is_its_exchanges"

#: One statement, so that exchanges, trades and balances are seen at one moment however busy the house is.
_DIFFERENCES = """
WITH used AS (
    SELECT q.* FROM ledger.fx_quote q
     WHERE EXISTS (SELECT FROM ledger.journal j WHERE j.purpose = %s AND j.source = q.public_id)
), moved AS (
    SELECT sell AS currency, sell_minor AS amount FROM used
    UNION ALL SELECT buy, -buy_minor - rounding_minor FROM used
    UNION ALL SELECT a.currency, -t.sold_minor
      FROM payments_covertrade t JOIN payments_bankaccount a ON a.id = t.sold_from_id WHERE t.status = 'done'
    UNION ALL SELECT a.currency, t.bought_minor - t.result_minor
      FROM payments_covertrade t JOIN payments_bankaccount a ON a.id = t.bought_on_id WHERE t.status = 'done'
), due AS (
    SELECT currency, sum(amount)::bigint AS amount FROM moved GROUP BY currency
), there AS (
    SELECT a.currency, sum(b.credits_posted - b.debits_posted)::bigint AS amount
      FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
     WHERE a.kind = 'fx_position' GROUP BY a.currency
)
SELECT currency, coalesce(due.amount, 0), coalesce(there.amount, 0) FROM due FULL JOIN there USING (currency)
 WHERE coalesce(due.amount, 0) <> coalesce(there.amount, 0) ORDER BY currency
"""


def position_findings() -> Iterator[Finding]:
    """Find every position that isn't what customers exchanged less what booked trades covered."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [EXCHANGED])
        rows = cursor.fetchall()
    for currency, due, there in rows:
        detail = f"holds {Money(there, currency)}; exchanges and trades come to {Money(due, currency)}"
        yield Finding(CHECK, currency, detail)
