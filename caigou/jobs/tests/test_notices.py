"""Notices of a process that commits often: joined, each once, none lost and none waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from caigou.jobs import notices
from caigou.jobs.changes import changed, topic
from caigou.jobs.notices import Teller, join_notices

_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), %s)"
)
#: Long enough for a busy machine to commit three times in it.
PAUSE = 0.5


class Watched(Teller):
    """Gives its connection back soon: the next test may need the database for itself."""

    IDLE = 0.05


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[float, list[str]]]]:
    """Let this process join its notices; return when it told, and what."""
    told: list[tuple[float, list[str]]] = []
    send = notices._send

    def watched(waiting: Mapping[tuple[str, str], None]) -> None:
        assert threading.current_thread().name == "notices", "nobody waits for it with an answer"
        told.append((time.monotonic(), [payload for _channel, payload in waiting]))
        send(waiting)

    monkeypatch.setattr(notices, "_teller", Watched())
    monkeypatch.setattr(notices, "PAUSE", PAUSE)
    monkeypatch.setattr(notices, "_send", watched)
    yield told
    time.sleep(PAUSE + 2 * Watched.IDLE)  # the thread has given its connection back


def listening() -> psycopg.Connection[tuple[object, ...]]:
    heard = psycopg.connect(**{**connection.get_connection_params(), "autocommit": True})
    heard.execute("LISTEN caigou_changes")
    return heard


@pytest.mark.commits
def test_the_first_notice_is_told_at_once_and_what_follows_together_after_a_pause(
    sent: list[tuple[float, list[str]]],
) -> None:
    with listening() as heard:
        changed(("order", 1))
        assert [notice.payload for notice in heard.notifies(timeout=5, stop_after=1)] == [topic("order", 1)]
        for number in (2, 3, 2):
            with transaction.atomic():
                changed(("order", number), ("company", 7))
        following = {notice.payload for notice in heard.notifies(timeout=5, stop_after=3)}
    assert following == {topic("order", 2), topic("order", 3), topic("company", 7)}
    assert [len(payloads) for _at, payloads in sent] == [1, 3], "each once, in one statement"
    assert sent[1][0] - sent[0][0] >= PAUSE


@pytest.mark.commits
def test_what_a_session_that_ended_could_not_tell_is_told_by_the_next(sent: list[tuple[float, list[str]]]) -> None:
    """A server that was started anew has ended the thread's session; the first notice after that is told, too."""
    with listening() as heard:
        changed(("order", 3))
        assert [notice.payload for notice in heard.notifies(timeout=5, stop_after=1)] == [topic("order", 3)]
        with connection.cursor() as cursor:
            cursor.execute(_END_OTHERS, [heard.info.backend_pid])
        changed(("order", 4))
        assert [notice.payload for notice in heard.notifies(timeout=5, stop_after=1)] == [topic("order", 4)]


@pytest.mark.commits
@pytest.mark.parametrize("error", [OperationalError, ValueError])
def test_what_a_server_that_is_away_was_not_told_is_told_when_it_is_back(
    error: type[Exception], sent: list[tuple[float, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own is logged and told no more; either way the thread goes on."""
    send = notices._send
    failed: list[Exception] = []

    def away(waiting: Mapping[tuple[str, str], None]) -> None:
        if len(failed) < 3 and any("poison" in payload for _channel, payload in waiting):
            failed.append(error("gone"))
            raise failed[-1]
        send(waiting)

    monkeypatch.setattr(notices, "_send", away)
    monkeypatch.setattr(notices, "AWAY", 0.1)
    with listening() as heard:
        notices.notify_at_commit("caigou_changes", "poison")
        end = time.monotonic() + 5
        while not failed and time.monotonic() < end:
            time.sleep(0.01)
        changed(("order", 4))
        wanted = {"poison", topic("order", 4)} if error is OperationalError else {topic("order", 4)}
        assert {notice.payload for notice in heard.notifies(timeout=5, stop_after=len(wanted))} == wanted


def test_a_process_that_is_asked_twice_joins_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_teller", None)
    join_notices()
    first = notices._teller
    join_notices()
    assert notices._teller is first is not None
