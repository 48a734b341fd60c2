"""The worker's loop: deliver, call, run the clocks, sleep until PostgreSQL says that there is something new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

from caigou.jobs import calls, outbox
from caigou.kernel.clock import now

log = structlog.get_logger(__name__)

#: A clock does every deadline of its kind that is due and returns how many there were.
Clock = Callable[[], int]
#: Seconds between two rounds of the clocks, and the longest sleep.
ROUND = 2.0
#: Seconds between the end of a round that delivered something and the next: what many commit meanwhile is heard
#: together, for the price of one or two. What comes after a pause is heard at once.
REST = 0.1
_LANES: tuple[calls.Lane, ...] = ("ours", "strangers")
#: Seconds that a call under way is waited for at the end.
LAST_CALL = 5.0


@cache
def clocks() -> Sequence[Clock]:
    table: Sequence[Clock] = import_string(settings.CAIGOU_CLOCKS)
    return table


def each_due(rows: Iterable[int], do: Callable[[int], bool]) -> int:
    """Do each row of a clock by itself and return how many were done.

    One that fails is logged, and is due again at the next round; it must not keep those behind it waiting.
    """
    done = 0
    for row in rows:
        try:
            done += do(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("due_row_failed", clock=f"{do.__module__}.{do.__qualname__}", row=row)
    return done


def run_clocks() -> int:
    """Run each clock once; one that fails is logged and does not stop the others."""
    done = 0
    for clock in clocks():
        try:
            done += clock()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("clock_failed", clock=f"{clock.__module__}.{clock.__qualname__}")
    return done


def work_once() -> int:
    """Do everything that is due now; return how many things that was."""
    return outbox.deliver_due() + calls.make_due() + run_clocks()


def _sleep(seconds: float) -> set[str]:
    """Sleep until a commit wakes us, ``seconds`` at most; return the channels on which it did."""
    connection.ensure_connection()
    with connection.wrap_database_errors:  # psycopg's own errors would pass by run()'s except
        woken = {notice.channel for notice in connection.connection.notifies(timeout=seconds, stop_after=1)}
        # What else has come by now is done by the same round.
        return woken | {notice.channel for notice in connection.connection.notifies(timeout=0)}


def listen(work: Iterable[outbox.Work]) -> None:
    """Ask PostgreSQL to wake this connection."""
    with connection.cursor() as cursor:
        for one in work:
            cursor.execute(f"LISTEN {outbox.channel_of(one)}")


def run(should_stop: Callable[[], bool]) -> None:
    """Work until ``should_stop``; a database that goes away is waited for, nothing is lost by it.

    Calls have threads of their own, one for machines that strangers chose: a slow gateway or a long import delays no
    event and no clock, and a company's silent program delays no gateway. A call that
    outlasts the stop is left to its lease, and the next worker takes it over.
    """
    callers = [
        threading.Thread(
            target=_loop, args=(partial(_make_calls, lane), ["calls"], should_stop), name=f"calls {lane}", daemon=True
        )
        for lane in _LANES
    ]
    for caller in callers:
        caller.start()
    _loop(Deliverer(), ["events", "clocks"], lambda: should_stop() or not all(one.is_alive() for one in callers))
    if not should_stop():
        raise RuntimeError("a thread of calls has ended")  # the supervisor starts the worker anew
    for caller in callers:
        caller.join(LAST_CALL)


def _make_calls(lane: calls.Lane, _woken: set[str]) -> None:
    calls.make_due(lane)


class Deliverer:
    """Delivers events; runs the clocks every ``ROUND`` seconds, and when a commit asks for it, not for each event."""

    def __init__(self) -> None:
        self._ticks_at = 0.0
        self._rests_until = 0.0

    def __call__(self, woken: set[str]) -> None:
        time.sleep(max(0.0, self._rests_until - time.monotonic()))
        if outbox.deliver_due(until=now()):
            self._rests_until = time.monotonic() + REST
        if outbox.channel_of("clocks") in woken or time.monotonic() >= self._ticks_at:
            run_clocks()
            self._ticks_at = time.monotonic() + ROUND


def _loop(work: Callable[[set[str]], object], hears: Sequence[outbox.Work], should_stop: Callable[[], bool]) -> None:
    """Do ``work``, sleep until woken for what it ``hears``, and again; each thread has a connection of its own.

    ``work`` is told the channels on which it was woken.
    """
    listening, woken = False, set[str]()
    while not should_stop():
        try:
            if not listening:
                listen(hears)
                listening = True
            work(woken)
            woken = _sleep(ROUND)
        except (OperationalError, InterfaceError) as error:
            log.warning("database_gone", error=str(error))
            listening = False
            connection.close()
            time.sleep(0.5)
        except Exception:
            # What one row or one round can't do is logged; were the thread to end, nobody would do the others.
            log.exception("round_failed", thread=threading.current_thread().name)
            time.sleep(0.5)
    connection.close()
