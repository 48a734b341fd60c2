"""``caigou up``: one command, and nothing is left of it."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda way: way.name)
def test_nothing_is_left_when_it_ends(installation: Installation, way: signal.Signals) -> None:
    process = installation.up()
    assert installation.answers()
    assert len(processes.of(installation.folder)) >= 5
    own = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    assert int(own.partition("Private_Dirty:")[2].split()[0]) < 16_000, "the supervisor only waits"
    process.send_signal(way)
    code = process.wait(timeout=30)
    assert code == (-signal.SIGKILL if way == signal.SIGKILL else 0), installation.log
    assert processes.none_left(installation.folder) == {}


def test_whoever_dies_is_started_again(installation: Installation) -> None:
    installation.up()
    _shares_what_was_loaded(installation)
    for pattern in (r"postgres -D", r"^caigou-worker", r"^caigou-web", r"^caigou-live", r"^caigou-servers"):
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


def _shares_what_was_loaded(installation: Installation) -> None:
    """The servers are forks of one process, in which nothing is open that a fork must not inherit."""
    mould = installation.child("^caigou-servers")
    assert len(list(Path(f"/proc/{mould}/task").iterdir())) == 1, "threads don't survive a fork"
    opened = [str(file.readlink()) for file in Path(f"/proc/{mould}/fd").iterdir()]
    assert not [name for name in opened if "socket" in name or "index" in name], opened
    for name in ("^caigou-worker", "^caigou-web", "^caigou-live"):
        said = Path(f"/proc/{installation.child(name)}/smaps_rollup").read_text()
        sizes = {key: int(size) for key, size in re.findall(r"^(Rss|Private_Dirty):\s+(\d+) kB", said, re.MULTILINE)}
        assert sizes["Private_Dirty"] < sizes["Rss"] / 3, (name, sizes)
    worker, web = (os.getpriority(os.PRIO_PROCESS, installation.child(f"^caigou-{name}")) for name in ("worker", "web"))
    assert worker > web, "people's requests come first"


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
    found = {row["what"]: row for row in json.loads(installation.command("doctor", "--json").stdout)}
    assert (found["live updates"]["state"], found["live updates"]["told"]) == ("ok", "they answer")


def test_a_command_starts_the_database_for_itself(installation: Installation) -> None:
    result = installation.command("check-books", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["balanced"] is True
    assert processes.none_left(installation.folder) == {}
