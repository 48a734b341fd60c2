"""Forbidden statements as the web process's role (promise 5): each is refused, and the books stay as they were.

The list is the one that the suite runs, statement by statement; here it runs whole in one database.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction

from prove.ground import Ground, use

_NOT_ALLOWED = "42501"
_ALREADY_WRITTEN = "LG009"


def forbidden(server: Ground) -> dict[str, Any]:
    """Try everything that must not be possible; what got through is broken."""
    from caigou.ledger.services import audit
    from caigou.ledger.tests import test_forbidden as listed

    use(server, "forbidden")
    through: Counter[str] = Counter()
    world = listed.World()
    for statement in (*listed.WRITES, *listed.POWERS):
        through[statement] += _refusal(partial(_run, statement)) != _NOT_ALLOWED
    for name in listed.ILLEGAL:
        leg = listed.illegal(world)[name]
        through[name] += not _refusal(partial(listed.raw, leg, key=f"illegal {name}"))
    for name, changes in _JOURNALS.items():
        through[name] += not _refusal(partial(listed.raw, world.leg(), **changes))
    through["dated back into a closed month"] += not _refusal(_dated_back)
    listed.raw(world.leg())  # the lawful leg gets through, so that it was the change that was refused
    by_owner = _as_owner(through)
    broken = {what: times for what, times in through.items() if times}
    if findings := audit():
        broken["audit"] = len(findings)
    tried = len(through) - by_owner
    return {
        "tried": tried,
        "refused": tried - sum(1 for what in broken if what in through),
        "by_the_owner": by_owner,
        "broken": broken,
    }


#: What no journal has.
_JOURNALS: dict[str, dict[str, Any]] = {
    "a key too short": {"key": "ab"},
    "a key too long": {"key": "k" * 256},
    "a hash too short": {"digest": bytes(31)},
    "no purpose": {"purpose": ""},
    "a purpose that is no name": {"purpose": "Not A Name"},
}


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _dated_back() -> None:
    from caigou.kernel.actor import SYSTEM
    from caigou.kernel.clock import now
    from caigou.ledger.services import Leg, close_period, post
    from caigou.ledger.tests.world import cny, new, wallet

    buyer, escrow = wallet(1_00), new("escrow")
    close_period("CNY", now() - timedelta(days=1), by=SYSTEM)
    earlier = now() - timedelta(days=2)
    post("prove.back", "1", [Leg.transfer(buyer, escrow, cny(1), "back")], by=SYSTEM, effective_at=earlier)


def _refusal(do: Callable[[], object]) -> str:
    """Return the code with which it was refused; nothing when it got through, and it is taken back."""
    from caigou.ledger.services import LedgerError

    try:
        with transaction.atomic():
            do()
            transaction.set_rollback(True)
    except DatabaseError as refused:
        return getattr(refused.__cause__, "sqlstate", None) or type(refused).__name__
    except LedgerError as refused:
        return refused.code
    return ""


def _as_owner(through: Counter[str]) -> int:
    """Not even the owner changes what is written, unless a trigger is switched off first; return how many tries."""
    from caigou.ledger.tests.test_forbidden import COLUMN

    _fill_all_tables()
    changed = {table: column for table, column in COLUMN.items() if table != "balance"}
    writes = [f"UPDATE ledger.{table} SET {column} = {column}" for table, column in changed.items()]
    writes += [f"DELETE FROM ledger.{table}" for table in COLUMN]
    writes += [f"TRUNCATE ledger.{table} CASCADE" for table in COLUMN]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for write in writes:
            try:
                owner.execute(write.encode())
                through[f"owner: {write}"] += 1
            except psycopg.Error as refused:
                through[f"owner: {write}"] += refused.sqlstate != _ALREADY_WRITTEN
    return len(writes)


def _fill_all_tables() -> None:
    """Write a row into the tables that have none yet, so that there is something to change."""
    from caigou.kernel.actor import SYSTEM
    from caigou.kernel.clock import now
    from caigou.kernel.money import Money
    from caigou.ledger.services import close_period, quote_exchange, seal_journals

    close_period("CNY", now() - timedelta(days=30), by=SYSTEM)
    quote_exchange("somebody", Money(1_00, "CNY"), "USD", rate=Decimal("0.14"), rate_source="proof")
    seal_journals()
