"""A throw-away PostgreSQL with Caigou's empty tables, for a judged set that is imported and for its own text search."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def house() -> Iterator[str]:
    """Let Django use a fresh, migrated database; yield the address of its owner. Once a process."""
    from tests.support import databases

    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"CAIGOU_HOME": home, "CAIGOU_MODE": "test", "DJANGO_SETTINGS_MODULE": "caigou.config.settings"}
        os.environ.setdefault("CAIGOU_LOG_LEVEL", "WARNING")
        server = databases.start_server()
        try:
            databases.clone(server.socket_folder, "relevance")
            databases.point_at(server.socket_folder, "relevance")
            import django
            from django.db import connections

            django.setup()
            try:
                yield os.environ["DATABASE_OWNER_URL"]
            finally:
                connections.close_all()
        finally:
            server.stop()
            server.remove()
            databases.forget(os.getpid())
