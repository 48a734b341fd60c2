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

log = structlog.get_logger(__name__)

#: A clock does every deadline of its kind that is due and returns how many there were.
Clock = Callable[[], int]
#: Seconds between two rounds of the clocks, and the longest sleep.
ROUND = 2.0
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


def _sleep(seconds: float) -> None:
    """Sleep until a commit wakes us, ``seconds`` at most."""
    connection.ensure_connection()
    with connection.wrap_database_errors:  # psycopg's own errors would pass by run()'s except
        for _notice in connection.connection.notifies(timeout=seconds, stop_after=1):
            break


def listen() -> None:
    """Ask PostgreSQL to wake this connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {outbox.CHANNEL}")


def run(should_stop: Callable[[], bool]) -> None:
    """Work until ``should_stop``; a database that goes away is waited for, nothing is lost by it.

    Calls have threads of their own, one for machines that strangers chose: a slow gateway or a long import delays no
    event and no clock, and a company's silent program delays no gateway. A call that
    outlasts the stop is left to its lease, and the next worker takes it over.
    """
    callers = [
        threading.Thread(
            target=_loop, args=(partial(calls.make_due, lane), should_stop), name=f"calls {lane}", daemon=True
        )
        for lane in ("ours", "strangers")
    ]
    for caller in callers:
        caller.start()
    _loop(_deliver_and_tick, lambda: should_stop() or not all(caller.is_alive() for caller in callers))
    if not should_stop():
        raise RuntimeError("a thread of calls has ended")  # the supervisor starts the worker anew
    for caller in callers:
        caller.join(LAST_CALL)


def _deliver_and_tick() -> None:
    outbox.deliver_due()
    run_clocks()


def _loop(work: Callable[[], object], should_stop: Callable[[], bool]) -> None:
    """Do ``work``, sleep until woken, and again; each thread has a connection of its own."""
    listening = False
    while not should_stop():
        try:
            if not listening:
                listen()
                listening = True
            work()
            _sleep(ROUND)
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
