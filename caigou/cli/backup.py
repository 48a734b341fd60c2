"""``caigou backup`` and ``caigou restore``: everything of an installation in one file, and back.

A backup is a tar of ``database.dump`` (pg_dump's custom format), ``files/`` and ``uploads/`` as they lie in the data
folder, and ``manifest.json`` with the hash of each. Kept files are named by their content and never change, so those
copied after the dump are the ones that the dump names. The search index isn't in it: it is built anew. Secrets aren't
either: they live in the environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit, urlunsplit

from caigou.cli.database import NAME, cluster_of, database
from caigou.cli.errors import UserError
from caigou.cli.home import Home
from caigou.cli.lock import Lock
from caigou.cli.postgres import OWNER_ROLE, Cluster
from caigou.cli.postgres.binaries import client_program
from caigou.cli.postgres.roles import database_exists, drop_database, rename_databases

_DUMP = "database.dump"
_MANIFEST = "manifest.json"
_FOLDERS = ("files", "uploads")
_FORMAT = 1
#: Where a restored database waits until everything about it was found in order.
_RESTORING = "caigou_restoring"
#: What the database that gives way is called until it is gone.
_REPLACED = "caigou_replaced"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """What was saved or brought back."""

    file: str
    bytes: int
    files: int
    saved_at: str


def backup(home: Home, target: Path) -> Told:
    """Write a backup of the running or stopped installation to ``target``, whole or not at all.

    Raises ``UserError`` when the file is there already or can't be written, or the database can't be dumped.
    """
    if target.exists():
        raise UserError(f"{target} is there already. Name a new file, so that no backup is overwritten.")
    if not target.parent.is_dir():
        raise UserError(f"There is no folder {target.parent}.")
    with database(home), tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as work:
        folder = Path(work)
        _dump(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"], folder / _DUMP)
        fresh = folder / "backup.tar"
        told = _pack(home, folder / _DUMP, fresh)
        fresh.chmod(0o600)
        fresh.rename(target)
    return Told(str(target), target.stat().st_size, len(told["members"]) - 1, told["saved_at"])


def _dump(url: str, to: Path) -> None:
    done = _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={to}")
    if done.returncode:
        raise UserError(f"The database could not be saved. {_last_line(done.stderr)}")


def _run(program: str, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs on a database; a password travels where no list of processes shows it."""
    address, secret = _libpq(url)
    command = [str(client_program(program)), f"--dbname={address}", *arguments]
    return subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=False)


def _pack(home: Home, dump: Path, target: Path) -> dict[str, Any]:
    from caigou.kernel.clock import now

    members: dict[str, str] = {}
    with tarfile.open(target, "w", dereference=True) as archive:
        for name, path in [(_DUMP, dump), *_kept(home)]:
            # A picture that is in no use any more, or an import that is done, may go while we look.
            with suppress(FileNotFoundError):
                members[name] = _add(archive, name, path)
        if _DUMP not in members:
            raise UserError("The database could not be saved: its dump is gone.")
        manifest = {"format": _FORMAT, "version": version("caigou"), "saved_at": now().isoformat(), "members": members}
        listed = dump.with_name(_MANIFEST)
        listed.write_text(json.dumps(manifest, indent=1))
        archive.add(listed, _MANIFEST)
    return manifest


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file as it is now and return the hash of what was added, even if somebody is still writing to it."""
    with path.open("rb") as stream:
        about = archive.gettarinfo(arcname=name, fileobj=stream)
        hashing = _Hashing(stream)
        archive.addfile(about, hashing)
    return hashing.digest.hexdigest()


class _Hashing:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(size)
        self.digest.update(part)
        return part


def _kept(home: Home) -> Iterator[tuple[str, Path]]:
    for name in _FOLDERS:
        for path in sorted((home.folder / name).rglob("*")):
            # What begins with a dot is half written.
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield str(path.relative_to(home.folder)), path


def restore(home: Home, source: Path, *, replace: bool) -> Told:
    """Bring an installation back from a backup; it must be stopped.

    The backup is checked whole before anything is changed, and what is there gives way only after the restored
    books were found in order. Raises ``UserError`` when Caigou runs, the file is no sound backup or a newer one, or
    there are data and ``replace`` wasn't said; then everything is as it was.
    """
    if not source.is_file():
        raise UserError(f"There is no file {source}.")
    if not home.own_database:
        raise UserError(
            "DATABASE_URL names a server of your own. Restore with its pg_restore; docs/operating.md shows the command."
        )
    lock = Lock(home.run)
    with lock.taken("command") as mine:
        if not mine:
            raise UserError("Caigou is running or being changed. Stop it first; a restore replaces everything.")
        home.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.folder, prefix=".restore-") as work:
            manifest = _unpack(source, Path(work))
            _bring_back(home, Path(work), replace=replace)
    return Told(str(source), source.stat().st_size, len(manifest["members"]) - 1, manifest["saved_at"])


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Lay the backup out in ``folder`` and return its manifest; raises ``UserError`` unless all of it is sound."""
    try:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text())
        members: dict[str, str] = manifest["members"]
        sound = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == {*members, _MANIFEST}
        sound = sound and _DUMP in members and all(_sha256(folder / name) == told for name, told in members.items())
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{source} is no backup of Caigou, or a damaged one.") from error
    if not sound:
        raise UserError(f"{source} is damaged: not everything in it is what was saved. Use another backup.")
    if manifest.get("format") != _FORMAT:
        raise UserError(
            f"{source} was made by another version of Caigou ({manifest.get('version')}). Install that one."
        )
    return manifest


def _bring_back(home: Home, folder: Path, *, replace: bool) -> None:
    cluster = cluster_of(home)
    cluster.start()
    try:
        there = cluster.has_database(NAME)
        if there and not replace and _has_people(cluster):
            raise UserError(f"There are data in {home.folder}. Say --replace to give them up for the backup.")
        with _restored(cluster, folder / _DUMP):
            # Before the database: a disk that is full now leaves files that nothing names, and all else as it was.
            for name in _FOLDERS:
                if (folder / name).is_dir():
                    shutil.copytree(folder / name, home.folder / name, dirs_exist_ok=True)
            drop_database(cluster.maintenance_url, _REPLACED)
            renamed = [(NAME, _REPLACED)] if there else []
            rename_databases(cluster.maintenance_url, [*renamed, (_RESTORING, NAME)])
            drop_database(cluster.maintenance_url, _REPLACED)
    finally:
        cluster.stop()
    shutil.rmtree(home.folder / "index", ignore_errors=True)  # of other goods; the worker builds the new one


def _has_people(cluster: Cluster) -> bool:
    import psycopg

    with psycopg.connect(cluster.url(OWNER_ROLE, NAME)) as connection:
        known = connection.execute("SELECT to_regclass('accounts_user')").fetchone()
        if known is None or known[0] is None:
            return False
        return connection.execute("SELECT FROM accounts_user LIMIT 1").fetchone() is not None


@contextmanager
def _restored(cluster: Cluster, dump: Path) -> Iterator[None]:
    """Have the dump in a database of its own, found in order; it is gone again unless it was given its name."""
    drop_database(cluster.maintenance_url, _RESTORING)
    cluster.create_database(_RESTORING)
    url = cluster.url(OWNER_ROLE, _RESTORING)
    try:
        done = _run("pg_restore", url, "--no-owner", "--exit-on-error", str(dump))
        if done.returncode:
            raise UserError(f"The backup's database could not be read. {_last_line(done.stderr)}")
        _check_books(url)
        yield
    finally:
        if database_exists(cluster.maintenance_url, _RESTORING):
            drop_database(cluster.maintenance_url, _RESTORING)


def _check_books(url: str) -> None:
    """Raises ``UserError`` unless the ledger that came out of the backup balances."""
    import psycopg

    with psycopg.connect(url) as connection:
        findings = connection.execute("SELECT count(*) FROM ledger.audit()").fetchone()
    if findings is None or findings[0]:
        raise UserError("The books in this backup do not balance. Nothing was changed; use another backup.")


def _libpq(url: str) -> tuple[str, dict[str, str]]:
    """Return a database address as PostgreSQL's programs read it, and the environment that holds its password.

    >>> _libpq("postgres://ana:s%40lt@db.example:5432/caigou")
    ('postgresql://ana@db.example:5432/caigou', {'PGPASSWORD': 's@lt'})
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        return url, {}
    person, at, server = parts.netloc.rpartition("@")
    bare = parts._replace(scheme="postgresql", netloc=person.partition(":")[0] + at + server)
    return urlunsplit(bare), {"PGPASSWORD": unquote(parts.password)} if parts.password else {}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["It said nothing."])[-1]
