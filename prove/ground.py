"""A PostgreSQL of the proof's own, which may be killed at any moment and keeps what it confirmed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caigou.cli.postgres import Cluster
from caigou.cli.processes import alive
from tests.support import databases

#: Whoever is killed must not be missed for longer: a crashed server waits for its old processes.
_GONE_SECONDS = 20.0


class Ground(Cluster):
    """A throw-away server for proofs.

    Without ``durable`` it doesn't wait for the disk, which is honest for ``kill -9``: the operating system survives
    and has what was written. Power loss is not proved here; ``durable=True`` only shows that nothing hangs on it.
    """

    _kills = 0

    def _options(self) -> list[str]:
        kept = ["synchronous_commit=on", "full_page_writes=on", "autovacuum=on", "max_wal_size=2GB"]
        return [*super()._options(), *(part for setting in kept for part in ("-c", setting))]

    def backends(self) -> list[int]:
        """Return the processes that serve the application just now."""
        assert self.process is not None
        return [pid for pid in children_of(self.process.pid) if b"caigou_app" in _command(pid)]

    def kill_server(self) -> None:
        """Kill the server itself, wait until its processes have noticed, and start it again.

        Every second time it is shut down at once, as ``pg_ctl stop -m immediate`` does: nothing is written any more.
        """
        assert self.process is not None
        server, self._kills = self.process, self._kills + 1
        server.send_signal(signal.SIGKILL if self._kills % 2 else signal.SIGQUIT)
        server.wait()
        end = time.monotonic() + _GONE_SECONDS
        while alive(server.pid) and time.monotonic() < end:
            time.sleep(0.01)
        self.start()


@contextmanager
def durable_beside(server: Ground) -> Iterator[Ground]:
    """Start another server beside the usual one, which waits for the disk at every commit."""
    other = Ground(server.folder / "durable", durable=True)
    databases.migrate_into(other)
    try:
        other.start()
        yield other
    finally:
        other.stop()
        other.remove()


@contextmanager
def ground(*, durable: bool = False) -> Iterator[Ground]:
    """Start a server with the migrated template; stopped and deleted afterwards."""
    folder = databases.ROOT / "var" / "test" / f"run-{os.getpid()}"
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "CAIGOU_MODE": "test",
        "CAIGOU_HOME": str(home),
        "CAIGOU_LOG_LEVEL": "ERROR",  # that a server went away is no news here
        "DJANGO_SETTINGS_MODULE": "caigou.config.settings",
    }
    server = Ground(folder, durable=durable)
    databases.migrate_into(server)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.remove()
        databases.forget(os.getpid())


def make_ready(server: Ground) -> None:
    """Load the product in this process, without connecting: what is forked from it has it loaded already."""
    databases.point_at(server.socket_folder, databases.TEMPLATE)
    import django

    django.setup()


def use(server: Ground, name: str) -> None:
    """Let this process, and those it forks, work in a fresh clone as the application."""
    from django.db import connections

    connections.close_all()
    databases.clone(server.socket_folder, name)
    databases.point_at(server.socket_folder, name)
    connections["default"].settings_dict |= {"NAME": name, "HOST": str(server.socket_folder)}


def children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1]) == parent:
                found.append(int(entry.name))
        except (OSError, ValueError, IndexError):
            continue
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
