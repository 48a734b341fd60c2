"""The outbox: ``publish`` inside the deciding transaction, ``deliver`` in a worker.

Who hears an event is one table in ``config`` (the setting ``CAIGOU_HEARS`` names it). A handler only touches
the database and is safe to run again; its effect and the mark "done" are committed together, so a killed
worker neither loses an event nor acts on it twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from caigou.jobs.models import Delivery
from caigou.jobs.notices import notify_at_commit
from caigou.jobs.retry import delay, reason_of
from caigou.kernel.clock import now
from caigou.kernel.events import Event, event_kind

log = structlog.get_logger(__name__)

Handler = Callable[[Any], object]
#: What a commit wakes the worker for: events to deliver, calls to make, or its clocks, which tick every two seconds.
Work = Literal["events", "calls", "clocks"]
#: So many events are heard together at most.
MOST_TOGETHER = 100
_STORE = """
INSERT INTO jobs_delivery (event, payload, published_at, due_at, attempts, last_error, handler)
SELECT %s, %s::jsonb, %s::timestamptz, %s::timestamptz, 0, '', unnest(%s::text[])
"""
_together: set[Handler] = set()


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
    handlers = [_name(handler) for handler in hears().get(type(event), ())]
    if handlers:
        moment = now()
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [event.kind, json.dumps(event.to_dict()), moment, moment, handlers])
        wake("events")


def channel_of(work: Work) -> str:
    """Return the PostgreSQL channel on which workers are woken for ``work``."""
    return f"caigou_{work}"


def wake(work: Work) -> None:
    """Tell the workers, at commit, that there is something to do."""
    notify_at_commit(channel_of(work), "")


def together(handler: Handler) -> Handler:
    """Let a handler hear many events at once: it takes a list of one kind, in the order in which they happened.

    They are done together or not at all; when one of them can't be, each is heard by itself.
    """
    _together.add(handler)
    return handler


def _handler_of(delivery: Delivery) -> tuple[type[Event], Handler]:
    table = hears()  # reading the table is what makes the kinds of events known to a fresh process
    kind = event_kind(delivery.event)
    for handler in table.get(kind, ()):
        if _name(handler) == delivery.handler:
            return kind, handler
    raise LookupError(f"nobody named {delivery.handler} hears {delivery.event} any more")


def deliver_next(until: datetime | None = None) -> int:
    """Deliver the oldest due row that no other worker holds, with those of its kind that its handler hears together.

    Return how many rows that was; 0 when nothing is due. ``until``: what is due later than that waits.
    """
    with transaction.atomic():
        due = Delivery.objects.select_for_update(skip_locked=True).filter(done_at=None, due_at__lte=until or now())
        due = due.order_by("due_at", "id")
        row = due.first()
        if row is None:
            return 0
        rows = [row]
        if row.attempts == 0 and row.handler in map(_name, _together):
            alike = due.filter(event=row.event, handler=row.handler, attempts=0).exclude(pk=row.pk)
            rows += alike[: MOST_TOGETHER - 1]
        if len(rows) == 1 or not _delivered_together(rows):
            for one in rows:
                _deliver_alone(one)
    return len(rows)


def _delivered_together(rows: Sequence[Delivery]) -> bool:
    """Let the rows' handler hear all of them; False, and nothing is done, when it can't."""
    try:
        with transaction.atomic():
            _hear(rows)
    except Exception as error:
        log.warning("not_heard_together", handler=rows[0].handler, rows=len(rows), error=reason_of(error))
        return False
    mine = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    mine.update(attempts=F("attempts") + 1, done_at=now(), last_error="")
    return True


def _deliver_alone(row: Delivery) -> None:
    row.attempts += 1
    try:
        with transaction.atomic():
            _hear([row])
    except Exception as error:
        row.last_error = reason_of(error)
        row.due_at = now() + delay(row.attempts)
        log.exception("handler_failed", handler=row.handler, delivery=row.pk, attempts=row.attempts)
    else:
        row.done_at = now()
        row.last_error = ""
    row.save(update_fields=["attempts", "last_error", "due_at", "done_at"])


def _hear(rows: Sequence[Delivery]) -> None:
    kind, handler = _handler_of(rows[0])
    events = [kind.from_dict(row.payload) for row in rows]
    handler(events if handler in _together else events[0])


def deliver_due(limit: int = 10_000, *, until: datetime | None = None) -> int:
    """Deliver everything that is due, what the handlers themselves publish included; return how many rows.

    About ``limit`` at most. ``until``: only what was due by then, so that what comes meanwhile is heard together.
    """
    count = 0
    while count < limit and (delivered := deliver_next(until)):
        count += delivered
    return count
