"""Reading the books.  All figures are those of the moment; whoever decides by them posts and lets ``post`` decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Min, Sum

from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.errors import HoldSpent, UnknownAccount
from caigou.ledger.legs import AccountId, HoldId, JournalId, TransferId
from caigou.ledger.models import Account, AccountStatus, BalanceRow, Hold


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds, in its owner's view.

    ``pending`` is the part of ``posted`` that is set aside; ``available`` is the rest.
    """

    posted: Money
    pending: Money
    available: Money
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: ``amount`` is signed in the owner's view, ``balance`` is what stood after it."""

    transfer_id: TransferId
    when: datetime
    purpose: str
    source: str
    code: str
    counterparty_kind: str
    counterparty_owner: str
    amount: Money
    balance: Money


def find_account(kind: str, owner: str, currency: str) -> AccountId | None:
    """Return the account of this owner, or ``None`` when it was never opened."""
    found = Account.objects.filter(kind=kind, owner=owner, currency=currency).values_list("pk", flat=True).first()
    return None if found is None else AccountId(found)


def balance(account_id: AccountId) -> Balance:
    """Return what an account holds.  Raises ``UnknownAccount``."""
    return balances([account_id])[account_id]


def balances(account_ids: Iterable[AccountId]) -> dict[AccountId, Balance]:
    """Return what several accounts hold, in one query.  Raises ``UnknownAccount`` when one of them isn't there."""
    wanted = set(account_ids)
    as_of = now()
    rows = (
        BalanceRow.objects.filter(account_id__in=wanted)
        .values("account_id", "account__side", "account__currency")
        .annotate(
            debits=Sum("debits_posted"),
            credits=Sum("credits_posted"),
            debits_held=Sum("debits_pending"),
            credits_held=Sum("credits_pending"),
        )
    )
    found = {AccountId(row["account_id"]): _balance(row, as_of) for row in rows}
    if wanted - found.keys():
        raise UnknownAccount
    return found


def _balance(row: Mapping[str, Any], as_of: datetime) -> Balance:
    figures = {name: int(row[name]) for name in ("debits", "credits", "debits_held", "credits_held")}
    if row["account__side"] == "C":
        posted, held = figures["credits"] - figures["debits"], figures["debits_held"]
    else:
        posted, held = figures["debits"] - figures["credits"], figures["credits_held"]
    currency = row["account__currency"]
    return Balance(Money(posted, currency), Money(held, currency), Money(posted - held, currency), as_of)


def status_of(account_id: AccountId) -> AccountStatus:
    """Return what the account lets through.  Raises ``UnknownAccount``."""
    status = BalanceRow.objects.filter(account_id=account_id).aggregate(status=Min("status"))["status"]
    if status is None:
        raise UnknownAccount
    return AccountStatus(status)


def held_amount(hold_id: HoldId) -> Money:
    """Return what is left of a hold; zero when all was captured or released.  Raises ``HoldSpent`` if it never was."""
    found = Hold.objects.select_related("transfer").filter(pk=hold_id).first()
    if found is None:
        raise HoldSpent
    return Money(found.left, found.transfer.currency)


def holds_of(journal_id: JournalId) -> list[HoldId]:
    """Return the holds that a journal placed, in the order of its legs."""
    found = Hold.objects.filter(transfer__journal_id=journal_id).order_by("pk").values_list("pk", flat=True)
    return [HoldId(pk) for pk in found]


_TAKEN = """
SELECT t.code, coalesce(sum(t.amount), 0)::bigint,
       (SELECT sum(b.credits_posted - b.debits_posted) FROM ledger.balance b WHERE b.account_id = a.id)::bigint
  FROM ledger.account a LEFT JOIN ledger.transfer t ON t.debit_id = a.id AND t.kind IN ('P', 'C')
 WHERE a.kind = %s AND a.owner = %s AND a.currency = %s AND a.side = 'C'
 GROUP BY a.id, t.code
"""


def taken_from(kind: str, owner: str, currency: str) -> tuple[Money, dict[str, Money]]:
    """Return what an account that grows on credit holds, and what was ever taken from it by the codes of its legs.

    Zero and nothing for an account that was never opened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [kind, owner, currency])
        rows = cursor.fetchall()
    held = Money(rows[0][2] if rows else 0, currency)
    return held, {code: Money(minor, currency) for code, minor, _held in rows if code is not None}


#: What was posted to one account, in its owner's view.  Two arms, since each has an index that ends in the id.
_ENTRIES = """(
    SELECT t.id, t.journal_id, t.code, t.credit_id AS other_id, t.amount * (%(sign)s) AS amount
      FROM ledger.transfer t WHERE t.debit_id = %(account)s AND t.kind IN ('P', 'C')
    UNION ALL
    SELECT t.id, t.journal_id, t.code, t.debit_id, t.amount * -(%(sign)s)
      FROM ledger.transfer t WHERE t.credit_id = %(account)s AND t.kind IN ('P', 'C')
)"""
#: The balance after the page's first line is what stands now less what came since, so that older lines need not be
#: summed; and one statement sees one moment.
_STATEMENT = """
WITH since AS (
    SELECT (SELECT sum(b.debits_posted - b.credits_posted) * (%(sign)s)
              FROM ledger.balance b WHERE b.account_id = %(account)s)
         - (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.id >= %(before)s) AS balance
)
SELECT since.balance::bigint, e.id, j.effective_at, j.purpose, j.source, e.code, o.kind, o.owner, o.currency, e.amount
  FROM since
 CROSS JOIN (SELECT * FROM entries old WHERE id < %(before)s ORDER BY id DESC LIMIT %(limit)s) e
  JOIN ledger.journal j ON j.id = e.journal_id
  JOIN ledger.account o ON o.id = e.other_id
 ORDER BY e.id DESC
""".replace("entries", _ENTRIES)
_NEWEST = 2**63 - 1


def statement(account_id: AccountId, limit: int = 50, before: TransferId | None = None) -> list[Line]:
    """Return the newest ``limit`` movements of an account, newest first, each with the balance after it (A12).

    ``before`` is the last line's ``transfer_id`` of the page before.  Holds move nothing yet and are not listed.
    Raises ``UnknownAccount``.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise UnknownAccount
    parameters = {
        "account": account_id,
        "sign": 1 if account.side == "D" else -1,
        "before": _NEWEST if before is None else before,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, parameters)
        rows = cursor.fetchall()

    lines: list[Line] = []
    for stood, pk, when, purpose, source, code, kind, owner, currency, amount in rows:
        newer = lines[-1].balance.minor - lines[-1].amount.minor if lines else stood
        after, moved = Money(newer, currency), Money(amount, currency)
        lines.append(Line(TransferId(pk), when, purpose, source, code, kind, owner, moved, after))
    return lines
