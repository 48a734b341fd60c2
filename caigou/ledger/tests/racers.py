"""What racing processes do in the ledger's tests: real processes, real commits, started together.

``race`` starts one process for each racer.  They meet at a barrier before every trial; nobody is killed here, so a
shared barrier is safe.  All are forked from one process that has Django ready, so that none has to load it.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty
from typing import Any

from django.db import connection

#: A racer gets the trial's number and its own arguments, and returns plain values.
Racer = Callable[..., Any]
_PATIENCE_SECONDS = 60


def race(racers: Sequence[tuple[Racer, Sequence[tuple[Any, ...]]]]) -> list[list[Any]]:
    """Run the racers against each other: each is a function with its arguments for every trial.

    Returns what each returned, a list of trials for each racer.  An error in a racer fails the test.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.ready"])
    barrier, results = context.Barrier(len(racers)), context.Queue()
    there = {"database": connection.settings_dict["NAME"]}
    processes = [
        context.Process(target=_run, args=(place, racer, trials, barrier, results), kwargs=there, daemon=True)
        for place, (racer, trials) in enumerate(racers)
    ]
    for process in processes:
        process.start()
    try:
        found: dict[int, Any] = {}
        with suppress(Empty):
            while len(found) < len(racers):
                place, outcome = results.get(timeout=_PATIENCE_SECONDS)
                found[place] = outcome
    finally:
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.terminate()
    broken = [outcome for outcome in found.values() if isinstance(outcome, str)]
    if broken or len(found) < len(racers):
        raise AssertionError(f"{len(found)} of {len(racers)} racers came home: {broken}")
    return [found[place] for place in range(len(racers))]


def _run(
    place: int, racer: Racer, trials: Sequence[tuple[Any, ...]], barrier: Any, results: Any, *, database: str
) -> None:
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    try:
        outcome = []
        for arguments in trials:
            barrier.wait(_PATIENCE_SECONDS)
            outcome.append(racer(*arguments))
        results.put((place, outcome))
    except Exception as error:
        barrier.abort()
        results.put((place, f"{type(error).__name__}: {error}"))
    finally:
        connection.close()


def pay_once(debit: int, credit: int, minor: int, source: str) -> int | str:
    """Pay one fact; return the journal, or the code of the refusal."""
    from caigou.ledger.services import AccountId, LedgerError
    from caigou.ledger.tests.world import pay

    try:
        return int(pay(AccountId(debit), AccountId(credit), minor, source))
    except LedgerError as refused:
        return refused.code


def pay_often(debit: int, credit: int, times: int, name: str) -> list[int | str]:
    """Pay 0.01 ``times`` times, each a fact of its own."""
    return [pay_once(debit, credit, 1, f"{name}-{debit}-{turn}") for turn in range(times)]


def freeze_then_look(account: int) -> int:
    """Freeze after a moment; return what stood there right after the freeze had returned."""
    from caigou.kernel.actor import SYSTEM
    from caigou.ledger.services import AccountId, balance, freeze

    time.sleep(random.uniform(0, 0.02))
    freeze(AccountId(account), reason="a report by its owner", by=SYSTEM)
    return balance(AccountId(account)).posted.minor


def capture_once(hold_id: int, minor: int, source: str) -> str:
    """Capture a part of a hold; return ``ok`` or the code of the refusal."""
    from caigou.kernel.actor import SYSTEM
    from caigou.ledger.services import HoldId, LedgerError, capture
    from caigou.ledger.tests.world import cny

    try:
        capture(HoldId(hold_id), purpose="test.captured", source=source, by=SYSTEM, amount=cny(minor))
    except LedgerError as refused:
        return refused.code
    return "ok"


def swap(one: int, other: int, times: int, name: str) -> list[str]:
    """Move 0.01 there and 0.01 back in one journal, ``times`` times: legs in an order of their own."""
    from caigou.kernel.actor import SYSTEM
    from caigou.ledger.services import AccountId, LedgerError, Leg, post
    from caigou.ledger.tests.world import cny

    refusals = []
    for turn in range(times):
        there = Leg.transfer(AccountId(one), AccountId(other), cny(2), "there")
        back = Leg.transfer(AccountId(other), AccountId(one), cny(1), "back")
        try:
            post("test.swapped", f"{name}-{turn}", [there, back], by=SYSTEM)
        except LedgerError as refused:
            refusals.append(refused.code)
    return refusals
