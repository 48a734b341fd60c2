"""When to try again: quickly at first, then ever more slowly, never giving up in silence."""

from __future__ import annotations

from datetime import timedelta

#: Seconds before the second, third, … try; the last one repeats.
_DELAYS = (1, 5, 30, 120, 600, 3600)
#: From this many failed tries on, a row is shown to staff as stuck; it is still tried.
STUCK_AFTER = 5


def reason_of(error: Exception) -> str:
    """Return what a fault says as a short text that PostgreSQL can store, whatever stands in it.

    >>> reason_of(ValueError("a\\x00b"))
    'ValueError: a\ufffdb'
    """
    text = f"{type(error).__name__}: {error}"[:2000]
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def delay(attempts: int) -> timedelta:
    """Return how long to wait after ``attempts`` failed tries (1 or more).

    >>> delay(1), delay(99)
    (datetime.timedelta(seconds=1), datetime.timedelta(seconds=3600))
    """
    return timedelta(seconds=_DELAYS[min(attempts, len(_DELAYS)) - 1])
