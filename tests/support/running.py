"""The whole product as a person starts it: `caigou up` in a folder of its own, and a browser beside it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright

from caigou.cli.postgres import Cluster
from caigou.cli.processes import spawn
from tests.support.browser import chromium
from tests.support.databases import ROOT, run_folder
from tests.support.processes import name_and_command

#: What Debian's Chromium needs to stay quiet on a machine without a network.
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_COMMAND = Path(sys.executable).with_name("caigou")
_OPEN = re.compile(r"open at (http://localhost:\d+)")
_START_SECONDS = 240


class House:
    """A running `caigou up`: its address, its command line, and the means to kill parts of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = ("PATH", "HOME", "LANG", "CAIGOU_DATA", "CAIGOU_POSTGRES_BIN")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {"CAIGOU_HOME": str(home), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        self._log = home / "said"
        with self._log.open("wb") as log:
            # A house must not outlive its tests, however they end.
            self.process = spawn(
                [_COMMAND, "up", "--demo", "--port", str(free_port())],
                env=self.environment,
                death_signal=signal.SIGTERM,
                output=log,
            )
        self.address = self._wait_until_open()

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _wait_until_open(self) -> str:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            found = _OPEN.search(self.said)
            if found:
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"caigou up did not open:\n{self.said}")

    def wait_until_goods_are_found(self) -> None:
        """The worker fills the index of the search after the house has opened, which takes a busy machine a while."""
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{self.address}/search/?q=mug", timeout=60) as answer:
                if b"hit-compare" in answer.read():
                    return
            time.sleep(0.2)
        raise AssertionError(f"caigou up found no goods:\n{self.said}")

    def run(self, *arguments: str) -> Any:
        """Run a `caigou` command beside the running house and return its JSON."""
        done = subprocess.run(
            [str(_COMMAND), *arguments, "--json"], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"caigou {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def children(self, word: str) -> list[int]:
        """Return the ids of this house's own processes whose name or command line has ``word``."""
        return [pid for pid in self.descendants() if word in name_and_command(pid)]

    def descendants(self) -> list[int]:
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
        found, waiting = [], [self.process.pid]
        while waiting:
            below = parents.get(waiting.pop(), [])
            found += below
            waiting += below
        return found

    def kill(self, word: str) -> None:
        """Kill (-9) this house's processes of one kind; the supervisor must bring them back."""
        victims = self.children(word)
        assert victims, f"no process of this house is called {word}"
        for pid in victims:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> list[int]:
        """Press Ctrl-C; return the processes that are left, which should be none."""
        mine = [self.process.pid, *self.descendants()]
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        end = time.monotonic() + 10
        while (left := [pid for pid in mine if _is_alive(pid)]) and time.monotonic() < end:
            time.sleep(0.1)
        return left


def free_port() -> int:
    """Return a port that nobody has: two houses that start together would both find the usual one free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def running_house() -> Iterator[House]:
    """Start the product in a folder of its own and end it, whatever happens; nothing is left behind.

    The demonstration is built once a run; each house starts with a copy of it.
    """
    with _home("house-") as home:
        made = _made_home()
        if made:
            shutil.copytree(made, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("postgres", "run", "said"))
            Cluster(home / "postgres").copy_of(Cluster(made / "postgres"))
        house = House(home)
        try:
            house.wait_until_goods_are_found()
            yield house
        finally:
            house.stop()


@contextmanager
def _home(prefix: str) -> Iterator[Path]:
    """A folder for a house, deleted afterwards with the database that may lie elsewhere."""
    parent = run_folder() or ROOT / "var" / "test"
    parent.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    home.chmod(0o755)  # the database runs as a user of its own, which must get to its folder
    try:
        yield home
    finally:
        Cluster(home / "postgres").remove()
        shutil.rmtree(home, ignore_errors=True)


def _made_home() -> Path | None:
    """A stopped house with the demonstration in it, made by the first who asks in a test run; None outside of one."""
    run = run_folder()
    if run is None:
        return None
    made = run / "house"
    with (run / "house.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "ready").exists():
            Cluster(made / "postgres").remove()  # half of one, if the first who asked did not get it
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(mode=0o755)
            house = House(made)
            try:
                house.wait_until_goods_are_found()
            finally:
                house.stop()
            (made / "ready").touch()
    return made


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium with an empty profile."""
    with sync_playwright() as playwright:
        opened = _launch(playwright)
        try:
            yield opened
        finally:
            opened.close()


def _launch(playwright: Playwright) -> Browser:
    path = chromium()
    assert path, "Chromium is missing; `make browser` says how to get it"
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS, headless=True)
