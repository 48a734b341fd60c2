"""The outbox: ``publish`` inside the deciding transaction, ``deliver`` in a worker.

Who hears an event is one table in ``config`` (the setting ``CAIGOU_HEARS`` names it). A handler only touches
the database and is safe to run again; its effect and the mark "done" are committed together, so a killed
worker neither loses an event nor acts on it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from caigou.jobs.models import Delivery
from caigou.jobs.retry import delay, reason_of
from caigou.kernel.clock import now
from caigou.kernel.events import Event, event_kind

log = structlog.get_logger(__name__)

Handler = Callable[[Any], object]
#: The PostgreSQL channel on which a commit wakes the worker.
CHANNEL = "caigou_jobs"


@cache
def hears() -> Mapping[type[Event], Sequence[Handler]]:
    """The table of who hears what, from ``config``."""
    table: Mapping[type[Event], Sequence[Handler]] = import_string(settings.CAIGOU_HEARS)
    return table


def _name(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def publish(event: Event) -> None:
    """Store ``event`` for everyone who hears it, in the caller's transaction.

    Raises ``RuntimeError`` outside a transaction: a fact that could be lost by a crash is no fact.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs inside the transaction that makes the event true")
    rows = [
        Delivery(event=event.kind, payload=event.to_dict(), handler=_name(handler), published_at=now(), due_at=now())
        for handler in hears().get(type(event), ())
    ]
    Delivery.objects.bulk_create(rows)
    if rows:
        wake()


def wake() -> None:
    """Tell the workers, at commit, that there is something to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _handler_of(delivery: Delivery) -> tuple[type[Event], Handler]:
    table = hears()  # reading the table is what makes the kinds of events known to a fresh process
    kind = event_kind(delivery.event)
    for handler in table.get(kind, ()):
        if _name(handler) == delivery.handler:
            return kind, handler
    raise LookupError(f"nobody named {delivery.handler} hears {delivery.event} any more")


def deliver_one() -> bool:
    """Deliver the oldest due row that no other worker holds; False when there is none."""
    with transaction.atomic():
        row = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(done_at=None, due_at__lte=now())
            .order_by("due_at", "id")
            .first()
        )
        if row is None:
            return False
        row.attempts += 1
        try:
            with transaction.atomic():
                kind, handler = _handler_of(row)
                handler(kind.from_dict(row.payload))
        except Exception as error:
            row.last_error = reason_of(error)
            row.due_at = now() + delay(row.attempts)
            log.exception("handler_failed", handler=row.handler, delivery=row.pk, attempts=row.attempts)
        else:
            row.done_at = now()
            row.last_error = ""
        row.save(update_fields=["attempts", "last_error", "due_at", "done_at"])
    return True


def deliver_due(limit: int = 10_000) -> int:
    """Deliver everything that is due, what the handlers themselves publish included; return how many rows."""
    for count in range(limit):
        if not deliver_one():
            return count
    return limit
