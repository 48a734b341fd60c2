"""One PostgreSQL server in a folder of its own: made, started, asserted safe, stopped.

Nobody but the operating-system user who runs Caigou reaches it: no TCP port, a socket in a folder of mode 0700,
peer authentication mapped to the two roles.  It gets SIGQUIT when the process that started it dies.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from caigou.cli.errors import UserError
from caigou.cli.forked import apart
from caigou.cli.postgres import names
from caigou.cli.postgres.binaries import program_folder, server_user
from caigou.cli.processes import OsUser, alive, spawn

#: A Unix socket's address holds 107 bytes, of which the socket's own name takes 18.
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
_START_SECONDS = 60
_STOP_SECONDS = 15
#: How long an old server, its starter killed, may take to leave.
_LEAVE_SECONDS = 20
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
#: From this version on PostgreSQL keeps processes that only read files.
_READS_BY_WORKERS = 18
_ROOT_DATA = Path("/var/lib/caigou")
_LOG_BYTES = 10_000_000


def database_url(role: str, name: str, socket_folder: Path) -> str:
    """Return the URL of a database behind a Unix socket, as the settings read it."""
    return f"postgresql://{role}@/{name}?host={quote(str(socket_folder))}"


class Cluster:
    """A PostgreSQL server and its data, under ``folder``.

    ``durable=False`` trades safety at a power cut for speed and is for tests only.
    Not for use from several threads: see ``processes.spawn``.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.user = server_user()
        self.folder = _place(folder.resolve(), self.user)
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.socket_folder = _socket_folder(self.folder)
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, role: str, name: str) -> str:
        """Return the URL by which ``role`` reaches the database ``name``."""
        return database_url(role, name, self.socket_folder)

    @property
    def maintenance_url(self) -> str:
        """The URL by which the owner creates and drops databases."""
        return self.url(names.OWNER_ROLE, "postgres")

    def start(self) -> subprocess.Popen[bytes]:
        """Make the cluster if there is none, start the server and return when it answers.

        Waits for a server that an earlier, killed run may have left behind.  Raises ``UserError`` when it doesn't
        leave, when the server doesn't come up, or when it isn't as safe as it must be.
        """
        programs = program_folder(self.user)
        # The server's user may pass through, not write: it must not put links where root writes its files.
        _own_folder(self.folder, None, mode=0o711 if self.user else 0o700)
        if not (self.data / "PG_VERSION").exists():
            self._make(programs)
        self._wait_for_the_old_one()
        self._bootstrap(programs)
        _own_folder(self.socket_folder, self.user)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = spawn(
                [programs / "postgres", "-D", self.data, *self._options()],
                env=_environment(),
                user=self.user,
                death_signal=signal.SIGQUIT,
                output=log.fileno(),
                cwd=Path("/"),
            )
        server = self.process.pid

        def check() -> None:
            self._wait_until_it_answers(server)
            self._assert_safe()

        try:
            apart(check, _START_SECONDS + _STOP_SECONDS)  # the supervisor stays, the driver of the database need not
        except BaseException:
            self.stop()
            raise
        return self.process

    def stop(self) -> None:
        """Stop the server: first politely, in the end by force.  Safe to call twice."""
        process, self.process = self.process, None
        if process is None:
            return
        _end(process)
        with contextlib.suppress(OSError):  # only an empty one goes
            self.socket_folder.rmdir()

    def copy_of(self, other: Cluster) -> None:
        """Become a copy of a stopped cluster; for tests, which then need neither initdb nor migrations."""
        _own_folder(self.folder, None, mode=0o711 if self.user else 0o700)
        for part in ("data", "bootstrap"):
            subprocess.run(["cp", "-a", "--reflink=auto", other.folder / part, self.folder / part], check=True)

    def remove(self) -> None:
        """Delete the stopped cluster with all its data."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Create a database ready for migrations, or a copy of one that was migrated."""
        from caigou.cli.postgres import roles

        roles.create_database(self.maintenance_url, name, template=template)
        if template is None:
            roles.grant_rows(self.url(names.OWNER_ROLE, name))

    def has_database(self, name: str) -> bool:
        """Tell whether the cluster has a database of this name."""
        from caigou.cli.postgres import roles

        return roles.database_exists(self.maintenance_url, name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, also while somebody is connected."""
        from caigou.cli.postgres import roles

        roles.drop_database(self.maintenance_url, name)

    def _options(self) -> list[str]:
        """Settings on the command line win over any file in the data folder."""
        durable = "on" if self.durable else "off"
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "hba_file": str(self.folder / "pg_hba.conf"),
            "ident_file": str(self.folder / "pg_ident.conf"),
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            "logging_collector": "off",
            "max_connections": "100",
            # Not the usual 128: what it doesn't hold the system's own cache does, which gives way when memory is short.
            "shared_buffers": "24MB",
            "wal_buffers": "4MB",
            "max_logical_replication_workers": "0",
            **dict.fromkeys(_DURABLE, durable),
        }
        if int((self.data / "PG_VERSION").read_text()) >= _READS_BY_WORKERS:
            options["io_method"] = "sync"  # no three processes that read ahead what the system's cache holds
        if not self.durable:
            options |= {"wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off"}
            # On tables of a few rows, starting other processes and compiling take longer than any question.
            options |= {"max_parallel_workers_per_gather": "0", "jit": "off"}
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _make(self, programs: Path) -> None:
        """Run initdb beside the final place and move the result there, so that a broken start leaves nothing half."""
        for old in self.folder.glob("fresh-*"):
            shutil.rmtree(old, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="fresh-", dir=self.folder))
        if self.user:
            os.chown(fresh, self.user.uid, self.user.gid)
        command: list[str | Path] = [
            *("-D", fresh, "--username=postgres", "--auth-local=peer", "--auth-host=reject"),
            *("--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums", "--no-instructions"),
        ]
        if not self.durable:
            command += ["--no-sync", "--wal-segsize=1"]
        self._run(programs / "initdb", command)
        fresh.rename(self.data)

    def _bootstrap(self, programs: Path) -> None:
        """Write who may log in, and create the roles in single-user mode where that was not done yet."""
        _write(self.folder / "pg_hba.conf", f"local all {names.OWNER_ROLE},{names.APP_ROLE} peer map=caigou\n")
        me = pwd.getpwuid(os.geteuid()).pw_name
        _write(
            self.folder / "pg_ident.conf",
            "".join(f'caigou "{me}" {role}\n' for role in (names.OWNER_ROLE, names.APP_ROLE)),
        )
        done = self.folder / "bootstrap"
        digest = hashlib.sha256(names.BOOTSTRAP.encode()).hexdigest()
        if done.exists() and done.read_text() == digest:
            return
        self._run(
            programs / "postgres",
            ["--single", "-D", self.data, "-c", "log_min_messages=error", "postgres"],
            names.BOOTSTRAP,
        )
        _write(done, digest)

    def _run(self, program: Path, arguments: list[str | Path], text: str = "") -> None:
        result = subprocess.run(
            [str(program), *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            env=_environment(),
            cwd="/",
            user=self.user.uid if self.user else None,
            group=self.user.gid if self.user else None,
            extra_groups=[] if self.user else None,
            check=False,
        )
        if result.returncode != 0 or "ERROR:" in result.stderr:
            raise UserError(f"PostgreSQL's {program.name} failed in {self.folder}: {result.stderr.strip()[-600:]}")

    def _wait_for_the_old_one(self) -> None:
        """Wait until nobody works in the data folder any more, then clear a stale pid file.

        A number in a pid file may since belong to a stranger, and PostgreSQL would then refuse to start for ever.
        Every process of a server has the data folder as its working directory, so that is what is asked.
        """
        end = time.monotonic() + _LEAVE_SECONDS
        while _workers_in(self.data):
            if time.monotonic() > end:
                raise UserError(f"Another PostgreSQL server is still working in {self.data}. Stop it first.")
            time.sleep(0.1)
        if Path("/proc/self").exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _wait_until_it_answers(self, server: int) -> None:
        import psycopg

        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.maintenance_url, connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if not alive(server) or time.monotonic() > end:
                    raise UserError(
                        f"PostgreSQL did not start ({str(error).strip()}). Its log is {self.log}."
                    ) from error
                time.sleep(0.05)
            else:
                return

    def _assert_safe(self) -> None:
        """Refuse to go on with a server that could lose what it confirmed, or whose roles may do too much."""
        import psycopg

        with psycopg.connect(self.maintenance_url, autocommit=True) as connection:
            settings: dict[str, str] = dict(
                connection.execute(
                    "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
                    [[*_DURABLE, "listen_addresses", "data_checksums"]],
                ).fetchall()
            )
            powers = connection.execute(
                "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
                " AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)",
                [[names.OWNER_ROLE, names.APP_ROLE]],
            ).fetchone()
        unsafe = [name for name in _DURABLE if self.durable and settings.get(name) != "on"]
        unsafe += ["listen_addresses"] if settings.get("listen_addresses") else []
        unsafe += ["data_checksums"] if settings.get("data_checksums") != "on" else []
        unsafe += ["roles"] if powers != (2,) else []
        if unsafe:
            raise UserError(f"PostgreSQL in {self.folder} is not set up safely: {', '.join(unsafe)}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    for wish, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if process.poll() is not None:
            return
        process.send_signal(wish)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)


def _environment() -> dict[str, str]:
    """A server inherits no PG… variable and no language of whoever starts it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)


def _place(folder: Path, user: OsUser | None) -> Path:
    """Return where the cluster of ``folder`` really lies.

    Another user's server can't enter a private folder (``/root``).  Its data then lies under ``/var/lib/caigou``,
    found again by the name of the folder that was asked for; that folder itself is never opened up.
    """
    if user is None or (folder / "data").exists() or (_may_enter(folder, user) and not _elsewhere(folder).exists()):
        return folder
    return _elsewhere(folder)


def _elsewhere(folder: Path) -> Path:
    return _ROOT_DATA / _short_name(folder)


def _short_name(folder: Path) -> str:
    return hashlib.sha256(str(folder).encode()).hexdigest()[:10]


def _may_enter(folder: Path, user: OsUser) -> bool:
    """Tell whether ``user`` may pass through every folder that exists above ``folder``."""
    for above in folder.parents:
        if not above.exists():
            continue
        status = above.stat()
        if status.st_uid == user.uid:
            needed = 0o100
        elif status.st_gid == user.gid:
            needed = 0o010
        else:
            needed = 0o001
        if not status.st_mode & needed:
            return False
    return True


def _own_folder(folder: Path, user: OsUser | None, mode: int = 0o700) -> None:
    """Make ``folder``, for ``user`` alone.  Raises ``UserError`` when it is somebody else's or a link."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=mode, exist_ok=True)
    status = folder.lstat()
    owner = user.uid if user else os.geteuid()
    if folder.is_symlink() or status.st_uid not in (owner, os.geteuid()):
        raise UserError(f"{folder} belongs to somebody else; move it away or choose another CAIGOU_HOME.")
    folder.chmod(mode)
    if user:
        os.chown(folder, user.uid, user.gid)


def _socket_folder(folder: Path) -> Path:
    """Return a folder for the socket whose path is short enough, whatever the length of ``folder``."""
    if os.geteuid() == 0:
        base = Path("/run/caigou")
    else:
        base = Path(tempfile.gettempdir()) / f"caigou-{os.geteuid()}"
        if len(str(base)) > _LONGEST_SOCKET_FOLDER - 12:
            base = Path(f"/tmp/caigou-{os.geteuid()}")  # noqa: S108  (_own_folder refuses a folder of somebody else)
        _own_folder(base, None)
    return base / _short_name(folder)


def _workers_in(data: Path) -> list[int]:
    """Return the ids of processes whose working directory is ``data``; none where there is no /proc to ask."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == data:
                found.append(int(entry.name))
    return found
