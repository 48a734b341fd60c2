"""Statements that are asked thousands of times an hour, planned once a connection.

Django binds parameters on our side, so PostgreSQL plans each statement anew; for a statement over four tables with
parts as arrays that takes longer than answering it. Here the parameters travel apart from the statement, and psycopg
prepares it after a few uses (``prepare_threshold`` in the settings).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


def fetch_all(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of ``statement``; a parameter whose type its place doesn't tell needs a cast: ``%s::bigint``.

    Values come back as PostgreSQL holds them, not as text, which takes both sides less. Counted and logged like every
    other query.
    """
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    wrap = connection._prepare_cursor  # type: ignore[attr-defined]  # noqa: SLF001  what connection.cursor() does
    with wrap(cursor) as wrapped:
        wrapped.execute(statement, values)
        return list(wrapped.fetchall())


@contextmanager
def planned_once() -> Iterator[None]:
    """Let everything that Django asks inside the block be planned once a connection.

    For work that asks the same few statements again and again, such as a payment; not for searches, whose best plan
    depends on what is searched for.
    """
    connection.ensure_connection()
    held = connection.connection
    before, held.cursor_factory = held.cursor_factory, ServerBindingCursor
    try:
        yield
    finally:
        held.cursor_factory = before
