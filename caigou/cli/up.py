"""``caigou up``: database, web, worker and live updates under one command.

It runs as ``python -m caigou.cli.up``, in the process in which the command line was read but without what that took:
10 MB of libraries, in a process that only waits from then on (docs/decisions/0019-memory-and-start.md).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from caigou.cli.database import cluster_of, start_cluster, urls
from caigou.cli.errors import UserError
from caigou.cli.forked import name_process
from caigou.cli.home import Home
from caigou.cli.lock import Holder, Lock
from caigou.cli.opening import GO, Knock
from caigou.cli.processes import SUPERVISOR_PID, end_with_make, spawn
from caigou.cli.supervisor import Child, Supervisor, ended, tell

_FIRST_PORT = 8000
_PORTS_TRIED = 100
_LAST_PORT = 65_536
#: How long the first answer may take when everything runs: a machine can be very busy. It is told every now and then.
_OPEN_SECONDS = 600
_TELL_SECONDS = 20
#: How long the servers of a run that was killed may take to leave the port.
_LEAVE_SECONDS = 5
#: The servers end their own children first, each of which has ten seconds.
_SERVERS_STOP_SECONDS = 25
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
    """Where the site and the stream of its live updates are served, and by how many processes."""

    host: str
    port: int
    web_workers: int
    live_port: int

    @property
    def address(self) -> str:
        """What a person on this machine types into a browser; passkeys want a name, not a number."""
        return self._at(self.port)

    @property
    def live_address(self) -> str:
        """Where the pages find the stream when no proxy joins the two."""
        return self._at(self.live_port)

    def _at(self, port: int) -> str:
        return f"http://{'localhost' if self.host in ('127.0.0.1', '::1') else self.host}:{port}"


def become(home: Home, site: Site) -> NoReturn:
    """Let ``up`` run in the place of this process; ends it, with code 2 and one sentence when it can't be done."""
    told = (str(home.folder), home.mode, site.host, str(site.port), str(site.web_workers), str(site.live_port))
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "caigou.cli.up", *told])  # noqa: S606  no shell is wanted


def main(folder: str, mode: str, host: str, *figures: str) -> int:
    """Run what ``become`` says."""
    name_process("caigou")
    try:
        up(Home(Path(folder), mode), Site(host, *map(int, figures)))
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


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


def site_on(home: Home, host: str, port: int | None, web_workers: int, live_port: int | None) -> Site:
    """Return the site with the ports that were not named: 8000 and the one after it.

    Outside production the next free ones; in production a proxy knows both.  Raises ``UserError`` when many are taken.
    """
    port = port or free_port(host)
    if live_port is None:
        live_port = port + 1 if home.mode == "production" else free_port(host, port + 1)
    return Site(host, port, web_workers, live_port)


def free_port(host: str, first: int = _FIRST_PORT) -> int:
    """Return 8000 (``first``), or the next port that nobody listens on.  Raises ``UserError`` when many are taken."""
    last = min(first + _PORTS_TRIED, _LAST_PORT)
    for port in range(first, last):
        if _is_free(host, port):
            return port
    raise UserError(f"The ports {first} to {last - 1} are all taken; name one with --port and --live-port.")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _run(home: Home, lock: Lock, supervisor: Supervisor, site: Site) -> None:
    environment = home.environment() | {SUPERVISOR_PID: str(os.getpid())}
    if home.mode != "production":
        if "CAIGOU_BASE_URL" not in environment:
            environment.setdefault("CAIGOU_LIVE_URL", site.live_address)
        environment.setdefault("CAIGOU_BASE_URL", site.address)
    os.environ["CAIGOU_MODE"] = home.mode  # how our own log lines look depends on it
    _await_port(site.host, site.port, "--port")
    _await_port(site.host, site.live_port, "--live-port")
    environment["PROMETHEUS_MULTIPROC_DIR"] = _fresh_folder(home.run / "metrics")
    if home.own_database:
        environment |= urls(cluster_of(home))
    loading = _spawn_servers(environment, site)  # beside the start of the database
    if home.own_database:
        cluster = start_cluster(home)
        supervisor.add(Child("postgres", cluster.start, stop=cluster.stop, process=cluster.process))
    servers = Child("servers", lambda: _let_go(_spawn_servers(environment, site)), process=loading)
    servers.stop_seconds = _SERVERS_STOP_SECONDS
    supervisor.add(servers)
    _prepare(environment, supervisor)
    _let_go(loading)
    if not _opens(supervisor, site):
        return
    databases = (environment["DATABASE_URL"], environment.get("DATABASE_OWNER_URL", ""))
    live = environment.get("CAIGOU_LIVE_URL") or environment.get("CAIGOU_BASE_URL", "")
    lock.note(Holder("up", os.getpid(), site.address, *databases, live))
    # Standard output is for people; everything that happens afterwards is a log line on standard error.
    _say_hello(home, site.address)
    supervisor.look_after()
    lock.note(Holder("stopping", os.getpid()))  # a command that comes now waits, and starts the database itself
    _say("Stopping …")


def _await_port(host: str, port: int, option: str) -> None:
    """Return when nobody listens on a port; an earlier run that was killed is just leaving it."""
    end = time.monotonic() + _LEAVE_SECONDS
    while not _is_free(host, port):
        if time.monotonic() > end:
            raise UserError(f"Port {port} is taken, or {host} is no address of this machine; see {option}.")
        time.sleep(0.1)


def _fresh_folder(path: Path) -> str:
    """Empty the folder into which the web processes count their requests: those of an earlier run are gone."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return str(path)


def _spawn_servers(environment: dict[str, str], site: Site) -> subprocess.Popen[bytes]:
    """Start the process of all servers; it loads its code, then waits until it is let go."""
    # The owner's address is for migrations; who serves pages does not even know it.
    served = {name: value for name, value in environment.items() if name != "DATABASE_OWNER_URL"}
    # The C library otherwise keeps memory aside for each thread, and a long-lived worker swells by half.
    served.setdefault("MALLOC_ARENA_MAX", "2")
    figures = map(str, (site.port, site.web_workers, site.live_port))
    command = [sys.executable, "-m", "caigou.cli.servers", site.host, *figures]
    return spawn(command, env=served, told=True)


def _let_go(servers: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Tell the servers that the database is ready; one that is dead by now is met by whoever looks after it."""
    if servers.stdin:
        with contextlib.suppress(BrokenPipeError):
            servers.stdin.write(GO)
            servers.stdin.close()
    return servers


def _opens(supervisor: Supervisor, site: Site) -> bool:
    """Wait until the site answers; False when somebody asked for the end meanwhile."""
    knock, began, told = Knock(site.host, site.port), time.monotonic(), 0
    while not supervisor.is_stopping():
        if knock.answered():
            return True
        waited = int(time.monotonic() - began)
        if dead := supervisor.dead():
            raise UserError(f"This did not stay up: {', '.join(dead)}. What it said stands above.")
        if waited > _OPEN_SECONDS:
            raise UserError("The web server does not answer; what it said stands above.")
        if waited // _TELL_SECONDS > told:
            told = waited // _TELL_SECONDS
            tell("info", "waiting_for_the_first_answer", seconds=waited)
        time.sleep(0.05)
    return False


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


def _say_hello(home: Home, address: str) -> None:
    _say(f"\nCaigou is open at {address}\n")
    people = home.run / "people.json"
    if home.mode == "demo" and people.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            spawn([sys.executable, "-m", "caigou.cli.hello", people], env=os.environ).wait(_TELL_SECONDS)
    _say("Stop with Ctrl-C.")


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


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


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
