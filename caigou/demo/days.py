"""Days of the demonstration's histories, counted back from today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from caigou.kernel.clock import frozen, now


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """Let the clock stand so many days ago inside the block. Not to be nested: the inner one would count twice."""
    with frozen(now() - timedelta(days=days)):
        yield


def day(days: int) -> date:
    """Return the day so many days ago; to be asked outside ``days_ago``."""
    return (now() - timedelta(days=days)).date()
