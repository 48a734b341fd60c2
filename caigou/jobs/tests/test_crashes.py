"""Workers die at the worst moment, and everything still happens exactly once (promise 8, the share of `make test`).

Real processes on real commits; a worker is killed with SIGKILL while one of its handlers is under way.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from caigou.jobs.calls import LEASE, intend, make_one
from caigou.jobs.models import Call, Delivery
from caigou.jobs.outbox import publish
from caigou.jobs.tests.sample import LOG, Slow, effects
from caigou.kernel import clock

pytestmark = [pytest.mark.commits, pytest.mark.slow]

MESSAGES = 240
KILLS = 8
PATIENCE = 60.0


class Crew:
    """Worker processes and the log that no rollback takes back."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.workers: list[subprocess.Popen[bytes]] = []
        log.touch()

    def hire(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-m", "caigou.jobs.tests.worker_process"],
            env={**os.environ, LOG: str(self.log)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(worker)
        return worker

    def lines(self, word: str) -> list[int]:
        """The numbers behind ``word`` in the log."""
        said = (line.split() for line in self.log.read_text().splitlines())
        return [int(parts[1]) for parts in said if parts[0] == word]

    def dismiss(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    hired = Crew(tmp_path / "log")
    yield hired
    hired.dismiss()


def test_two_workers_never_tell_the_same_thing_twice(crew: Crew) -> None:
    _publish(MESSAGES)
    first, second = crew.hire(), crew.hire()
    _until_all_is_done()
    assert effects() == list(range(MESSAGES))
    assert sorted(crew.lines("begun")) == list(range(MESSAGES)), "a handler ran twice although nobody died"
    assert first.poll() is None
    assert second.poll() is None


def test_killed_workers_lose_nothing_and_double_nothing(crew: Crew) -> None:
    _publish(MESSAGES)
    chance = random.Random(20261122)
    pair = [crew.hire(), crew.hire()]
    for _kill in range(KILLS):
        # Only a worker that is known to work is killed, or the last one would never get anywhere.
        seen = len(crew.lines("begun"))
        _wait(lambda seen=seen: len(crew.lines("begun")) >= seen + 6)
        time.sleep(chance.random() * 0.02)
        victim = pair.pop(0)
        victim.kill()
        victim.wait()
        pair.append(crew.hire())
    _until_all_is_done()

    begun, ended = len(crew.lines("begun")), len(crew.lines("ended"))
    assert begun > ended, "no kill hit a handler: the test proved nothing"
    assert effects() == list(range(MESSAGES)), f"{KILLS} kills; begun {begun}, ended {ended}"
    assert Delivery.objects.filter(done_at=None).count() == 0


def test_a_commit_wakes_a_sleeping_worker(crew: Crew) -> None:
    """Well within the two seconds after which it would have looked by itself."""
    crew.hire()
    _publish(1)
    _until_all_is_done()
    took = []
    for number in range(1, 4):
        time.sleep(0.3)
        began = time.monotonic()
        with transaction.atomic():
            publish(Slow(number))
        _until_all_is_done(pause=0.005)
        took.append(time.monotonic() - began)
    assert min(took) < 1.0, took


def test_a_worker_outlives_its_database_connection(crew: Crew) -> None:
    worker = crew.hire()
    _publish(1)
    _until_all_is_done()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )
        assert cursor.fetchone()[0] >= 1
    with transaction.atomic():
        publish(Slow(1))
    _until_all_is_done()
    assert effects() == [0, 1]
    assert worker.poll() is None


def test_a_call_whose_worker_died_is_taken_over_with_the_same_key(crew: Crew) -> None:
    with transaction.atomic():
        call = intend("test.call_slowly", {"name": "slow"})
    worker = crew.hire()
    _wait(lambda: call.key in crew.log.read_text())
    worker.kill()
    worker.wait()

    assert not make_one(), "taken over although the lease still runs"
    call.refresh_from_db()
    assert (call.fence, call.done_at) == (1, None)
    Call.objects.update(leased_until=clock.now() - timedelta(seconds=1), due_at=clock.now() - LEASE)
    crew.hire()
    _wait(lambda: crew.log.read_text().count(call.key) == 2)
    call.refresh_from_db()
    assert (call.fence, call.attempts) == (2, 2)


def _publish(number: int) -> None:
    with transaction.atomic():
        for one in range(number):
            publish(Slow(one))


def _until_all_is_done(pause: float = 0.05) -> None:
    _wait(lambda: not Delivery.objects.filter(done_at=None).exists(), pause)


def _wait(what: object, pause: float = 0.02) -> None:
    assert callable(what)
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "nothing happened for a minute"
        time.sleep(pause)
