"""The name and the class under which Django looks for a database's backend."""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks whether the server has said anything, instead of asking it, before a request uses a kept connection.

    Sends the last statements of a transaction together with its COMMIT (``kernel/last.py``).
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._last: list[tuple[str, Sequence[Any]]] = []

    def is_usable(self) -> bool:
        """Say whether a query can be sent: between transactions nothing was heard, or else the server answers.

        A server that stops, or ends the session, says so or closes its end; both are heard. One that vanished without
        a word would not answer a question either.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status != TransactionStatus.IDLE:
            return super().is_usable()
        ears = select.poll()
        ears.register(self.connection.fileno(), select.POLLIN)
        return not ears.poll(0) or super().is_usable()

    def execute_last(self, statement: str, values: Sequence[Any]) -> None:
        """Keep ``statement`` for the COMMIT; run it at once inside a savepoint, which sends nothing of its own.

        Raises ``RuntimeError`` outside of a transaction.
        """
        if not self.in_atomic_block:
            raise RuntimeError("there is no transaction that could end with this statement")
        if self.savepoint_ids:
            self._execute(statement, values)
        else:
            self._last.append((statement, values))

    def _execute(self, statement: str, values: Sequence[Any]) -> None:
        with self.cursor() as cursor:
            cursor.execute(statement, values)

    def commit(self) -> None:
        """Commit, after what was kept for it."""
        last, self._last = self._last, []
        if not last or self.connection is None:
            super().commit()
            return
        # One journey for all of them: when one fails, PostgreSQL skips what comes after it, the COMMIT too.
        with self.wrap_database_errors, self.connection.pipeline():
            for statement, values in last:
                self._execute(statement, values)
            super().commit()

    def rollback(self) -> None:
        """Roll back; what was kept for the commit is forgotten."""
        self._last.clear()
        super().rollback()

    def close(self) -> None:
        """Close; what was kept for the commit is forgotten."""
        self._last.clear()
        super().close()
