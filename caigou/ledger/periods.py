"""Reading one account by period: what stood at a moment, and what moved between two (A12).

A movement belongs to the moment at which it happened (``effective_at``), as its owner counts; a period that was closed
takes none any more, so its statement stays as it was printed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from caigou.kernel.money import Money
from caigou.ledger.errors import UnknownAccount
from caigou.ledger.legs import AccountId, TransferId
from caigou.ledger.models import Account
from caigou.ledger.selectors import Line

#: All that was posted to the account in the order of time, each with the balance after it.
_RAN = """
WITH entries AS (
    SELECT t.id, t.journal_id, t.code, t.credit_id AS other_id, t.amount * %(sign)s AS amount
      FROM ledger.transfer t WHERE t.debit_id = %(account)s AND t.kind IN ('P', 'C')
    UNION ALL
    SELECT t.id, t.journal_id, t.code, t.debit_id, t.amount * -%(sign)s
      FROM ledger.transfer t WHERE t.credit_id = %(account)s AND t.kind IN ('P', 'C')
),
ran AS (
    SELECT e.*, j.effective_at, j.purpose, j.source,
           sum(e.amount) OVER (ORDER BY j.effective_at, e.id) AS after_
      FROM entries e JOIN ledger.journal j ON j.id = e.journal_id
)
"""
_MOVED = """
RAN
SELECT r.id, r.effective_at, r.purpose, r.source, r.code, o.kind, o.owner, r.amount, r.after_::bigint
  FROM ran r
  JOIN ledger.account o ON o.id = r.other_id
 WHERE (%(before)s::bigint IS NULL
        OR (r.effective_at, r.id) < (SELECT b.effective_at, b.id FROM ran b WHERE b.id = %(before)s))
   AND (%(since)s::timestamptz IS NULL OR r.effective_at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR r.effective_at < %(until)s)
   AND (%(purposes)s::text[] IS NULL OR r.purpose = ANY(%(purposes)s))
 ORDER BY r.effective_at DESC, r.id DESC LIMIT %(limit)s
""".replace("RAN", _RAN)
_STOOD = "RAN SELECT coalesce(sum(r.amount), 0) FROM ran r WHERE r.effective_at < %(moment)s".replace("RAN", _RAN)


def movements(
    account_id: AccountId,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    purposes: Collection[str] | None = None,
    before: TransferId | None = None,
    limit: int,
) -> list[Line]:
    """Return the newest ``limit`` movements that happened from ``since`` until before ``until``, newest first.

    Each has the true balance after it, whatever was left out. ``purposes`` leaves out all others; ``before`` is the
    last line's ``transfer_id`` of the page before. Raises ``UnknownAccount``.
    """
    account = _account(account_id)
    values = {
        **_of(account),
        "since": since,
        "until": until,
        "purposes": None if purposes is None else sorted(purposes),
        "before": before,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, values)
        rows = cursor.fetchall()
    return [
        Line(
            TransferId(pk), when, purpose, source, code, kind, owner,
            Money(int(amount), account.currency), Money(after, account.currency),
        )
        for pk, when, purpose, source, code, kind, owner, amount, after in rows
    ]  # fmt: skip


def stood_at(account_id: AccountId, moment: datetime) -> Money:
    """Return the balance before everything that happened from ``moment`` on.  Raises ``UnknownAccount``."""
    account = _account(account_id)
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, {**_of(account), "moment": moment})
        return Money(int(cursor.fetchone()[0]), account.currency)


def _account(account_id: AccountId) -> Account:
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise UnknownAccount
    return account


def _of(account: Account) -> dict[str, int]:
    return {"account": account.pk, "sign": 1 if account.side == "D" else -1}
