"""What the owner does with whole databases.  Who needs nothing of it doesn't load the driver."""

from __future__ import annotations

import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

from caigou.cli.postgres.names import APP_ROLE

_LEAVE_SECONDS = 5


def create_database(maintenance_url: str, name: str, *, template: str | None = None) -> None:
    """Create a database that the owner owns and the application may connect to, as a copy of ``template`` if given.

    ``maintenance_url`` connects as the owner to another database.  PostgreSQL copies a template's tables and
    their rights but not the rights on the database itself, so these are always set here.
    """
    database = sql.Identifier(name)
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        if template is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
        else:
            # A plain copy of files: quicker for a small template than writing each page to the log.
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(database, sql.Identifier(template))
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(APP_ROLE)))


def database_exists(maintenance_url: str, name: str) -> bool:
    """Tell whether a database of this name exists."""
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop_database(maintenance_url: str, name: str) -> None:
    """Drop a database if it exists, throwing out the owner's sessions and waiting for the application's to end."""
    command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    end = time.monotonic() + _LEAVE_SECONDS
    with psycopg.connect(maintenance_url, autocommit=True) as connection:
        while True:
            try:
                connection.execute(command)
            except psycopg.errors.InsufficientPrivilege:
                # The application's session is just ending, and the owner may not end it: wait for it.
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return


def rename_databases(maintenance_url: str, names: Sequence[tuple[str, str]]) -> None:
    """Give databases other names, in this order: all of them or none; nobody may be connected to one."""
    with psycopg.connect(maintenance_url) as connection:
        for name, new in names:
            command = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
            connection.execute(command)


def grant_rows(owner_url: str) -> None:
    """Let the application read and write rows of all tables that the owner will create in this database."""
    app = sql.Identifier(APP_ROLE)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for command in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
        ):
            connection.execute(sql.SQL(command).format(app))
