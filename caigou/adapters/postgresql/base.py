"""The name and the class under which Django looks for a database's backend."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks whether the server has said anything, instead of asking it, before a request uses a kept connection."""

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
