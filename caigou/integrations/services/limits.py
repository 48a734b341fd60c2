"""Limits that are exact under parallel fire: one statement counts and answers (promise 22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError

MINUTE = timedelta(minutes=1)
_COUNT = """
INSERT INTO integrations_tally AS t (name, since, counted) VALUES (%s, %s, 1)
ON CONFLICT (name) DO UPDATE
   SET since = greatest(t.since, excluded.since),
       counted = CASE WHEN excluded.since > t.since THEN 1 ELSE least(t.counted, %s) + 1 END
RETURNING since, counted
"""


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
    moment = now()
    span = int(window.total_seconds())
    start = datetime.fromtimestamp(int(moment.timestamp()) // span * span, UTC)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [name, start, limit])
        since, turn = cursor.fetchone()
    if turn > limit:
        raise TooMany(wait=max(1, round((since + window - moment).total_seconds())))
    return Counted(turn, limit, since)
