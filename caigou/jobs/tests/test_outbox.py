"""A fact is told exactly when it is true, to everyone who hears it, in spite of handlers that fail."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from caigou.jobs.changes import changed, topic
from caigou.jobs.models import Delivery
from caigou.jobs.outbox import deliver_due, deliver_next, publish
from caigou.jobs.retry import STUCK_AFTER
from caigou.jobs.selectors import backlog
from caigou.jobs.tests.sample import Chained, Gathered, Noted, Slow, Unheard, effects, gathered, poison
from caigou.kernel import clock

LATER = timedelta(seconds=1)


@pytest.mark.commits
def test_a_fact_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        publish(Noted(1))
    assert Delivery.objects.count() == 0


@pytest.mark.commits
def test_a_rollback_publishes_nothing() -> None:
    with transaction.atomic():
        publish(Noted(1))
        transaction.set_rollback(True)
    assert Delivery.objects.count() == 0
    assert deliver_due() == 0


@pytest.mark.django_db
def test_everyone_who_hears_it_is_told_once() -> None:
    publish(Noted(1))
    assert deliver_due() == 3
    assert effects() == [1, 1_000_001]
    assert deliver_due() == 0
    assert effects() == [1, 1_000_001]


@pytest.mark.django_db
def test_what_nobody_hears_costs_nothing() -> None:
    publish(Unheard())
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_what_a_handler_publishes_is_delivered_too() -> None:
    publish(Chained(3))
    assert deliver_due() == 1 + 3 * 3
    assert effects() == [0, 1, 2, 1_000_000, 1_000_001, 1_000_002]


@pytest.mark.django_db
def test_a_failing_handler_is_tried_again_ever_more_slowly_and_never_given_up() -> None:
    poison.add(7)
    moment = clock.now()
    with clock.frozen(moment):
        publish(Noted(7))
        deliver_due()
    row = Delivery.objects.get(handler__endswith=".note")
    assert (row.attempts, row.done_at) == (1, None)
    assert row.last_error == "ValueError: 7 is poison"
    waits = []
    for attempt in range(2, 10):
        with clock.frozen(row.due_at - timedelta(milliseconds=1)):
            deliver_due()
            row.refresh_from_db()
            assert row.attempts == attempt - 1, "tried before its time"
        with clock.frozen(row.due_at):
            due = row.due_at
            deliver_due()
            row.refresh_from_db()
            assert row.attempts == attempt
            waits.append((row.due_at - due).total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    assert backlog().stuck == len([row for row in Delivery.objects.all() if row.attempts >= STUCK_AFTER])

    poison.clear()
    with clock.frozen(row.due_at):
        deliver_due()
    row.refresh_from_db()
    assert row.done_at is not None
    assert row.last_error == ""
    assert effects() == [7, 1_000_007]


@pytest.mark.django_db
def test_a_failed_handler_leaves_no_effect() -> None:
    """The handler wrote before it failed; what it wrote is gone, the row that says so is kept."""
    poison.add(7)
    publish(Noted(7))
    deliver_due()
    assert effects() == [1_000_007]
    failed = Delivery.objects.filter(done_at=None)
    assert {row.last_error.split(":")[0] for row in failed} == {"ValueError", "IntegrityError"}


@pytest.mark.django_db
def test_a_poisoned_row_does_not_block_those_behind_it() -> None:
    poison.add(0)
    for number in range(20):
        publish(Noted(number))
    deliver_due()
    assert [number for number in effects() if number < 1_000_000] == list(range(1, 20))
    assert backlog().waiting == 2


@pytest.mark.django_db
def test_the_oldest_due_row_comes_first() -> None:
    moment = clock.now()
    for number, age in ((1, 1), (2, 3), (3, 2)):
        with clock.frozen(moment - timedelta(seconds=age)):
            publish(Slow(number))
    order = []
    while deliver_next():
        order.append(effects())
    assert order == [[2], [2, 3], [1, 2, 3]]


@pytest.mark.django_db
def test_what_is_not_due_yet_is_left_alone() -> None:
    with clock.frozen(clock.now() + LATER):
        publish(Slow(1))
    assert not deliver_next()
    assert effects() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("handler", "caigou.gone.on_noted", id="a handler that nobody knows any more"),
        pytest.param("event", "jobs.Vanished", id="an event that nobody knows any more"),
        pytest.param("payload", {"other": 1}, id="a payload of another shape"),
    ],
)
def test_a_row_of_an_older_release_is_kept_and_named(column: str, value: object) -> None:
    publish(Slow(1))
    Delivery.objects.update(**{column: value})
    publish(Slow(2))
    assert deliver_due() == 2
    assert effects() == [2]
    kept = Delivery.objects.get(done_at=None)
    assert kept.last_error
    assert kept.due_at > clock.now()


@pytest.mark.django_db
def test_a_very_long_error_is_cut() -> None:
    poison.add(7)
    publish(Noted(7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("caigou.jobs.tests.sample.effect", _fail_at_length)
        deliver_due()
    assert max(len(row.last_error) for row in Delivery.objects.all()) == 2000


def _fail_at_length(_number: int) -> None:
    raise ValueError("x" * 10_000)


@pytest.mark.django_db
def test_events_that_are_heard_together_are_done_together_and_one_that_fails_spoils_no_other() -> None:
    for number in range(3):
        publish(Gathered(number))
    publish(Noted(9))
    assert deliver_next() == 3
    assert (gathered, effects()) == ([3], [0, 1, 2])
    assert deliver_due() == 3

    poison.add(4)
    for number in (3, 4, 5):
        publish(Gathered(number))
    assert deliver_due() == 3
    assert gathered == [3, 3, 1, 1, 1]
    assert [number for number in effects() if number < 9] == [0, 1, 2, 3, 5]
    failed = Delivery.objects.get(done_at=None)
    assert (failed.payload, failed.attempts, failed.last_error) == ({"number": 4}, 1, "ValueError: 4 is poison")

    poison.clear()
    publish(Gathered(6))
    with clock.frozen(failed.due_at):
        assert deliver_due() == 2
    assert gathered[-2:] == [1, 1], "what failed before is tried alone"


@pytest.mark.commits
def test_notices_come_after_the_commit_each_once_and_not_after_a_rollback() -> None:
    """Inside the transaction they would let no two commits with a notice reach the disk together."""
    heard = psycopg.connect(**{**connection.get_connection_params(), "autocommit": True})
    with heard, CaptureQueriesContext(connection) as asked:
        heard.execute("LISTEN caigou_events")
        heard.execute("LISTEN caigou_changes")
        with transaction.atomic():
            changed(("order", 1), ("company", 2))
            with suppress(ZeroDivisionError), transaction.atomic():
                changed(("order", 3))
                raise ZeroDivisionError
            with transaction.atomic():
                changed(("company", 2))
                publish(Slow(1))
            changed(("order", 1))
        sent = [query["sql"] for query in asked if "pg_notify" in query["sql"]]
        told = {(notice.channel, notice.payload) for notice in heard.notifies(timeout=0.2)}
    changes = {("caigou_changes", topic("order", 1)), ("caigou_changes", topic("company", 2))}
    assert told == {("caigou_events", ""), *changes}
    assert [query["sql"] for query in asked][-len(sent) :] == sent, "after the commit"
