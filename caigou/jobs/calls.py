"""Calls to the outside: stored as an intent, made after the commit, repeated with the same key until answered.

The functions stand in one table of ``config`` (the setting ``CAIGOU_CALLS``). A call is leased for a while; when
its worker dies, another one takes it over, and the other side recognises the key. The fence keeps a worker
that was thought dead from overwriting what its successor learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from caigou.jobs.models import Call
from caigou.jobs.outbox import wake
from caigou.jobs.retry import delay, reason_of
from caigou.kernel.clock import now

log = structlog.get_logger(__name__)

#: ``function(payload, key)`` talks to the outside and raises when it doesn't know how that ended.
CallFunction = Callable[[dict[str, Any], str], object]
LEASE = timedelta(seconds=60)
#: Calls to machines that strangers chose have this name's beginning and a lane of their own: however slow they
#: answer, no gateway waits behind them.
STRANGERS = "webhooks."
Lane = Literal["all", "ours", "strangers"]
_IN_LANE: Mapping[Lane, Q] = {
    "all": Q(),
    "ours": ~Q(function__startswith=STRANGERS),
    "strangers": Q(function__startswith=STRANGERS),
}
#: The key and fence of the call that is being made here and now.
_held: ContextVar[tuple[str, int] | None] = ContextVar("held_call", default=None)


class LeaseLost(Exception):
    """Another worker holds this call by now; the one that asked must stop."""


@cache
def functions() -> Mapping[str, CallFunction]:
    table: Mapping[str, CallFunction] = import_string(settings.CAIGOU_CALLS)
    return table


def intend(function: str, payload: dict[str, Any], *, due_at: datetime | None = None) -> Call:
    """Store a call to be made once this transaction is committed, or at ``due_at`` if that is later.

    Raises ``LookupError`` for a name that the table doesn't have, ``RuntimeError`` outside a transaction.
    """
    if function not in functions():
        raise LookupError(f"no call is named {function}")
    if not connection.in_atomic_block:
        raise RuntimeError("intend() belongs inside the transaction that decides on the call")
    call = Call.objects.create(function=function, payload=payload, created_at=now(), due_at=due_at or now())
    wake("calls")
    return call


def intend_now(function: str, payload: dict[str, Any]) -> None:
    """Let a call be made now: the same one that waits for its next try, or else a new one.

    For what a person can ask for again and again; however often, at most one waits while one is being made.
    Raises what ``intend`` raises.
    """
    same = Call.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now()), function=function, done_at=None)
    if same.filter(payload=payload).update(due_at=now()):
        wake("calls")
    else:
        intend(function, payload)


def _lease(lane: Lane) -> Call | None:
    with transaction.atomic():
        call = (
            Call.objects.select_for_update(skip_locked=True)
            .filter(_IN_LANE[lane])
            .filter(Q(leased_until=None) | Q(leased_until__lt=now()), done_at=None, due_at__lte=now())
            .order_by("due_at", "id")
            .first()
        )
        if call is None:
            return None
        call.fence += 1
        call.attempts += 1
        call.leased_until = now() + LEASE
        call.save(update_fields=["fence", "attempts", "leased_until"])
        return call


def keep(key: str) -> None:
    """Extend the lease of the call ``key`` that this worker is making, so that nobody takes over work that goes on.

    To be called again and again, outside a transaction, by a function that may need longer than ``LEASE``.
    Does nothing where the function runs by itself, outside the worker. Raises ``LeaseLost`` when it was too late.
    """
    held = _held.get()
    if held is None or held[0] != key:
        return
    mine = Call.objects.filter(key=key, fence=held[1], done_at=None)
    if not mine.update(leased_until=now() + LEASE):
        raise LeaseLost(key)


def make_one(lane: Lane = "all") -> bool:
    """Make the oldest due call of a lane that nobody holds; False when there is none."""
    call = _lease(lane)
    if call is None:
        return False
    mine = Call.objects.filter(pk=call.pk, fence=call.fence, done_at=None)
    token = _held.set((call.key, call.fence))
    try:
        functions()[call.function](call.payload, call.key)
    except Exception as error:
        log.warning("call_failed", function=call.function, call=call.key, attempts=call.attempts, error=str(error))
        mine.update(leased_until=None, last_error=reason_of(error), due_at=now() + delay(call.attempts))
    else:
        mine.update(leased_until=None, last_error="", done_at=now())
    finally:
        _held.reset(token)
    return True


def make_due(lane: Lane = "all", limit: int = 1_000) -> int:
    """Make every due call of a lane; return how many tries that took."""
    for count in range(limit):
        if not make_one(lane):
            return count
    return limit
