"""What the ledger refuses, by name.

The database raises codes of its own (listed at the head of ``sql/post.sql``); ``named``
turns them into these classes.  Whatever is not listed is a fault of the code and goes up as the database said it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caigou.kernel.errors import DomainError
from caigou.kernel.money import CurrencyMismatch


class LedgerError(DomainError):
    """A posting that the ledger refused; nothing of it was written."""

    sentence: Promise = _("The ledger refused this posting. Nothing was moved.")

    def __init__(self, message: object = None) -> None:
        super().__init__(message or self.sentence)


class InsufficientFunds(LedgerError):
    """A guarded account would have less than nothing available (constraint ``no_overdraft``)."""

    code = "insufficient_funds"
    sentence = _("There is not enough money available. Recharge the wallet or choose a smaller amount.")


class AccountBlocked(LedgerError):
    """The account is restricted, frozen or closed, and this leg is not among what is still allowed (LG002)."""

    code = "account_blocked"
    sentence = _("This account is blocked, so nothing was moved. Ask our support what has to be done.")


class AccountNotEmpty(LedgerError):
    """An account with money or holds in it can't be closed (LG008)."""

    code = "account_not_empty"
    sentence = _("There is still money in this account. Move it out, then close the account.")


class UnknownAccount(LedgerError):
    """No account has this id, or the chart has no such kind (LG001)."""

    code = "unknown_account"
    sentence = _("There is no such account. Check which account is meant.")


class IdempotencyMismatch(LedgerError):
    """The key was used before for another request (LG003)."""

    code = "idempotency_mismatch"
    sentence = _("This key was used before for another request. Nothing was moved; send this one under a new key.")


class AlreadyPosted(LedgerError):
    """This purpose and source are posted under another key, whatever the amount (LG004)."""

    code = "already_posted"
    sentence = _("This was posted before and is not posted twice. Reload the page to see it.")


class AlreadyReversed(LedgerError):
    """The transfer was taken back before (constraint ``transfer_reversed_once``)."""

    code = "already_reversed"
    sentence = _("This was taken back before and is not taken back twice. Reload the page to see it.")


class HoldSpent(LedgerError):
    """Less is left of the hold than asked for, or nothing, or it never was (LG005, ``hold_not_overspent``)."""

    code = "hold_spent"
    sentence = _("Not enough is left of the reserved money. Reload the page to see what happened to it.")


class PeriodClosed(LedgerError):
    """It happened in a month whose books are closed (LG010)."""

    code = "period_closed"
    sentence = _("The books of that time are closed. Date it to a month that is still open.")


class PeriodStillRuns(LedgerError):
    """A period is closed an hour after its end at the earliest (constraint ``period_is_past``)."""

    code = "period_still_runs"
    sentence = _("This period can't be closed yet. Try again an hour after it has ended.")


class PointsStay(LedgerError):
    """Points would go from one customer to another (LG011)."""

    code = "points_stay"
    sentence = _("Points can't be passed on or paid out.")


class NotAsQuoted(LedgerError):
    """An exchange of currencies that nobody quoted, or not so, or no longer (LG012)."""

    code = "not_as_quoted"
    sentence = _("This exchange rate is no longer valid. Ask for a new one.")


class LedgerBusy(LedgerError):
    """Others kept a lock too long, or this transaction was chosen to end a deadlock; safe to try again."""

    code = "busy"
    sentence = _("This account is very busy just now, so nothing was moved. Please try again.")


class LedgerMisuse(RuntimeError):
    """A call that correct code never makes: another isolation level, malformed legs, a change of what is written."""


_BY_SQLSTATE: dict[str, Callable[[], LedgerError]] = {
    "LG001": UnknownAccount,
    "LG002": AccountBlocked,
    "LG003": IdempotencyMismatch,
    "LG004": AlreadyPosted,
    "LG005": HoldSpent,
    "LG008": AccountNotEmpty,
    "LG010": PeriodClosed,
    "LG011": PointsStay,
    "LG012": NotAsQuoted,
    "55P03": LedgerBusy,  # lock_not_available
    "40P01": LedgerBusy,  # deadlock_detected
    "57014": LedgerBusy,  # query_canceled: the statement's time was up, waiting or not
}
_BY_CONSTRAINT: dict[str, Callable[[], LedgerError]] = {
    "no_overdraft": InsufficientFunds,
    "hold_not_overspent": HoldSpent,
    "transfer_reversed_once": AlreadyReversed,
    "period_is_past": PeriodStillRuns,
}
_IN_CURRENCY = {"transfer_debit_in_currency", "transfer_credit_in_currency"}
_MISUSES = {"LG006", "LG007", "LG009"}


@contextmanager
def refusals_named(*, ends: bool = False) -> Iterator[None]:
    """Run one ledger function in a savepoint: a refusal has a name and leaves the caller's transaction usable.

    ``ends``: without one; a refusal ends the caller's transaction, which nobody may go on with.
    """
    try:
        with transaction.atomic(savepoint=not ends):
            yield
    except DatabaseError as error:
        named = refusal_of(error)
        if named is None:
            raise
        raise named from error


def refusal_of(error: DatabaseError) -> Exception | None:
    """Return what the database's ``error`` means to the ledger; None for one that is none of its own."""
    cause = error.__cause__
    sqlstate = getattr(cause, "sqlstate", None) or ""
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    make = _BY_CONSTRAINT.get(constraint) or _BY_SQLSTATE.get(sqlstate)
    if make is not None:
        return make()
    if constraint in _IN_CURRENCY:
        return CurrencyMismatch(str(cause).partition("\n")[0])
    if sqlstate in _MISUSES:
        return LedgerMisuse(str(cause).partition("\n")[0])
    return None
