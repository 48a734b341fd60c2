"""Real PostgreSQL for every test run: one server a run, a migrated template, a clone for each worker.

docs/decisions/0002-test-databases.md tells why.  A run never shares a server with another run, so two people (or
two terminals) may test in one checkout; the migrated cluster is kept as a folder and copied, which takes a moment.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from caigou.cli.postgres import APP_ROLE, OWNER_ROLE, Cluster, database_url
from caigou.cli.postgres.names import BOOTSTRAP
from caigou.cli.postgres.roles import create_database, drop_database
from caigou.cli.processes import alive

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = ROOT / "var" / "test"
#: The migrated database, to which nobody ever connects: clones are copied from it.
TEMPLATE = "caigou"
_SNAPSHOTS_KEPT = 3
#: Where memory is a folder.  On ext4, who makes a file looks at every one deleted lately: after a few clones of a
#: thousand files each the next one costs half a second, here 20 ms.
_MEMORY = Path("/dev/shm")
#: A server of the tests needs a tenth of it; its log of changes may grow to a third.
_ROOM = 3 << 30


def start_server() -> Cluster:
    """Start the server of this test run; it dies with this process.  Migrates first if a migration changed."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    _sweep()
    run = Cluster(_in_memory(os.getpid()) if _has_room() else _FOLDER / f"run-{os.getpid()}", durable=False)
    migrate_into(run)
    run.start()
    return run


def _in_memory(pid: int | str) -> Path:
    return _MEMORY / f"caigou-test-{pid}"


def _has_room() -> bool:
    """Tell whether a server's data may lie in memory: a container's is often 64 MB."""
    try:
        room = os.statvfs(_MEMORY)
        available = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        return False
    return available is not None and min(int(available[1]) << 10, room.f_bavail * room.f_frsize) > _ROOM


def migrate_into(cluster: Cluster) -> None:
    """Fill a new cluster with the migrated database, by copying the snapshot; make that first if need be."""
    with _locked():
        cluster.copy_of(_snapshot())


def point_at(socket_folder: Path, name: str) -> None:
    """Make this process, and those it starts, use the database ``name`` as the application."""
    os.environ["DATABASE_URL"] = database_url(APP_ROLE, name, socket_folder)
    os.environ["DATABASE_OWNER_URL"] = database_url(OWNER_ROLE, name, socket_folder)


def clone(socket_folder: Path, name: str) -> None:
    """Copy the migrated template to a database of its own, thrown away first if it is there."""
    maintenance = database_url(OWNER_ROLE, "postgres", socket_folder)
    drop_database(maintenance, name)
    create_database(maintenance, name, template=TEMPLATE)


@contextlib.contextmanager
def fresh_clone(socket_folder: Path, name: str) -> Iterator[None]:
    """Give Django's connections, in all threads and child processes, a fresh clone; drop it afterwards."""
    from django.db import connections

    clone(socket_folder, name)
    settings = connections["default"].settings_dict  # the one that later connections of other threads read, too
    usual, urls = settings["NAME"], (os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"])
    connections.close_all()
    settings["NAME"] = name
    point_at(socket_folder, name)
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = usual
        os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = urls
        drop_database(database_url(OWNER_ROLE, "postgres", socket_folder), name)


def _snapshot() -> Cluster:
    """Return the stopped cluster whose template holds the migrations as they are now; make it if need be."""
    name = _FOLDER / f"migrated-{_key()}"
    snapshot = Cluster(name, durable=False)
    ready = snapshot.folder / "ready"
    if not ready.exists():
        snapshot.remove()
        _make(snapshot)
        ready.touch()
    name.mkdir(exist_ok=True)  # stands here even where the data lies elsewhere, for _sweep to find
    os.utime(name)
    return snapshot


def _make(snapshot: Cluster) -> None:
    try:
        snapshot.start()
        snapshot.create_database(TEMPLATE)
        _migrate(snapshot)
    except BaseException:
        snapshot.stop()
        snapshot.remove()
        raise
    snapshot.stop()


def _migrate(cluster: Cluster) -> None:
    owner = cluster.url(OWNER_ROLE, TEMPLATE)
    environment = {**os.environ, "DATABASE_URL": owner, "DATABASE_OWNER_URL": owner}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"]
    result = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"The migrations failed:\n{result.stderr[-4000:]}")


def _key() -> str:
    """Change whenever the migrated database would: with the migrations, the apps, the roles or Django."""
    import django

    other = os.environ.get("CAIGOU_POSTGRES_BIN", "")
    digest = hashlib.sha256(f"{django.__version__} {sys.version} {BOOTSTRAP} {other}".encode())
    settings = ROOT / "caigou" / "config" / "settings.py"
    written = [*(ROOT / "caigou").glob("**/migrations/*.*"), *(ROOT / "caigou").glob("*/sql/*.sql")]
    for path in (settings, *sorted(written)):
        if path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep() -> None:
    """Remove what killed runs left, and all but the newest snapshots."""
    with _locked():
        folders = [path for path in _FOLDER.iterdir() if path.is_dir()]
        runs = [*(path for path in folders if path.name.startswith("run-")), *_MEMORY.glob(_in_memory("*").name)]
        pids = [(path, path.name.rpartition("-")[2]) for path in runs]
        old = [path for path, pid in pids if pid.isdecimal() and not alive(int(pid))]
        snapshots = [path for path in folders if path.name.startswith("migrated-")]
        old += sorted(snapshots, key=lambda path: path.stat().st_mtime)[:-_SNAPSHOTS_KEPT]
        for path in old:
            _remove(path)


def run_folder() -> Path | None:
    """Return the folder of the test run that this process belongs to; None outside of one."""
    home = os.environ.get("CAIGOU_TEST_HOME")
    return Path(home).parent if home else None


def forget(pid: int) -> None:
    """Remove the files of a finished run."""
    _remove(_FOLDER / f"run-{pid}")
    _remove(_in_memory(pid))


def _remove(folder: Path) -> None:
    """Delete a run's folder and the databases of its houses, which may lie elsewhere."""
    for place in (folder, *folder.glob("house*/postgres")):
        Cluster(place, durable=False).remove()
    shutil.rmtree(folder, ignore_errors=True)
