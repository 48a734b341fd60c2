"""The PostgreSQL that comes with the product: closed to others, safe at a crash, gone with its starter."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from caigou.cli.errors import UserError
from caigou.cli.postgres import APP_ROLE, OWNER_ROLE, Cluster
from tests.support import processes
from tests.support.databases import ROOT

_STARTER = """
import sys, time
from pathlib import Path
from caigou.cli.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user can reach (pytest's own are private to root)."""
    with tempfile.TemporaryDirectory(prefix="caigou-test-") as name:
        path = Path(name).resolve()
        path.chmod(0o755)
        yield path


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder / "postgres")
    yield made
    made.stop()
    made.remove()


def _owner(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(cluster.maintenance_url, autocommit=True)


def _starter(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(folder / "postgres")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    return process


@pytest.mark.slow
def test_nobody_else_can_reach_it(cluster: Cluster) -> None:
    cluster.start()
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700
    with _owner(cluster) as connection:
        listening = connection.execute("SHOW listen_addresses").fetchone()
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolcanlogin ORDER BY 1").fetchall()
    assert listening == ("",)
    assert roles == [(APP_ROLE,), (OWNER_ROLE,), ("postgres",)]
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba.conf entry"):
        psycopg.connect(cluster.url("postgres", "postgres"))


@pytest.mark.slow
def test_it_writes_what_it_confirms(cluster: Cluster) -> None:
    cluster.start()
    with _owner(cluster) as connection:
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN"
            " ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums') ORDER BY 1"
        ).fetchall()
    assert {setting for _, setting in rows} == {"on"}
    assert len(rows) == 4


@pytest.mark.slow
def test_a_server_that_could_lose_data_is_refused(folder: Path) -> None:
    careless = Cluster(folder / "postgres", durable=False)
    try:
        careless.start()
        careless.durable = True
        with pytest.raises(UserError, match="fsync"):
            careless._assert_safe()
    finally:
        careless.stop()
        careless.remove()


@pytest.mark.slow
def test_it_dies_with_a_killed_starter_and_starts_again(folder: Path, cluster: Cluster) -> None:
    starter = _starter(folder)
    assert processes.of(cluster.data)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    cluster.start()  # at once: it waits for the old one itself
    with _owner(cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.stop()
    assert processes.none_left(cluster.data) == {}


@pytest.mark.slow
def test_a_killed_server_starts_clean_and_keeps_what_was_committed(cluster: Cluster) -> None:
    process = cluster.start()
    cluster.create_database("shop")
    with psycopg.connect(cluster.url(OWNER_ROLE, "shop"), autocommit=True) as connection:
        connection.execute("CREATE TABLE paid (id int)")
        connection.execute("INSERT INTO paid VALUES (1)")
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    cluster.start()
    with psycopg.connect(cluster.url(APP_ROLE, "shop")) as connection:
        assert connection.execute("SELECT id FROM paid").fetchall() == [(1,)]


@pytest.mark.slow
def test_a_pid_file_that_names_a_stranger_does_not_keep_it_from_starting(cluster: Cluster) -> None:
    process = cluster.start()
    pid_file = cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    process.send_signal(signal.SIGKILL)
    process.wait()
    stranger = subprocess.Popen(
        ["sleep", "60"],
        user=cluster.user.uid if cluster.user else None,
        group=cluster.user.gid if cluster.user else None,
    )
    try:
        assert processes.none_left(cluster.data) == {}
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        cluster.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_sockets_path_is_short_however_deep_the_folder_is(folder: Path) -> None:
    deep = Cluster(folder / ("a" * 100) / ("b" * 100))
    assert len(str(deep.socket_folder / ".s.PGSQL.5432")) <= 107


@pytest.mark.slow
def test_root_hands_over_to_another_user_and_opens_no_folder(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root hands over")
    private = folder / "private"
    private.mkdir(mode=0o700)
    cluster = Cluster(private / "postgres")
    try:
        process = cluster.start()
        assert cluster.user
        assert Path(f"/proc/{process.pid}").stat().st_uid == cluster.user.uid != 0
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert private not in cluster.folder.parents
        program = Path(f"/proc/{process.pid}/exe").readlink()
        assert program.stat().st_uid == 0
        assert not program.stat().st_mode & 0o022
    finally:
        cluster.stop()
        cluster.remove()
