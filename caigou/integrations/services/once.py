"""Once: an effect and its answer under one idempotency key are one transaction (docs/decisions/0040)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from caigou.integrations.models import KeptAnswer
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.last import Last, ended_by, execute_last

#: How long an answer is kept; the ledger's own nets never expire.
KEPT = timedelta(days=30)
_KEY = re.compile(r"[\x21-\x7e]{8,255}")
_LOCK_NOT_AVAILABLE = "55P03"
_CLAIM = """
INSERT INTO integrations_keptanswer (company_id, route, key, request_hash, body, at)
VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT (company_id, route, key) DO NOTHING RETURNING id
"""
_KEEP = """
UPDATE integrations_keptanswer SET status = %s, body = %s WHERE company_id = %s AND route = %s AND key = %s
"""


class BadKey(DomainError):
    """No idempotency key, or one that can't be taken."""

    code = "bad_idempotency_key"


class KeyReused(DomainError):
    """The key stands for another request already."""

    code = "idempotency_mismatch"


class InFlight(DomainError):
    """Another request under this key has not ended yet; ask again in a moment."""

    code = "in_flight"


class Refused(Exception):
    """``work`` refuses by a rule: what it wrote is undone, and ``answer`` is kept as what was answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: an HTTP status and a JSON text; ``replayed`` says that it was kept from the first time.

    ``last`` is the end of the effect, for what others wait for: the transaction ends with it. When it is refused,
    nothing was done and nothing is kept.
    """

    status: int
    body: str
    replayed: bool = False
    last: Last | None = None


def check_key(key: str | None) -> str:
    """Return a key of 8 to 255 visible ASCII characters; raises ``BadKey`` for any other, and for none."""
    if not key:
        raise BadKey(_("Send an Idempotency-Key, a new one for each thing that you want done."))
    if not _KEY.fullmatch(key):
        raise BadKey(_("An Idempotency-Key has 8 to 255 visible ASCII characters."))
    return key


def once(company_id: int, route: str, key: str, request_hash: str, work: Callable[[], Answer]) -> Answer:
    """Return what ``work`` answers, or what it answered when this company sent the same before under this key.

    The effect of ``work`` and its answer are committed together: a crash, or an error that ``work`` raises, leaves
    neither, and the next try does the work. A second request under the key waits for the first (as long as the
    role's ``lock_timeout``, two seconds) and then gets its answer.

    ``work`` raises ``Refused`` with an answer that is kept without an effect; in the moment between the two another
    try under the key may do the work, and then its answer is everybody's. ``Answer.last`` is what shall happen last
    of all before the commit.

    Raises ``KeyReused`` when the key stands for another request, ``InFlight`` when the first one still runs.
    """
    try:
        return _once(company_id, route, key, request_hash, work)
    except Refused as refused:
        answer = refused.answer
        return _once(company_id, route, key, request_hash, lambda: answer)


def _once(company_id: int, route: str, key: str, request_hash: str, work: Callable[[], Answer]) -> Answer:
    with ended_by() as end:
        if not _claim(company_id, route, key, request_hash):
            return _kept(company_id, route, key, request_hash)
        answer = work()
        execute_last(_KEEP, [answer.status, answer.body, company_id, route, key])
        end(answer.last)
    return answer


def _kept(company_id: int, route: str, key: str, request_hash: str) -> Answer:
    kept = KeptAnswer.objects.get(company_id=company_id, route=route, key=key)
    if kept.request_hash != request_hash:
        raise KeyReused(_("This Idempotency-Key was used for another request. Send this one under a new key."))
    return Answer(kept.status or 200, kept.body, replayed=True)


def _claim(company_id: int, route: str, key: str, request_hash: str) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [company_id, route, key, request_hash, now()])
            return cursor.fetchone() is not None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise InFlight(_("The first request under this key has not ended yet. Ask again in a moment.")) from error


def forget_old_answers(limit: int = 5_000) -> int:
    """Clock: forget answers that are older than ``KEPT``; return how many."""
    old = KeptAnswer.objects.filter(at__lt=now() - KEPT).order_by("at").values_list("pk", flat=True)[:limit]
    return KeptAnswer.objects.filter(pk__in=list(old)).delete()[0]
