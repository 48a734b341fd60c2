"""A Caigou of its own for one test: a data folder, a port, and the real commands run on them."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from caigou.cli.postgres import Cluster
from tests.support import databases, processes
from tests.support.databases import ROOT


@dataclass
class Installation:
    """A data folder of its own, and the commands run on it."""

    folder: Path
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "caigou.cli", *arguments],
            cwd=ROOT,
            env=self._environment() | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def up(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "caigou.cli", "up", "--port", str(self.port), "--web-workers", "1"],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        assert processes.wait_for(lambda: "Stop with Ctrl-C" in self.log or process.poll() is not None, 90), self.log
        assert process.poll() is None, self.log
        return process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def child(self, pattern: str) -> int:
        """The oldest process whose command matches, once there is one."""
        assert processes.wait_for(
            lambda: any(re.search(pattern, command) for command in processes.of(self.folder).values())
        )
        return min(pid for pid, command in processes.of(self.folder).items() if re.search(pattern, command))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CAIGOU_", "DATABASE_"))}
        if "CAIGOU_POSTGRES_BIN" in os.environ:
            kept["CAIGOU_POSTGRES_BIN"] = os.environ["CAIGOU_POSTGRES_BIN"]
        return kept | {"CAIGOU_HOME": str(self.folder), "CAIGOU_MODE": "test"}


@contextlib.contextmanager
def installed() -> Iterator[Installation]:
    """Yield an installation whose database is migrated and empty; fails when anything of it is left afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="caigou-test-") as name:
        Path(name).chmod(0o755)
        made = Installation(Path(name).resolve(), port)
        cluster = Cluster(made.folder / "postgres")
        databases.migrate_into(cluster)
        yield made
        for process in made.running:
            if process.poll() is None:
                process.kill()
            process.wait()
        assert processes.none_left(made.folder) == {}
        cluster.remove()
