"""From an event to a company's program: stored with the fact, sent by the worker, tried for three days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from msgspec.json import encode

from caigou.integrations import guard
from caigou.integrations.models import Dispatch, DispatchStatus, Endpoint, Message, WhyOff
from caigou.integrations.secrets import signed
from caigou.integrations.silence import Silence
from caigou.jobs.calls import STRANGERS, intend
from caigou.kernel.clock import now

log = structlog.get_logger(__name__)

#: Name of the call that sends, in the table of calls.
DELIVER = f"{STRANGERS}deliver"
#: Seconds before the second, third, … try, as Standard Webhooks advises; together a little more than three days.
RETRIES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
#: What an endpoint that gave no answer at all rests: its other messages wait so long without being tried.
RESTS = (5, 60, 300, 1_800)
KEPT = timedelta(days=30)
_GONE = 410


def _listening(kind: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(off=WhyOff.NOT, events__contains=[kind])


def who_listens(kind: str, company_ids: Iterable[int]) -> set[int]:
    """Return which of these companies have an endpoint that chose ``kind``."""
    return set(_listening(kind).filter(company_id__in=company_ids).values_list("company_id", flat=True))


def tell(kind: str, company_id: int, data: dict[str, Any], *, only: Endpoint | None = None) -> Message | None:
    """Tell each endpoint of a company that chose ``kind``, or ``only`` one; inside the transaction of the fact.

    Returns the message, or None when nobody listens and nothing was stored.
    """
    endpoints = [only] if only is not None else list(_listening(kind).filter(company_id=company_id))
    if not endpoints:
        return None
    moment = now()
    stamp = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    body = encode({"type": kind, "timestamp": stamp, "data": data}).decode()
    message = Message.objects.create(company_id=company_id, type=kind, body=body, at=moment)
    for endpoint in endpoints:
        send_later(Dispatch(message=message, endpoint=endpoint), moment)
    return message


def send_later(dispatch: Dispatch, when: datetime) -> None:
    """Intend to send at ``when``; calls that were intended before are void from now on."""
    dispatch.turn += 1
    dispatch.due_at = when
    dispatch.save()
    intend(DELIVER, {"dispatch": dispatch.pk, "turn": dispatch.turn}, due_at=when)


def deliver(payload: dict[str, Any], key: str) -> None:
    """Call: send one message to one endpoint, outside any transaction, and write down what came of it."""
    dispatch = Dispatch.objects.select_related("message", "endpoint").filter(pk=payload["dispatch"]).first()
    if dispatch is None or not _is_due(dispatch, payload["turn"]):
        return
    endpoint, message = dispatch.endpoint, dispatch.message
    if endpoint.off:
        _record(dispatch.pk, payload["turn"], None, Silence.OFF)
        return
    if endpoint.rest_until is not None and endpoint.rest_until > now():
        _postpone(dispatch.pk, payload["turn"], endpoint.rest_until)
        return
    headers = signed(endpoint, f"msg_{message.public_id}", message.body)
    status, error = None, ""
    try:
        status = guard.post(endpoint.url, message.body.encode(), headers, seconds=settings.CAIGOU_WEBHOOKS_SECONDS)
    except OSError as fault:
        error = guard.silence_of(fault)
        log.info("endpoint_silent", endpoint=endpoint.pk, why=error, error=str(fault)[:200])
    _record(dispatch.pk, payload["turn"], status, error)


def _is_due(dispatch: Dispatch, turn: int) -> bool:
    return dispatch.status == DispatchStatus.WAITING and dispatch.turn == turn


@transaction.atomic
def _postpone(dispatch_id: int, turn: int, until: datetime) -> None:
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch_id)
    if _is_due(dispatch, turn):
        send_later(dispatch, until)


@transaction.atomic
def _record(dispatch_id: int, turn: int, status: int | None, error: str) -> None:
    """Write down one try; a worker that was thought dead writes nothing, since the turn has passed on."""
    dispatch = Dispatch.objects.select_for_update().get(pk=dispatch_id)
    if not _is_due(dispatch, turn):
        return
    endpoint = Endpoint.objects.select_for_update().get(pk=dispatch.endpoint_id)
    dispatch.attempts += 1
    dispatch.answered, dispatch.last_error = status, error
    _remember(endpoint, status)
    if status is not None and 200 <= status < 300:
        _end(dispatch, DispatchStatus.DELIVERED)
    elif endpoint.off or dispatch.attempts > len(RETRIES):
        _end(dispatch, DispatchStatus.FAILED)
    else:
        send_later(dispatch, now() + timedelta(seconds=RETRIES[dispatch.attempts - 1]))


def _end(dispatch: Dispatch, status: DispatchStatus) -> None:
    dispatch.status, dispatch.ended_at, dispatch.due_at = status, now(), None
    dispatch.save()


def _remember(endpoint: Endpoint, status: int | None) -> None:
    """Let an endpoint rest that gives no answer, and switch off one that says that it is gone."""
    if status is None and not endpoint.off:
        endpoint.silent = min(endpoint.silent + 1, 1_000)
        endpoint.rest_until = now() + timedelta(seconds=RESTS[min(endpoint.silent, len(RESTS)) - 1])
    else:
        endpoint.silent, endpoint.rest_until = 0, None
    if status == _GONE:
        endpoint.off = WhyOff.GONE
    endpoint.save(update_fields=["silent", "rest_until", "off"])


def forget_old_messages(limit: int = 2_000) -> int:
    """Clock: forget messages that are older than ``KEPT``, with their dispatches; return how many."""
    old = Message.objects.filter(at__lt=now() - KEPT).order_by("at").values_list("pk", flat=True)[:limit]
    found = list(old)
    Message.objects.filter(pk__in=found).delete()
    return len(found)
