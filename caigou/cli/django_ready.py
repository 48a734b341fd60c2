"""Django set up against the installation's database, for the length of one command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from caigou.cli.database import database
from caigou.cli.home import Home


@contextlib.contextmanager
def django_ready(home: Home, *, unlimited: bool = False) -> Iterator[None]:
    """Find or start the database, bring its tables up to date, and set Django up.

    ``unlimited`` lifts the limit on the length of a query, which protects pages, for a command that reads everything.
    """
    with database(home):
        import django

        from caigou.cli.prepare import migrate
        from caigou.cli.translations import compile_stale

        compile_stale()
        django.setup()
        migrate()
        if unlimited:
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
        yield
