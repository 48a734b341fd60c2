"""``post``: the one way in which money moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json import dumps

from django.db import connection

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.last import Last
from caigou.ledger.errors import refusal_of, refusals_named
from caigou.ledger.legs import JournalId, Leg, request_hash

#: The scope of a key that is the fact itself: whoever tells it again, worker or person, repeats it.
FACTS = "fact"
_POST = "SELECT journal_id FROM ledger.post(%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)"


def post(
    purpose: str,
    source: str | int,
    legs: Sequence[Leg],
    *,
    by: Actor,
    key: str | None = None,
    scope: str | None = None,
    effective_at: datetime | None = None,
    reason: str | None = None,
) -> JournalId:
    """Write one fact: 1 to 500 legs that succeed or fail together (A13, A14; promises 1, 2, 4 and 5).

    ``purpose`` and ``source`` name the fact, such as ``order.paid`` and the order's public id; no fact is ever
    posted twice, under whatever key.  Without a ``key`` the fact is its own key.  A client's key belongs to
    ``scope``, by default the actor's company.  ``effective_at`` is when it happened, by default now, and never
    in the future.  ``reason`` is a code, such as ``compensation``, that lets a lawful deduction from a blocked
    account through; who may give one is decided above.

    Safe to call again with the same request: the same journal is returned.

    Raises ``InsufficientFunds``, ``AccountBlocked``, ``HoldSpent``, ``UnknownAccount``, ``AlreadyReversed``;
    ``IdempotencyMismatch`` when the key was used for another request, ``AlreadyPosted`` when another key posted
    this fact, ``LedgerBusy`` when a lock is not to be had; ``CurrencyMismatch``, ``LedgerMisuse`` and
    ``ValueError`` for faults of the code.
    """
    if effective_at is not None and effective_at > now():
        raise ValueError("what is posted has happened; effective_at is in the future")
    values = _values(purpose, str(source), legs, by=by, key=key, scope=scope, effective_at=effective_at, reason=reason)
    with refusals_named(), connection.cursor() as cursor:
        cursor.execute(_POST, values)
        return JournalId(cursor.fetchone()[0])


def posting(purpose: str, source: str | int, legs: Sequence[Leg], *, by: Actor) -> Last:
    """Return what ``post`` would write now, for a transaction that ends with it and is undone when it is refused."""
    return Last(_POST, _values(purpose, str(source), legs, by=by), refusal_of)


def _values(
    purpose: str,
    source: str,
    legs: Sequence[Leg],
    *,
    by: Actor,
    key: str | None = None,
    scope: str | None = None,
    effective_at: datetime | None = None,
    reason: str | None = None,
) -> list[str | bytes | datetime | None]:
    """Return what ``_POST`` is given."""
    if not legs:
        raise ValueError("a posting has at least one leg")
    if key is None:
        scope, key = scope or FACTS, f"{purpose}:{source}"
    return [
        scope or scope_of(by),
        key,
        request_hash(purpose, source, legs, effective_at=effective_at, reason=reason),
        purpose,
        source,
        dumps([leg.to_json() for leg in legs]),
        name_of(by),
        effective_at or now(),
        reason,
    ]


def scope_of(actor: Actor) -> str:
    """Return whose keys these are: a company's people share theirs, two companies never do."""
    if actor.company_id is not None:
        return f"company:{actor.company_id}"
    return "system" if actor.user_id is None else f"user:{actor.user_id}"


def name_of(actor: Actor) -> str:
    """Return how the journal remembers who did it: role and ids, no name of a person."""
    return str(actor) if actor.company_id is None else f"{actor}@{actor.company_id}"
