"""The installation's database for as long as a command needs it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from caigou.cli.errors import UserError
from caigou.cli.forked import apart
from caigou.cli.home import Home
from caigou.cli.lock import Holder, Lock
from caigou.cli.postgres import APP_ROLE, OWNER_ROLE, Cluster

#: The name of the database in the cluster that comes with the product.
NAME = "caigou"
_WAIT_SECONDS = 60


def cluster_of(home: Home) -> Cluster:
    """Return the PostgreSQL server that comes with the product, started or not."""
    return Cluster(home.folder / "postgres")


def start_cluster(home: Home) -> Cluster:
    """Start the server, with its database, and return it."""
    cluster = cluster_of(home)
    cluster.start()
    apart(lambda: _ensure_database(cluster), _WAIT_SECONDS)
    return cluster


def _ensure_database(cluster: Cluster) -> None:
    if not cluster.has_database(NAME):
        cluster.create_database(NAME)


def urls(cluster: Cluster) -> dict[str, str]:
    """Return the variables that name the database."""
    return {"DATABASE_URL": cluster.url(APP_ROLE, NAME), "DATABASE_OWNER_URL": cluster.url(OWNER_ROLE, NAME)}


@contextlib.contextmanager
def database(home: Home) -> Iterator[None]:
    """Put the database's address into the environment: of the running one, else of one started for this command."""
    os.environ.update(home.environment())
    if not home.own_database:
        yield
        return
    lock = Lock(home.run)
    running: list[Holder] = []

    def is_running(holder: Holder | None) -> bool:
        """Note a Caigou that is up and open; the database it started is there to be used."""
        if holder and holder.kind == "up" and holder.database_url:
            running.append(holder)
        return not running

    with lock.taken("command", wait_seconds=_WAIT_SECONDS, on_wait=is_running) as mine:
        if mine:
            cluster = start_cluster(home)
            try:
                os.environ.update(urls(cluster))
                yield
            finally:
                _disconnect()
                cluster.stop()
        elif running:
            _use(running[0])
            yield
        else:
            raise UserError("Another caigou command is using the database. Try again when it has finished.")


def _use(holder: Holder) -> None:
    os.environ["DATABASE_URL"] = holder.database_url
    os.environ["DATABASE_OWNER_URL"] = holder.database_owner_url


def _disconnect() -> None:
    from django.db import connections

    with contextlib.suppress(Exception):
        connections.close_all()
