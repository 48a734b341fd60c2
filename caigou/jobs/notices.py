"""Notices to other processes through PostgreSQL, right after the commit that makes them true.

Not inside the transaction, as NOTIFY is usually sent: from there on until its commit is on disk, PostgreSQL lets no
other transaction with a notice commit, and all of them would wait for the disk one after the other. What a process
that dies between the two leaves untold is found at the next look: the worker's round, a page's next stream.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

log = structlog.get_logger(__name__)

#: Seconds from one telling to the next in a process that joins its notices; the worker rests as long between rounds.
PAUSE = 0.1
#: Seconds until a server that was away is tried again; what waits is told then.
AWAY = 1.0
_SEND = "SELECT pg_notify(n.channel, n.payload) FROM unnest(%s::text[], %s::text[]) AS n (channel, payload)"
_Waiting = dict[tuple[str, str], None]


class _Notices:
    """What is to be sent at one commit, each once."""

    def __init__(self) -> None:
        self.waiting: _Waiting = {}

    def __call__(self) -> None:
        if _teller is None:
            _send(self.waiting)
        else:
            _teller.tell(self.waiting)


class Teller:
    """Tells what all threads of a process have committed, from a thread and a connection of its own.

    At once when the last telling is ``PAUSE`` ago, else when it is: a process that commits a hundred times a second
    tells ten times a second, each thing once, and nobody waits for it with an answer.
    """

    #: Seconds without a notice after which the connection is given back.
    IDLE = 60.0

    def __init__(self) -> None:
        self._waiting: _Waiting = {}
        self._some = threading.Condition()
        self._thread: threading.Thread | None = None

    def tell(self, notices: Mapping[tuple[str, str], None]) -> None:
        """Have ``notices`` sent; returns at once."""
        with self._some:
            self._waiting.update(notices)
            if self._thread is None:  # not before the first is needed: a process that forks has no threads
                self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
                self._thread.start()
            self._some.notify()

    def _run(self) -> None:
        while True:
            with self._some:
                if not self._some.wait_for(lambda: self._waiting, self.IDLE):
                    connection.close()
                    self._some.wait_for(lambda: self._waiting)
                waiting, self._waiting = self._waiting, {}
            if _sent(waiting):
                time.sleep(PAUSE)
            else:
                with self._some:
                    self._waiting = waiting | self._waiting
                log.warning("notices_wait", count=len(waiting))
                time.sleep(AWAY)


_teller: Teller | None = None


def join_notices() -> None:
    """Let this process, which commits often and for many, tell from a thread of its own, some ten times a second."""
    global _teller  # noqa: PLW0603  one a process
    _teller = _teller or Teller()


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


def _sent(waiting: Mapping[tuple[str, str], None]) -> bool:
    """Send; False when the server is away. A session that it ended meanwhile is noticed by using it, so twice."""
    for _attempt in range(2):
        try:
            _send(waiting)
        except (OperationalError, InterfaceError):
            connection.close()
        except Exception:
            log.exception("notices_not_sent", count=len(waiting))
            connection.close()
            return True
        else:
            return True
    return False


def _send(waiting: Mapping[tuple[str, str], None]) -> None:
    channels, payloads = zip(*waiting, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_SEND, [list(channels), list(payloads)])
