"""The one connection on which PostgreSQL says what changed, for all streams; taken up again whenever it is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import structlog
from django.db import connection

from caigou.jobs.changes import CHANNEL
from caigou.live.hub import Hub

log = structlog.get_logger(__name__)

#: After so many seconds of silence the database is asked whether it is still there.
_SILENCE = 20.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0


class Ear:
    """Listens for ever; ``hears`` says whether it does now."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.hears = False

    async def listen(self) -> None:
        """Tell the hub whatever the database says, until cancelled."""
        pause = _SHORTEST_PAUSE
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as line:
                    await line.execute(f"LISTEN {CHANNEL}")
                    self.hears, pause = True, _SHORTEST_PAUSE
                    self._hub.tell_everything()
                    await self._hear(line)
            except (psycopg.Error, OSError) as error:
                log.warning("database_gone", error=str(error))
            finally:
                self.hears = False
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _hear(self, line: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notice in line.notifies(timeout=_SILENCE):
                self._hub.tell(notice.payload)
            await line.execute("SELECT 1")


def _parameters() -> dict[str, Any]:
    """Return how Django itself would connect, without what belongs to its own cursors."""
    given = connection.get_connection_params()
    return {name: value for name, value in given.items() if name not in ("context", "cursor_factory")}
