"""Notices to other processes through PostgreSQL, right after the commit that makes them true.

Not inside the transaction, as NOTIFY is usually sent: from there on until its commit is on disk, PostgreSQL lets no
other transaction with a notice commit, and all of them would wait for the disk one after the other. What a process
that dies between the two leaves untold is found at the next look: the worker's round, a page's next stream.
"""

from __future__ import annotations

from django.db import connection, transaction

_SEND = "SELECT pg_notify(n.channel, n.payload) FROM unnest(%s::text[], %s::text[]) AS n (channel, payload)"


class _Notices:
    """What is to be sent at one commit, each once."""

    def __init__(self) -> None:
        self.waiting: dict[tuple[str, str], None] = {}

    def __call__(self) -> None:
        channels, payloads = zip(*self.waiting, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_SEND, [list(channels), list(payloads)])


def notify_at_commit(channel: str, *payloads: str) -> None:
    """Send ``payloads`` on ``channel`` after the commit, at once outside of a transaction, never after a rollback.

    A notice that can't be sent is logged: what was committed stands.
    """
    notices = _of_this_savepoint()
    notices.waiting.update(dict.fromkeys((channel, payload) for payload in payloads))
    if notices not in (hook[1] for hook in connection.run_on_commit[-1:]):
        transaction.on_commit(notices, robust=True)


def _of_this_savepoint() -> _Notices:
    """Return the notices that were begun just now and would be taken back by the same rollbacks, else new ones."""
    for begun in connection.run_on_commit[-1:]:
        savepoints, hook = begun[:2]
        if isinstance(hook, _Notices) and savepoints == set(connection.savepoint_ids):
            return hook
    return _Notices()
