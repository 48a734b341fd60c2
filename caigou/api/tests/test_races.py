"""With several connections and real commits: limits are exact, a key acts once, and who meets it in flight waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any, TypeVar

import pytest
import time_machine
from django.db import connection

from caigou.api.tests import racers
from caigou.api.tests.keyed import Program
from caigou.integrations.services.limits import TooMany, count
from caigou.integrations.services.once import Answer, once
from caigou.kernel.clock import now
from caigou.ledger.tests.racers import race
from caigou.payments.models import Recharge
from tests.support.factories import make_buyer

Found = TypeVar("Found")
TEN = {"amount": {"amount": "10.00", "currency": "CNY"}, "gateway": "sandbox"}


@pytest.mark.slow
@pytest.mark.commits
def test_four_processes_are_let_through_exactly_as_often_as_the_limit_says() -> None:
    """1,000 counted at a limit of 137 (promise 22). A row from the future keeps the race inside one window."""
    count("raced", limit=137)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE integrations_tally SET since = %s, counted = 0", [now() + timedelta(hours=1)])
    found = race([(racers.count_often, [("raced", 137, 250)])] * 4)
    assert sum(through for [through] in found) == 137


@pytest.mark.slow
@pytest.mark.commits
def test_a_key_sent_by_many_at_once_acts_once_and_one_that_is_kept_waiting_is_told_so() -> None:
    buyer = make_buyer()
    program, together = Program(buyer), Barrier(8)

    def send(key: str) -> Any:
        together.wait(30)
        return program.post("recharges", TEN, key=key)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(alone, [lambda: send("racing-key")] * 8))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert Recharge.objects.count() == 1

    held, enough = Event(), Event()

    def slow() -> Answer:
        held.set()
        enough.wait(30)
        return Answer(200, "{}")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(alone, lambda: once(buyer.company.pk, "recharges", "held-key", "0" * 64, slow))
        held.wait(30)
        began = time.monotonic()
        late = program.post("recharges", TEN, key="held-key")
        took = time.monotonic() - began
        enough.set()
        assert first.result(30).status == 200
    assert (late.status_code, late.json()["code"], late.headers["Retry-After"]) == (409, "in_flight", "1")
    assert took > 1.9
    assert Recharge.objects.count() == 1


def alone(work: Callable[[], Found]) -> Found:
    """Work on a connection of this thread's own, and leave none behind."""
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.django_db
def test_a_new_window_begins_with_the_next_minute() -> None:
    with time_machine.travel("2026-11-23T04:00:58Z", tick=False) as clock:
        turns = [count("turns", limit=2).turn for _turn in range(2)]
        with pytest.raises(TooMany) as refused:
            count("turns", limit=2)
        assert (turns, refused.value.wait) == ([1, 2], 2)
        clock.shift(2)
        assert count("turns", limit=2).turn == 1
