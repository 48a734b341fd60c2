"""What PostgreSQL can't do for now: it is away, or others hold what is wanted. Neither is a fault of the request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, OperationalError
from django.utils.translation import gettext_lazy as _

from caigou.kernel.errors import DomainError

#: lock_not_available, query_canceled (the statement's time was up, waiting or not), deadlock_detected.
_BUSY = ("55P03", "57014", "40P01")
#: By the first letters of SQLSTATE: connections, what the machine lacks, shutting down or starting, the disk.
_AWAY = ("08", "53", "57P", "58")


class Busy(DomainError):
    """Others kept a lock for longer than anybody waits; the transaction was taken back, and may be tried again."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("We are very busy just now, so nothing was done. Please try again."))


def is_busy(error: BaseException | None) -> bool:
    """Say whether PostgreSQL gave up waiting; its transaction is taken back, so nothing of it was done."""
    if isinstance(error, DomainError):
        return error.code == Busy.code  # named already, by the ledger or here
    return isinstance(error, Error) and _sqlstate(error) in _BUSY


def is_away(error: BaseException | None) -> bool:
    """Say whether there is no database to ask: not reached, lost on the way, shutting down, or full.

    What was being committed when a connection was lost may be done or not; only asking again tells.
    """
    # Nobody was there to give a reason, or the reason is one of these.
    return isinstance(error, OperationalError) and (not _sqlstate(error) or _sqlstate(error).startswith(_AWAY))


def _sqlstate(error: Error) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


@contextmanager
def busy_named() -> Iterator[None]:
    """Raise ``Busy`` instead of what the database says, so that whoever asked reads a sentence; a decorator, too."""
    try:
        yield
    except Error as error:
        if not is_busy(error):
            raise
        raise Busy from error
