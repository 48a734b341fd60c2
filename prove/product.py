"""The product itself, as ``caigou up`` runs it, on the proof's database: its processes may be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caigou.cli.opening import GO, Knock
from caigou.cli.processes import spawn
from prove.ground import children_of
from tests.support.processes import name_and_command
from tests.support.running import free_port

_START_SECONDS = 90
_STOP_SECONDS = 30


class Product:
    """The servers of ``caigou.cli.servers``: their supervisor forks anew whom we kill, and we start it anew."""

    def __init__(self, home: Path, web_workers: int, **settings: str) -> None:
        self.port = free_port()
        self.log = home / "servers.log"
        self._figures = ("127.0.0.1", str(self.port), str(web_workers), str(free_port()))
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
            "CAIGOU_BASE_URL": f"http://127.0.0.1:{self.port}",
            "CAIGOU_LOG_LEVEL": "ERROR",
            **settings,
        }
        self._start()

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self.process = spawn(
                [sys.executable, "-m", "caigou.cli.servers", *self._figures],
                env=self._environment,
                output=log.fileno(),
                told=True,
            )
        assert self.process.stdin is not None
        self.process.stdin.write(GO)
        self.process.stdin.close()

    def wait_until_open(self) -> None:
        """Return when it answers; raises ``RuntimeError`` with the end of its log when it doesn't."""
        knock, end = Knock("127.0.0.1", self.port), time.monotonic() + _START_SECONDS
        while not knock.answered():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"The product does not answer: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def victims(self) -> list[int]:
        """Return the web processes and the worker; starts everything anew when their supervisor gave up."""
        if self.process.poll() is not None:
            self._start()
        below = self._below(self.process.pid)
        return [pid for pid in below if name_and_command(pid).startswith(("caigou-web", "caigou-worker"))]

    def _below(self, pid: int) -> list[int]:
        direct = children_of(pid)
        return direct + [lower for child in direct for lower in self._below(child)]

    def stop(self) -> None:
        """End it in order, or by force."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def product(*, web_workers: int = 2, behind_proxy: bool = False) -> Iterator[Product]:
    """Run the product on the database that ``use`` chose; ended afterwards."""
    settings = {"CAIGOU_BEHIND_PROXY": "yes"} if behind_proxy else {}
    running = Product(Path(os.environ["CAIGOU_HOME"]), web_workers, **settings)
    try:
        running.wait_until_open()
        yield running
    finally:
        running.stop()
