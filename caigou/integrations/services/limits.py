"""Limits that are exact under parallel fire: one statement counts and answers (promise 22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.prepared import fetch_all

MINUTE = timedelta(minutes=1)
#: Counts one more of each name that ``names`` yields; takes the window's beginning and the limit.
COUNTING = """
INSERT INTO integrations_tally AS t (name, since, counted) SELECT name, %s::timestamptz, 1 FROM {names}
ON CONFLICT (name) DO UPDATE
   SET since = greatest(t.since, excluded.since),
       counted = CASE WHEN excluded.since > t.since THEN 1 ELSE least(t.counted, %s::integer) + 1 END
RETURNING since, counted
"""
_COUNT = COUNTING.format(names="(SELECT %s::text AS name) AS one")


class TooMany(DomainError):
    """The limit of this window is reached; ``wait`` is the seconds until the next one begins."""

    code = "too_many_requests"

    def __init__(self, wait: int) -> None:
        super().__init__(_("Too many requests. Wait until the next minute begins."))
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Counted:
    """The ``turn``-th of at most ``limit`` in the window that began at ``since``."""

    turn: int
    limit: int
    since: datetime


def count(name: str, *, limit: int, window: timedelta = MINUTE) -> Counted:
    """Count one more of ``name`` in the current window; raises ``TooMany`` beyond ``limit``.

    To be called outside a transaction: what is rolled back later has been asked all the same. Windows are fixed
    spans of the clock, and a machine whose clock is behind counts in the newest window.
    """
    [(since, turn)] = fetch_all(_COUNT, [window_of(now(), window), name, limit])
    return let_through(Counted(turn, limit, since), window)


def window_of(moment: datetime, window: timedelta = MINUTE) -> datetime:
    """Return when the window began in which ``moment`` is."""
    span = int(window.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // span * span, UTC)


def let_through(counted: Counted, window: timedelta = MINUTE) -> Counted:
    """Return what was counted; raises ``TooMany`` beyond the limit."""
    if counted.turn > counted.limit:
        raise TooMany(wait=max(1, round((counted.since + window - now()).total_seconds())))
    return counted
