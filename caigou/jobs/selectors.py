"""What waits and what is stuck, for the console and for ``/readyz``."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.jobs.models import Call, Delivery
from caigou.jobs.retry import STUCK_AFTER


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many rows wait, and how many of them failed so often that a person should look."""

    waiting: int
    stuck: int


def backlog() -> Backlog:
    """Count the rows that are not done, deliveries and calls together."""
    waiting = Delivery.objects.filter(done_at=None).count() + Call.objects.filter(done_at=None).count()
    stuck = (
        Delivery.objects.filter(done_at=None, attempts__gte=STUCK_AFTER).count()
        + Call.objects.filter(done_at=None, attempts__gte=STUCK_AFTER).count()
    )
    return Backlog(waiting=waiting, stuck=stuck)
