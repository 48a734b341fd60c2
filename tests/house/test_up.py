"""``caigou up``: one command, and nothing is left of it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from caigou.cli.postgres import Cluster
from tests.support import databases, processes
from tests.support.databases import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@dataclass
class Installation:
    """A data folder of its own, and the commands run on it."""

    folder: Path
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "caigou.cli", *arguments],
            cwd=ROOT,
            env=self._environment(),
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
        return kept | {"CAIGOU_HOME": str(self.folder), "CAIGOU_MODE": "test"}


@pytest.fixture
def installation() -> Iterator[Installation]:
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


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda way: way.name)
def test_nothing_is_left_when_it_ends(installation: Installation, way: signal.Signals) -> None:
    process = installation.up()
    assert installation.answers()
    assert len(processes.of(installation.folder)) >= 5
    process.send_signal(way)
    code = process.wait(timeout=30)
    assert code == (-signal.SIGKILL if way == signal.SIGKILL else 0), installation.log
    assert processes.none_left(installation.folder) == {}


def test_whoever_dies_is_started_again(installation: Installation) -> None:
    installation.up()
    for pattern in (r"postgres -D", r"caigou\.cli\.worker", r"granian"):
        victim = installation.child(pattern)
        os.kill(victim, signal.SIGKILL)
        assert processes.wait_for(
            lambda pattern=pattern, victim=victim: any(  # type: ignore[misc]
                re.search(pattern, command) and pid != victim
                for pid, command in processes.of(installation.folder).items()
                if victim not in processes.of(installation.folder)
            )
        ), pattern
        assert processes.wait_for(installation.answers), installation.log


def test_a_second_start_is_quick_and_keeps_the_data(installation: Installation) -> None:
    first = installation.up()
    code = "from django.contrib.sessions.models import Session as S; import datetime as d;"
    code += "S.objects.create(session_key='kept', session_data='', expire_date=d.datetime.now(d.UTC))"
    assert installation.command("manage", "shell", "-v0", "-c", code).returncode == 0
    first.kill()
    first.wait()
    began = time.monotonic()
    installation.up()
    assert time.monotonic() - began < 20
    seen = installation.command(
        "manage",
        "shell",
        "-v0",
        "-c",
        "from django.contrib.sessions.models import Session as S; print(S.objects.count())",
    )
    assert seen.stdout.strip() == "1", seen.stderr


def test_two_at_once_are_refused_with_one_sentence(installation: Installation) -> None:
    installation.up()
    second = installation.command("up", "--port", str(installation.port))
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert "already running at http://localhost" in second.stderr


def test_a_command_starts_the_database_for_itself(installation: Installation) -> None:
    result = installation.command("check-books", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["balanced"] is True
    assert processes.none_left(installation.folder) == {}
