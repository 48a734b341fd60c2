"""``caigou up``: database, web and worker under one command."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from caigou.cli.database import cluster_of, start_cluster
from caigou.cli.errors import UserError
from caigou.cli.home import Home
from caigou.cli.lock import Holder, Lock
from caigou.cli.processes import SUPERVISOR_PID, end_with_make, spawn
from caigou.cli.supervisor import Child, Supervisor, ended

log = structlog.get_logger(__name__)
_FIRST_PORT = 8000
_PORTS_TRIED = 100
_OPEN_SECONDS = 60
#: What `reset` deletes from the data folder; it may hold more, such as the databases of test runs.
_DATA = (
    "postgres",
    "files",
    "uploads",
    "index",
    "static",
    "logs",
    "mode",
    "caigou_secret_key",
    "caigou_sandbox_secret",
)
#: How long another command may keep the database before `up` gives up.
_BUSY_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """Where the site is served, and by how many processes."""

    host: str
    port: int
    web_workers: int

    @property
    def address(self) -> str:
        """What a person on this machine types into a browser; passkeys want a name, not a number."""
        return f"http://{'localhost' if self.host in ('127.0.0.1', '::1') else self.host}:{self.port}"


def up(home: Home, site: Site) -> None:
    """Run Caigou until Ctrl-C or SIGTERM.  Raises ``UserError`` when it runs already or can't start."""
    lock = Lock(home.run)
    with lock.taken("up", wait_seconds=_BUSY_SECONDS, on_wait=_not_up) as mine:
        if not mine:
            raise UserError(_busy(lock))
        home.remember_mode()
        home.logs.mkdir(exist_ok=True)
        supervisor = Supervisor()
        supervisor.catch_signals()
        end_with_make()
        with ended(supervisor):
            _run(home, lock, supervisor, site)


def free_port(host: str) -> int:
    """Return 8000, or the next port that nobody listens on.  Raises ``UserError`` when a hundred are taken."""
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return port
    raise UserError(f"The ports {_FIRST_PORT} to {_FIRST_PORT + _PORTS_TRIED - 1} are all taken; name one with --port.")


def _run(home: Home, lock: Lock, supervisor: Supervisor, site: Site) -> None:
    environment = home.environment() | {SUPERVISOR_PID: str(os.getpid())}
    if home.mode != "production":
        environment.setdefault("CAIGOU_BASE_URL", site.address)
    if home.own_database:
        cluster, names = start_cluster(home)
        supervisor.add(Child("postgres", cluster.start, stop=cluster.stop, process=cluster.process))
        environment |= names
    environment["PROMETHEUS_MULTIPROC_DIR"] = _fresh_folder(home.run / "metrics")
    _prepare(environment, supervisor)
    if not supervisor.is_stopping():
        _start_servers(environment, supervisor, site)
    if not _opens(supervisor, site):
        return
    lock.note(
        Holder("up", os.getpid(), site.address, environment["DATABASE_URL"], environment.get("DATABASE_OWNER_URL", ""))
    )
    # Standard output is for people; everything that happens afterwards is a log line on standard error.
    console = Console()
    _say_hello(console, home, site.address)
    supervisor.look_after()
    lock.note(Holder("stopping", os.getpid()))  # a command that comes now waits, and starts the database itself
    console.print("Stopping …")


def _fresh_folder(path: Path) -> str:
    """Empty the folder into which the web processes count their requests: those of an earlier run are gone."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return str(path)


def _start_servers(environment: dict[str, str], supervisor: Supervisor, site: Site) -> None:
    # The owner's address is for migrations; who serves pages does not even know it.
    served = {name: value for name, value in environment.items() if name != "DATABASE_OWNER_URL"}
    # The C library otherwise keeps memory aside for each thread, and a long-lived worker swells by half.
    served.setdefault("MALLOC_ARENA_MAX", "2")

    def child(name: str, *command: str) -> Child:
        return Child(name, lambda: spawn([sys.executable, "-m", *command], env=served))

    supervisor.add(
        child(
            *("web", "granian", "--interface", "wsgi", "--host", site.host, "--port", str(site.port)),
            *("--workers", str(site.web_workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
            *("--respawn-failed-workers", "caigou.config.wsgi:application"),
        )
    )
    supervisor.add(child("worker", "caigou.cli.worker"))


def _opens(supervisor: Supervisor, site: Site) -> bool:
    """Wait until the site answers; False when somebody asked for the end meanwhile."""
    end = time.monotonic() + _OPEN_SECONDS
    supervisor.look_after(until=lambda: _answers(site) or time.monotonic() > end)
    if supervisor.is_stopping():
        return False
    if not _answers(site):
        raise UserError("The web server does not answer; what it said stands above.")
    return True


def _prepare(environment: dict[str, str], supervisor: Supervisor) -> None:
    process = spawn([sys.executable, "-m", "caigou.cli.prepare"], env=environment)
    while process.poll() is None:
        if supervisor.is_stopping():
            process.terminate()
            process.wait()
            return
        time.sleep(0.05)
    if process.returncode:
        raise UserError("Caigou is not ready to start; the reason stands above.")


def _answers(site: Site) -> bool:
    try:
        with urllib.request.urlopen(f"http://{site.host}:{site.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return True  # it speaks; a redirect to https or a refused host name is an answer too
    except OSError:
        return False


def _say_hello(console: Console, home: Home, address: str) -> None:
    console.print(f"\nCaigou is open at [bold]{address}[/bold]\n")
    people = home.run / "people.json"
    if home.mode == "demo" and people.exists():
        _introduce(console, json.loads(people.read_text(encoding="utf-8")))
    console.print("Stop with Ctrl-C.")


def _introduce(console: Console, people: list[dict[str, str]]) -> None:
    """Print who lives in the demo world, by role."""
    table = Table("Role", "Name", title="Sign in as", title_justify="left")
    table.add_column("E-mail", no_wrap=True)
    table.add_column("Password", no_wrap=True)
    for person in people:
        table.add_row(person["role"], person["name"], person["email"], person["password"])
    console.print(table)


def _not_up(holder: Holder | None) -> bool:
    """A command finishes soon and is waited for; another ``caigou up`` is not."""
    return holder is None or holder.kind != "up"


def _busy(lock: Lock) -> str:
    holder = lock.holder()
    if holder and holder.kind == "up":
        return f"Caigou is already running{' at ' + holder.url if holder.url else ''} (process {holder.pid})."
    return "Another caigou command is using the database. Try again when it has finished."


def reset(home: Home) -> None:
    """Delete the database, the files and the index.  Raises ``UserError`` while Caigou runs, and in production."""

    if home.mode == "production":
        raise UserError("Reset deletes all data and is refused in production.")
    lock = Lock(home.run)
    with lock.taken("command") as mine:
        if not mine:
            raise UserError(_busy(lock))
        cluster_of(home).remove()
        for name in _DATA:
            path = home.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    (home.run / "people.json").unlink(missing_ok=True)
