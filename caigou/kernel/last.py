"""The last statement of a transaction, sent together with its COMMIT.

What it locks is locked for as long as PostgreSQL takes, and not for as long as this process waits for a processor
between two of its questions: for a row that many want, that is most of the time (docs/decisions/0060).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction


@dataclass(frozen=True, slots=True)
class Last:
    """A statement whose result nobody needs; ``named`` says what an error of its transaction's end means, or None."""

    statement: str
    values: Sequence[Any]
    named: Callable[[DatabaseError], Exception | None]


@contextmanager
def ended_by() -> Iterator[Callable[[Last | None], None]]:
    """Run the block in a transaction, which ends with what the block hands over, if anything.

    Inside another transaction it is a savepoint, and the statement runs at the end of the block. An error of it, or of
    the commit, has undone the block and is raised as what it means.
    """
    last: Last | None = None

    def end(given: Last | None) -> None:
        nonlocal last
        last = given

    try:
        with transaction.atomic():
            yield end
            if last is not None:
                execute_last(last.statement, last.values)
    except DatabaseError as error:
        named = None if last is None else last.named(error)
        if named is None:
            raise
        raise named from error


def execute_last(statement: str, values: Sequence[Any]) -> None:
    """Have ``statement`` sent with the COMMIT of the transaction under way, after all that was handed over before.

    Inside a savepoint it runs at once. An error of it is met where the transaction ends.
    """
    connection.execute_last(statement, values)  # type: ignore[attr-defined]  # adapters/postgresql
