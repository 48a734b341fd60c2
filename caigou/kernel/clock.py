"""The one clock. Every deadline is stored as a moment and compared with ``now()``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("caigou_frozen_now", default=None)


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let ``now()`` answer ``moment`` inside the block: for tests of clocks and for authored demo histories.

    Raises ``ValueError`` for a naive ``moment``: a deadline without a zone is a bug.
    """
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware moment")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
