"""Opening accounts and changing what they let through."""

from __future__ import annotations

from django.db import connection

from caigou.kernel.actor import Actor
from caigou.ledger.errors import refusals_named
from caigou.ledger.legs import AccountId
from caigou.ledger.models import AccountStatus
from caigou.ledger.services.posting import name_of

#: What opens an account, or finds it, within another statement; takes kind, owner and currency.
OPENING = "ledger.open_account(%s, %s, %s)"


def open_account(kind: str, owner: str, currency: str) -> AccountId:
    """Return the account of this owner, opening it if there is none; ``kind`` is one of ``chart.CHART``.

    Safe to call again, also by two at once.  Raises ``UnknownAccount`` for a kind that the chart hasn't.
    """
    with refusals_named(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {OPENING}", [kind, owner, currency])
        return AccountId(cursor.fetchone()[0])


def freeze(account_id: AccountId, *, reason: str, by: Actor) -> None:
    """Let nothing out of the account and no new hold towards it; credits still arrive (promise 7).

    When the caller's transaction has committed, no debit gets through any more: the freeze waits for postings
    in flight, and later ones read the status under the same lock.  ``reason`` is a sentence that is kept.
    """
    _set_status(account_id, AccountStatus.FROZEN, reason, by)


def restrict(account_id: AccountId, *, reason: str, by: Actor) -> None:
    """Let nothing out of the account; credits, and holds towards it, still arrive (terms 4.5, a lost account)."""
    _set_status(account_id, AccountStatus.NO_DEBIT, reason, by)


def unfreeze(account_id: AccountId, *, reason: str, by: Actor) -> None:
    """Open a frozen or restricted account again.  Raises ``AccountBlocked`` for a closed one."""
    _set_status(account_id, AccountStatus.OPEN, reason, by)


def close_account(account_id: AccountId, *, reason: str, by: Actor) -> None:
    """Close an empty account for good.  Raises ``AccountNotEmpty`` while it has money or holds."""
    _set_status(account_id, AccountStatus.CLOSED, reason, by)


def _set_status(account_id: AccountId, status: AccountStatus, reason: str, by: Actor) -> None:
    with refusals_named(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger.set_status(%s, %s, %s, %s)", [account_id, status.value, reason, name_of(by)])
