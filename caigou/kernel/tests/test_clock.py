"""One clock, which tests and authored histories may stop."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from caigou.kernel import clock

MOMENT = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)


def test_the_clock_goes_on_in_utc() -> None:
    before = clock.now()
    assert before.tzinfo is UTC
    assert before <= clock.now() <= before + timedelta(seconds=10)


def test_a_frozen_clock_stands_and_then_goes_on() -> None:
    with clock.frozen(MOMENT):
        assert clock.now() == MOMENT
        with clock.frozen(MOMENT + timedelta(days=1)):
            assert clock.now() == datetime(2028, 3, 1, 23, 59, 59, tzinfo=UTC)
        assert clock.now() == MOMENT
    assert clock.now() != MOMENT


def test_the_clock_goes_on_after_a_failure() -> None:
    with pytest.raises(LookupError), clock.frozen(MOMENT):
        raise LookupError
    assert clock.now() != MOMENT


def test_another_zone_is_turned_to_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    with clock.frozen(datetime(2026, 11, 23, 4, tzinfo=shanghai)):
        assert clock.now() == datetime(2026, 11, 22, 20, tzinfo=UTC)
        assert clock.now().tzinfo is UTC


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = MOMENT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"), clock.frozen(naive):
        pass


def test_other_threads_keep_their_own_time() -> None:
    seen: list[datetime] = []
    with clock.frozen(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] != MOMENT
