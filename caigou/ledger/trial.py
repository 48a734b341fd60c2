"""The trial balance: what was debited and credited to each kind of account, now or as of a moment (A13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from caigou.kernel.money import Money
from caigou.ledger.models import BalanceRow


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one kind and currency together: what was debited and credited, and what is set aside."""

    currency: str
    kind: str
    debits: Money
    credits: Money
    held: Money


#: All that had happened before a moment.  A hold sets aside on the side that pays; what is taken from it gives back.
_AS_OF = """
WITH moved AS (
    SELECT t.debit_id, t.credit_id, t.kind, t.amount
      FROM ledger.transfer t JOIN ledger.journal j ON j.id = t.journal_id
     WHERE j.effective_at < %s
), sides AS (
    SELECT debit_id AS account_id,
           CASE WHEN kind IN ('P', 'C') THEN amount ELSE 0 END AS debits, 0 AS credits,
           CASE WHEN kind = 'H' THEN amount WHEN kind IN ('C', 'R') THEN -amount ELSE 0 END AS held
      FROM moved
    UNION ALL
    SELECT credit_id, 0, amount, 0 FROM moved WHERE kind IN ('P', 'C')
)
SELECT a.currency, a.kind, sum(s.debits), sum(s.credits), sum(s.held)
  FROM sides s JOIN ledger.account a ON a.id = s.account_id
 GROUP BY a.currency, a.kind ORDER BY a.currency, a.kind
"""


def trial_balance() -> Iterator[TrialLine]:
    """Yield the trial balance of this moment, from the balance rows, by currency and kind."""
    rows = (
        BalanceRow.objects.values("account__currency", "account__kind")
        .annotate(
            debits=Sum("debits_posted"),
            credits=Sum("credits_posted"),
            debits_held=Sum("debits_pending"),
        )
        .order_by("account__currency", "account__kind")
    )
    for row in rows:
        names = (row["account__currency"], row["account__kind"])
        yield _line(*names, row["debits"], row["credits"], row["debits_held"])


def trial_balance_at(moment: datetime) -> list[TrialLine]:
    """Return the trial balance of what had happened before ``moment``, summed from the transfers.

    What is dated back later changes it, until the month is closed. It reads every transfer: a page for people.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, [moment])
        return [_line(*row) for row in cursor.fetchall()]


def _line(currency: str, kind: str, debits: int, credits_: int, held: int) -> TrialLine:
    debited, credited, set_aside = (Money(int(minor), currency) for minor in (debits, credits_, held))
    return TrialLine(currency, kind, debited, credited, set_aside)
