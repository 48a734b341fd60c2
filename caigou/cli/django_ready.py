"""Django set up against the installation's database, for the length of one command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from caigou.cli.database import database
from caigou.cli.home import Home


@contextlib.contextmanager
def django_ready(home: Home) -> Iterator[None]:
    """Find or start the database, bring its tables up to date, and set Django up."""
    with database(home):
        import django

        from caigou.cli.prepare import migrate
        from caigou.cli.translations import compile_stale

        compile_stale()
        django.setup()
        migrate()
        yield
