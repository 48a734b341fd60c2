"""Opening accounts and changing what they let through."""

from __future__ import annotations

from django.db import connection

from caigou.kernel.actor import Actor
from caigou.ledger.errors import refusals_named
from caigou.ledger.legs import AccountId
from caigou.ledger.models import AccountStatus
from caigou.ledger.services.posting import name_of


def open_account(kind: str, owner: str, currency: str) -> AccountId:
    """Return the account of this owner, opening it if there is none; ``kind`` is one of ``chart.CHART``.

    Safe to call again, also by two at once.  Raises ``UnknownAccount`` for a kind that the chart hasn't.
    """
    return open_accounts((kind, owner, currency))[0]


def open_accounts(*accounts: tuple[str, str, str], ends: bool = False) -> list[AccountId]:
    """Return the account of each (kind, owner, currency), as ``open_account``, in one question.

    ``ends``: a refusal ends the caller's transaction.
    """
    asked = ", ".join(["ledger.open_account(%s, %s, %s)"] * len(accounts))
    with refusals_named(ends=ends), connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", [part for account in accounts for part in account])
        return [AccountId(found) for found in cursor.fetchone()]


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
