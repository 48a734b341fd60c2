"""Fixtures and rules for all tests.

- A test with ``@pytest.mark.django_db`` runs in a transaction that is rolled back.
- A test with ``@pytest.mark.commits`` gets a fresh database of its own, for real commits, threads and processes.
- Nothing is ever flushed, and all connect as the role that the application has.
- No network but this machine's; no skip under CI that isn't listed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from caigou.cli.postgres import Cluster
from caigou.cli.translations import compile_stale
from tests.support import databases, skips

_SOCKET_FOLDER = "CAIGOU_TEST_SOCKET_FOLDER"
_HOME = "CAIGOU_TEST_HOME"
_SERVER = pytest.StashKey[Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server (once a run), give this process its own database, then let Django read its settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    os.environ["CAIGOU_MODE"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "caigou.config.settings"
    if worker is None:
        if skips.wanted():
            config.pluginmanager.register(skips.SkipsAreFailures())
        for name in [name for name in os.environ if name.startswith("CAIGOU_") and name not in _KEPT]:
            del os.environ[name]
        os.environ.pop("SEARCH_URL", None)
        compile_stale()
        server = databases.start_server()
        config.stash[_SERVER] = server
        os.environ[_SOCKET_FOLDER] = str(server.socket_folder)
        os.environ[_HOME] = str(databases.ROOT / "var" / "test" / f"run-{os.getpid()}" / "home")
    os.environ["CAIGOU_HOME"] = str(Path(os.environ[_HOME]) / (worker or "main"))
    Path(os.environ["CAIGOU_HOME"]).mkdir(parents=True, exist_ok=True)
    name = f"test_{worker or 'main'}"
    databases.clone(_socket_folder(), name)
    databases.point_at(_socket_folder(), name)

    import django

    django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let no worker inherit the settings' name: pytest-django would read them before the worker has its database."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


#: Everything else that a person may have set for `make run` must not change what a test finds.
_KEPT = ("CAIGOU_DATA", "CAIGOU_MODE", "CAIGOU_POSTGRES_BIN")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and leave nothing but the migrated snapshot."""
    server = config.stash.get(_SERVER, None)
    if server is not None:
        from django.db import connections

        connections.close_all()
        server.stop()
        server.remove()
        databases.forget(os.getpid())


@pytest.hookimpl(trylast=True)  # after the order was drawn
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones first; refuse what would flush tables, or wants two kinds of database."""
    items.sort(key=_how_late)
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        flushing = names & {"transactional_db", "live_server", "django_db_reset_sequences"}
        marker = item.get_closest_marker("django_db")
        if flushing or (marker and (marker.kwargs.get("transaction") or marker.args)):
            raise pytest.UsageError(f"{item.nodeid}: mark it `commits`; a database is never flushed here")
        if item.get_closest_marker("commits") and "db" in names:
            raise pytest.UsageError(
                f"{item.nodeid}: a test that commits has its own database; leave out the fixture db"
            )


def _how_late(item: pytest.Item) -> int:
    """Groups of journeys first, then what is slow: a long one at the end would leave the other processor idle."""
    if item.get_closest_marker("xdist_group"):
        return 0 if "test_every_page" in item.nodeid else 1
    return 2 if item.get_closest_marker("slow") else 3


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Override pytest-django's: the database stands since pytest_configure."""


@pytest.fixture(autouse=True)
def _django_db_marker(request: pytest.FixtureRequest) -> None:
    """Override pytest-django's, so that `commits` wins over a `django_db` that a whole module wears."""
    if request.node.get_closest_marker("commits"):
        request.getfixturevalue("own_database")
    elif request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")


@pytest.fixture(autouse=True)
def _remembered() -> None:
    """Start with what the fresh tables hold, nothing: no test sees another's rates or settings, nor asks for them."""
    from caigou.catalogue.tree import tree
    from caigou.house.current import stored
    from caigou.payments.rates.current import current
    from caigou.payments.rates.table import Table
    from caigou.search.labels import province_names

    stored.hold({})
    current.hold(Table())
    tree.forget()
    province_names.forget()


@pytest.fixture(scope="session", autouse=True)
def _one_chain_of_middleware() -> None:
    """Let all test clients with the same settings share the chain, as all requests of a server do.

    Django's client loads the middleware anew for each browser, and WhiteNoise then looks at every static file.
    """
    from django.conf import settings
    from django.test.client import ClientHandler

    load, chains = ClientHandler.load_middleware, dict[object, ClientHandler]()

    def shared(self: ClientHandler, is_async: bool = False) -> None:
        like = (is_async, tuple(settings.MIDDLEWARE), settings.SECURE_SSL_REDIRECT)
        if like not in chains:
            load(self, is_async)
            chains[like] = self
        vars(self).update({name: value for name, value in vars(chains[like]).items() if name != "enforce_csrf_checks"})

    ClientHandler.load_middleware = shared  # type: ignore[assignment,method-assign]


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """Hash as the house does, but in a moment: a hash that is slow on purpose took half of the sign-in tests' time."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture
def own_database(django_db_blocker: object) -> Iterator[str]:
    """A fresh clone for one test; yields its name.  ``DATABASE_URL`` in the environment names it, for processes."""
    name = f"own_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock(), databases.fresh_clone(_socket_folder(), name):  # type: ignore[attr-defined]
        yield name


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data that ``CAIGOU_DATA`` names; without it the test is skipped, as listed."""
    folder = os.environ.get("CAIGOU_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("CAIGOU_DATA names no folder")
    return Path(folder)


def _socket_folder() -> Path:
    return Path(os.environ[_SOCKET_FOLDER])
