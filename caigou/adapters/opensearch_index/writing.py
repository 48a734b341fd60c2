"""The one right to write: a document beside the index, which a writer takes for a while and gives back.

A process that dies gives nothing back, so the right ends by itself; who writes for long takes it again in time. Each
take names the state that it saw, so of two that take at the same moment the server lets one.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from caigou.adapters.opensearch_index.server import Server
from caigou.kernel.clock import now
from caigou.search.ports import IndexBusy, IndexNotReady

#: Seconds after which a right that nobody took again has ended: longer than any one request may take.
LEASE = 120.0
_KEY = "writer"
_ONE_SMALL = {
    "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
    "mappings": {"properties": {"who": {"type": "keyword"}, "until": {"type": "double"}}},
}


class Right:
    """The right to write, as one writer holds it."""

    def __init__(self, server: Server, index: str) -> None:
        self._server, self._index = server, index
        self._who = secrets.token_hex(8)
        self._held: dict[str, Any] | None = None

    def keep(self) -> None:
        """Take it again before a request that writes; raises ``IndexBusy`` when another writer has it by now."""
        self._store(LEASE)

    def take(self) -> bool:
        """Take it if nobody has it."""
        found = self._server.get(self._index, _KEY)
        if found is None:
            self._server.make(self._index, _ONE_SMALL)
        elif float(found["_source"]["until"]) > now().timestamp():
            return False
        self._held = found
        try:
            self._store(LEASE)
        except IndexBusy:
            return False
        return True

    def give_back(self) -> None:
        """Let others write; a server that can't be told lets them when the time is over."""
        with contextlib.suppress(IndexBusy, IndexNotReady):
            self._store(0.0)

    def _store(self, seconds: float) -> None:
        told = {"who": self._who, "until": now().timestamp() + seconds}
        stored = self._server.put(self._index, _KEY, told, after=self._held)
        if stored is None:
            raise IndexBusy
        self._held = stored


@contextmanager
def writing(server: Server, *, wait: float) -> Iterator[Right]:
    """Hold the right to write; raises ``IndexBusy`` when another holds it for longer than ``wait`` seconds."""
    right = Right(server, f"{server.address.name}-lock")
    deadline = time.monotonic() + wait
    while not right.take():
        if time.monotonic() >= deadline:
            raise IndexBusy
        time.sleep(0.05)
    try:
        yield right
    finally:
        right.give_back()
