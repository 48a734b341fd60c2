"""What must be true before the site opens: tables as the code wants them, files compiled, the demo world built.

Run by the supervisor as a process of its own (``python -m caigou.cli.prepare``), connected as the application;
only the migrations themselves run as the owner.  On a second start each step finds that there is nothing to do.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

from caigou.cli.errors import UserError
from caigou.cli.processes import spawn
from caigou.cli.translations import compile_stale


def main() -> int:
    """Prepare, with a progress bar where something takes long; exit code 2 and one sentence when it can't be done."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        compile_stale()
        django.setup()
        prepare()
    except (UserError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


def prepare() -> None:
    """Migrate, collect static files, build the demo world when there is none."""
    refuse_powerful_role()
    migrate()
    _collect_static()
    from django.conf import settings

    from caigou.catalogue.services.imports import load_own_categories

    load_own_categories()
    from caigou.payments.rates.services import load_bundled

    load_bundled()
    if settings.CAIGOU_DEMO:
        _demo()


def refuse_powerful_role() -> None:
    """Raise ``UserError`` when the application's role could do more than read and write rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole"
            " OR has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'TEMP')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        role, powerful = cursor.fetchone()
    if powerful:
        raise UserError(
            f"DATABASE_URL connects as {role}, which may change tables or skip row-level security. "
            "Give it a role that may only read and write rows, and name the owner in DATABASE_OWNER_URL."
        )


def migrate() -> None:
    """Bring the tables up to date as the owner; the application may not."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    owner = os.environ.get("DATABASE_OWNER_URL")
    if not owner:
        raise UserError("The database needs migrations: set DATABASE_OWNER_URL to the role that owns its tables.")
    connections.close_all()
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
    # It ends with us: what is interrupted half-way PostgreSQL takes back.
    if spawn(command, env={**os.environ, "DATABASE_URL": owner}, death_signal=signal.SIGTERM).wait():
        raise UserError("The migrations failed; what PostgreSQL said stands above.")


def _collect_static() -> None:
    """Copy and compress the static files when one of them has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    mark = Path(settings.STATIC_ROOT) / ".collected"
    if mark.exists() and mark.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(digest.hexdigest())


def _demo() -> None:
    """Build the demonstration world once, and note who its people are for the supervisor to print."""
    from django.db import transaction
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from caigou import demo
    from caigou.accounts.models import User

    home = Path(os.environ["CAIGOU_HOME"])
    if not User.objects.filter(email__in=[person.email for person in demo.people()]).exists():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("Building the demo world", total=None)

            def progress(done: int, total: int, what: str) -> None:
                bar.update(task, completed=done, total=total, description=what)

            # Whole or not at all: a start that is killed half-way finds an empty database again.
            with transaction.atomic():
                demo.build(progress)
    people = [
        {
            "role": str(person.role),
            "name": str(person.name),
            "email": str(person.email),
            "password": str(person.password),
        }
        for person in demo.people()
    ]
    (home / "run" / "people.json").write_text(json.dumps(people), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
