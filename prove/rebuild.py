"""The database can be rebuilt to any minute (promise 17): base backup and archived log, then the server is gone.

Four clients post and note what they were told. Meanwhile the data folder is copied as PostgreSQL's manual says, a
moment is chosen, and at the end the server is killed and its folder deleted. What was confirmed before it must be
there with the same legs, nothing later may be, and the audit, the chain and the hashes noted outside must agree. At
last all is dumped and restored into an empty cluster, where every row of the ledger must be the same.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from caigou.cli.errors import UserError
from caigou.cli.postgres import OWNER_ROLE, Cluster
from caigou.cli.postgres.binaries import client_program, program_folder
from caigou.cli.postgres.roles import create_database
from prove.crowd import Crowd, Kills
from prove.ground import Ground
from prove.logs import Board, lines_of
from prove.poster import Confirmed, keep_base, post_on, seal_on
from tests.support import databases, processes

_CLIENTS = 4
NAME = "books"
_LEDGER = ("account", "balance", "status_change", "journal", "transfer", "hold", "period", "fx_quote", "seal")
_GRANTS = """\
GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean) TO caigou_owner
GRANT EXECUTE ON FUNCTION pg_backup_stop(boolean) TO caigou_owner
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO caigou_owner
"""
_OPEN_SECONDS = 120


class Archiving(Ground):
    """A server that hands each piece of its log over to ``archive``, or plays it back up to ``moment`` and opens."""

    def __init__(self, folder: Path, archive: Path, moment: str = "") -> None:
        super().__init__(folder, durable=False)
        self._log_goes = {"wal_level": "replica", "max_wal_senders": "2"}
        if moment:
            self._log_goes |= {
                "restore_command": f"cp {archive}/%f %p",
                "recovery_target_time": moment,
                "recovery_target_action": "promote",
            }
        else:
            self._log_goes |= {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}

    def _options(self) -> list[str]:
        return [*super()._options(), *(part for set_to in self._log_goes.items() for part in ("-c", "=".join(set_to)))]

    def let_owner_keep(self) -> None:
        """Let the owner take base backups of the stopped server: the superuser can't log in."""
        self._run(program_folder(self.user) / "postgres", ["--single", "-D", self.data, "postgres"], _GRANTS)

    def lose(self) -> None:
        """Kill the server and delete all that it had."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            processes.none_left(self.data, seconds=20)
        self.remove()


def rebuild(*, seconds: float, seed: int) -> dict[str, Any]:
    """Post for ``seconds``, lose the server, rebuild it to a moment, and compare with what clients were told."""
    with _folders() as (folder, archive):
        first = Archiving(folder / "first", archive)
        _give(first, archive)
        databases.migrate_into(first)
        first.let_owner_keep()
        bootstrap = (first.folder / "bootstrap").read_text()
        logs = folder / "logs"
        logs.mkdir()
        try:
            first.start()
            _live(first, folder, seconds, seed)
        finally:
            first.lose()
        [[moment, words]] = lines_of(logs / "moment")
        again = Archiving(folder / "again", archive, words)
        try:
            began = time.monotonic()
            _put(folder / "base", again, bootstrap)
            _start(again)
            rebuilt = time.monotonic() - began
            return _judged(again, folder, logs, moment, rebuilt)
        finally:
            again.stop()
            again.remove()


@contextmanager
def _folders() -> Iterator[tuple[Path, Path]]:
    """A place for clusters beside the other proofs', and one for the archive; both deleted afterwards."""
    folder = databases.ROOT / "var" / "test" / f"run-{os.getpid()}" / "rebuild"
    folder.mkdir(parents=True)
    archive = Path(tempfile.mkdtemp(prefix="caigou-archive-"))
    try:
        yield folder, archive
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(archive, ignore_errors=True)


def _live(server: Archiving, folder: Path, seconds: float, seed: int) -> None:
    """Let everybody do their part, until the moment is noted and the log is archived."""
    databases.clone(server.socket_folder, NAME)
    logs, over = folder / "logs", Board(folder / "board", 1)
    runs = [partial(post_on, server.socket_folder, place, logs / f"{place}", seed, over) for place in range(_CLIENTS)]
    runs.append(partial(seal_on, server.socket_folder, logs / "seals", over))
    runs.append(partial(keep_base, server, folder / "base", logs / "moment", seconds, over))
    Crowd(server, runs, lambda: 0.0, Kills(), seed, patience=seconds + 120).run()


def _give(to: Cluster, *paths: Path) -> None:
    """Let the server's user have what we made for it."""
    for path in paths:
        if to.user:
            os.chown(path, to.user.uid, to.user.gid)


def _put(base: Path, again: Archiving, bootstrap: str) -> None:
    """Make the copy the data folder of another server, with no log of its own, which is to recover."""
    again.folder.mkdir(parents=True, exist_ok=True)
    again.folder.chmod(0o711 if again.user else 0o700)
    subprocess.run(["mv", base, again.data], check=True)
    (again.data / "postmaster.pid").unlink(missing_ok=True)
    shutil.rmtree(again.data / "pg_wal")
    (again.data / "pg_wal").mkdir(mode=0o700)
    (again.data / "recovery.signal").touch()
    _give(again, *(again.data / name for name in ("pg_wal", "recovery.signal", "backup_label")))
    (again.folder / "bootstrap").write_text(bootstrap)  # the roles are there already


def _start(server: Archiving) -> None:
    """Start the server and wait until it has played its log back."""
    try:
        server.start()
    except UserError as error:
        raise RuntimeError(server.log.read_text()[-2000:]) from error
    end = time.monotonic() + _OPEN_SECONDS
    while time.monotonic() < end:
        with suppress(psycopg.OperationalError), psycopg.connect(server.maintenance_url, autocommit=True) as asking:
            if asking.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                return
        time.sleep(0.1)
    raise RuntimeError(f"the rebuilt server does not open: {server.log.read_text()[-2000:]}")


def _judged(again: Archiving, folder: Path, logs: Path, moment: float, rebuilt: float) -> dict[str, Any]:
    confirmed = [Confirmed(*line) for place in range(_CLIENTS) for line in lines_of(logs / f"{place}")]
    seals = [(int(block), str(digest)) for block, digest, at in lines_of(logs / "seals") if at < moment]
    with psycopg.connect(again.url(OWNER_ROLE, NAME), autocommit=True) as books:
        broken, kept = judge_rebuilt(books, confirmed, seals, moment)
        rows = _digests(books)
    began = time.monotonic()
    with _restored(again, folder) as url, psycopg.connect(url, autocommit=True) as books:
        broken["rows_differ_after_restore"] += _digests(books) != rows
        broken["audit_after_restore"] += len(books.execute(_AUDIT).fetchall())
    broken["one_sided"] += not 0 < sum(each.told < moment for each in confirmed) < len(confirmed)
    return {
        "confirmed": len(confirmed),
        "before_the_moment": sum(each.told < moment for each in confirmed),
        "kept": kept,
        "seals": len(seals),
        "rebuilt_s": round(rebuilt, 1),
        "dumped_and_restored_s": round(time.monotonic() - began, 1),
        "broken": {what: times for what, times in broken.items() if times},
    }


_AUDIT = b"SELECT * FROM ledger.audit() UNION ALL SELECT * FROM ledger.audit_rules()"
_KEPT = b"""
SELECT j.source, j.id, t.amount, extract(epoch FROM j.recorded_at)::float8
  FROM ledger.journal j JOIN ledger.transfer t ON t.journal_id = j.id WHERE j.purpose = 'prove.rebuilt'
"""


def judge_rebuilt(
    books: psycopg.Connection[Any], confirmed: Sequence[Confirmed], seals: Sequence[tuple[int, str]], moment: float
) -> tuple[Counter[str], int]:
    """Compare what clients were told and what was noted outside with the rebuilt books; return how many were kept."""
    broken: Counter[str] = Counter()
    there = {source: (journal, amount, at) for source, journal, amount, at in books.execute(_KEPT).fetchall()}
    kept = 0
    for each in confirmed:
        found = there.get(each.source)
        if each.told < moment:
            broken["confirmed_and_lost"] += found is None
        if found is not None:
            kept += 1
            broken["kept_otherwise"] += found[:2] != (each.journal, each.minor)
            broken["later_than_the_moment"] += each.asked > moment
    blocks = dict(books.execute("SELECT id, encode(hash, 'hex') FROM ledger.seal").fetchall())
    broken["seal_is_not_as_noted"] += sum(blocks.get(block) != digest for block, digest in seals)
    broken["audit"] += len(books.execute(_AUDIT).fetchall())
    chain = books.execute("SELECT check_name FROM ledger.verify_chain()").fetchall()
    broken["chain"] += sum(name == "chain_is_unbroken" for (name,) in chain)
    return broken, kept


def _digests(books: psycopg.Connection[Any]) -> dict[str, str]:
    """Return a hash of each table's rows, whatever their order."""
    found = {}
    for table in _LEDGER:
        rows = books.execute(f"SELECT t::text FROM ledger.{table} t ORDER BY 1".encode()).fetchall()
        found[table] = hashlib.sha256("\n".join(row for (row,) in rows).encode()).hexdigest()
    return found


@contextmanager
def _restored(source: Cluster, folder: Path) -> Iterator[str]:
    """Dump all and restore it into a cluster that was empty; yield where."""
    dump, empty = folder / "dump", Cluster(folder / "empty", durable=False)
    _run("pg_dump", source.url(OWNER_ROLE, NAME), "--format=custom", "--no-owner", f"--file={dump}")
    try:
        empty.start()
        create_database(empty.maintenance_url, NAME)
        url = empty.url(OWNER_ROLE, NAME)
        _run("pg_restore", url, "--no-owner", "--exit-on-error", str(dump))
        yield url
    finally:
        empty.stop()
        empty.remove()


def _run(program: str, url: str, *arguments: str) -> None:
    done = subprocess.run([client_program(program), f"--dbname={url}", *arguments], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr.decode()[-1000:]}")
