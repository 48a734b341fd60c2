"""Calls to the outside: intended with the decision, made under a lease, always with the same key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from caigou.jobs.calls import LEASE, LeaseLost, intend, keep, make_due, make_one
from caigou.jobs.models import Call
from caigou.jobs.selectors import backlog
from caigou.jobs.tests.sample import during, made
from caigou.kernel import clock

NAME = "test.call_out"
MOMENT = timedelta(microseconds=1)


@pytest.mark.commits
def test_an_intent_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        intend(NAME, {"name": "a"})


@pytest.mark.commits
def test_a_rollback_intends_nothing() -> None:
    with transaction.atomic():
        intend(NAME, {"name": "a"})
        transaction.set_rollback(True)
    assert Call.objects.count() == 0


@pytest.mark.django_db
def test_a_call_that_nobody_can_make_is_refused() -> None:
    with pytest.raises(LookupError, match=r"no call is named test\.nothing"):
        intend("test.nothing", {})


@pytest.mark.commits
def test_the_call_is_made_outside_any_transaction() -> None:
    """A slow gateway must not keep a lock, nor a rollback take back what it did."""
    inside: list[bool] = []
    during["do"] = lambda _payload, _key: inside.append(connection.in_atomic_block)
    with transaction.atomic():
        intend(NAME, {"name": "a"})
    make_due()
    assert inside == [False]


@pytest.mark.django_db
def test_a_call_is_made_once_and_marked() -> None:
    intend(NAME, {"name": "a"})
    intend(NAME, {"name": "b"})
    assert make_due() == 2
    assert [name for name, _key in made] == ["a", "b"]
    assert make_due() == 0
    call = Call.objects.order_by("pk")[0]
    assert (call.attempts, call.fence, call.leased_until, call.last_error) == (1, 1, None, "")
    assert call.done_at is not None


@pytest.mark.django_db
def test_every_try_carries_the_same_key() -> None:
    during["do"] = _time_out
    call = intend(NAME, {"name": "a"})
    for _try in range(4):
        with clock.frozen(_due(call)):
            assert make_one()
            assert not make_one(), "tried again at once"
    assert _again(call).last_error == "TimeoutError: no answer"
    during.clear()
    with clock.frozen(_due(call)):
        assert make_one()
    assert len(made) == 5
    assert {key for _name, key in made} == {call.key}
    assert _again(call).done_at is not None


@pytest.mark.django_db
def test_two_intents_have_two_keys() -> None:
    assert intend(NAME, {"name": "a"}).key != intend(NAME, {"name": "a"}).key


@pytest.mark.django_db
def test_a_call_that_fails_for_ever_shows_as_stuck_and_does_not_block_others() -> None:
    during["do"] = lambda payload, _key: _time_out(payload, "") if payload["name"] == "a" else None
    bad = intend(NAME, {"name": "a"})
    for _try in range(5):
        with clock.frozen(_due(bad)):
            make_due()
    assert backlog().stuck == 1
    good = intend(NAME, {"name": "b"})
    make_due()
    assert _again(good).done_at is not None


@pytest.mark.django_db
def test_a_lease_keeps_others_away_until_it_ends() -> None:
    call = intend(NAME, {"name": "a"})
    moment = clock.now()
    Call.objects.update(leased_until=moment + LEASE, fence=1, attempts=1)
    with clock.frozen(moment + LEASE):
        assert not make_one()
    with clock.frozen(moment + LEASE + MOMENT):
        assert make_one()
    assert made == [("a", call.key)]


@pytest.mark.django_db
@pytest.mark.parametrize("fails", [False, True], ids=["that succeeds", "that fails"])
def test_a_worker_that_lost_its_lease_overwrites_nothing(fails: bool) -> None:
    """The first worker sleeps through its lease; the second takes over and fails; then the first one comes back."""

    def sleep_through(_payload: dict[str, Any], _key: str) -> None:
        if len(made) > 1:
            raise TimeoutError("the second one got no answer")
        with clock.frozen(clock.now() + LEASE + MOMENT):
            assert make_one(), "nobody took over"
        if fails:
            raise ConnectionError("the first one failed late")

    during["do"] = sleep_through
    call = intend(NAME, {"name": "a"})
    assert make_one()
    known = _again(call)
    assert [key for _name, key in made] == [call.key, call.key]
    assert known.last_error == "TimeoutError: the second one got no answer"
    assert (known.done_at, known.fence, known.attempts) == (None, 2, 2)


@pytest.mark.django_db
def test_what_the_second_worker_finished_stays_finished() -> None:
    def sleep_through(_payload: dict[str, Any], _key: str) -> None:
        if len(made) == 1:
            with clock.frozen(clock.now() + LEASE + MOMENT):
                make_one()
            raise ConnectionError("the first one failed late")

    during["do"] = sleep_through
    call = intend(NAME, {"name": "a"})
    make_one()
    assert _again(call).done_at is not None
    assert _again(call).last_error == ""


@pytest.mark.django_db
def test_work_that_goes_on_keeps_its_lease() -> None:
    def work_for_long(_payload: dict[str, Any], key: str) -> None:
        began = clock.now()
        for step in range(1, 4):
            with clock.frozen(began + LEASE * step * 0.9):
                keep(key)
                assert not make_one(), "somebody took over work that goes on"

    during["do"] = work_for_long
    call = intend(NAME, {"name": "a"})
    make_one()
    assert _again(call).fence == 1
    assert _again(call).done_at is not None


@pytest.mark.django_db
def test_whoever_keeps_too_late_is_told_to_stop() -> None:
    told: list[str] = []

    def come_back_late(_payload: dict[str, Any], key: str) -> None:
        if len(made) == 1:
            with clock.frozen(clock.now() + LEASE + MOMENT):
                make_one()
            try:
                keep(key)
            except LeaseLost as error:
                told.append(str(error))
                raise

    during["do"] = come_back_late
    call = intend(NAME, {"name": "a"})
    make_one()
    assert told == [call.key]


@pytest.mark.django_db
def test_keeping_outside_the_worker_does_nothing() -> None:
    keep("whatever")
    assert Call.objects.count() == 0


def _time_out(_payload: dict[str, Any], _key: str) -> None:
    raise TimeoutError("no answer")


def _again(call: Call) -> Call:
    call.refresh_from_db()
    return call


def _due(call: Call) -> Any:
    return _again(call).due_at
