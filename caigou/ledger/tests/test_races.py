"""Two at once (promises 2, 4, 7 and 30): separate processes, real commits.

``make prove`` of a later issue runs the large numbers; these are small enough for every run.
"""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from caigou.kernel.actor import SYSTEM
from caigou.ledger.models import Journal
from caigou.ledger.services import audit, hold
from caigou.ledger.tests.racers import capture_once, freeze_then_look, pay_often, pay_once, race, swap
from caigou.ledger.tests.world import available, cny, new, posted, wallet

pytestmark = [pytest.mark.commits, pytest.mark.slow]


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_the_same_request_from_two_processes_is_one_journal() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    trials = [(buyer, escrow, 1, f"fact-{trial}") for trial in range(100)]

    one, other = race([(pay_once, trials), (pay_once, trials)])

    assert one == other
    assert all(isinstance(journal, int) for journal in one)
    assert posted(escrow) == 100
    assert Journal.objects.filter(purpose="test.paid").count() == 100


def test_twins_in_flight_meet_in_one_net_or_the_other_but_never_break() -> None:
    """Four connections insert the same fact within microseconds, closer than processes ever start together.

    With ``ON CONFLICT (scope, key)`` one in forty broke on the other net instead of waiting.
    """
    buyer, escrow = wallet(100_00), new("escrow")
    facts, racers = 250, 4
    ready = [0] * racers
    found: list[list[int | str]] = [[] for _ in range(racers)]

    def run(place: int) -> None:
        connection.ensure_connection()
        try:
            for fact in range(facts):
                ready[place] = fact + 1
                while min(ready) <= fact:
                    time.sleep(0)
                found[place].append(pay_once(buyer, escrow, 1, f"fact-{escrow}-{fact}"))
        except Exception as error:
            found[place].append(f"{type(error).__name__}: {error}")
        finally:
            ready[place] = facts
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert [outcomes[-1] for outcomes in found if len(outcomes) < facts] == []
    assert len({tuple(outcomes) for outcomes in found}) == 1
    assert posted(escrow) == facts


def test_of_simultaneous_refunds_of_60_per_cent_exactly_one_succeeds() -> None:
    orders = [new("escrow") for _ in range(20)]
    buyer = wallet(20 * 100_00)
    for order in orders:
        pay_once(buyer, order, 100_00, f"paid-{order}")

    outcomes = race(
        [(pay_once, [(order, buyer, 60_00, f"refund-{order}-{racer}") for order in orders]) for racer in range(4)]
    )

    for of_one_order in zip(*outcomes, strict=True):
        assert sorted(type(outcome).__name__ for outcome in of_one_order) == ["int", "str", "str", "str"]
        assert {outcome for outcome in of_one_order if isinstance(outcome, str)} == {"insufficient_funds"}
    assert {posted(order) for order in orders} == {40_00}
    assert audit() == []


def test_of_simultaneous_captures_no_more_than_was_held_gets_through() -> None:
    buyer, escrow = wallet(20 * 100_00), new("escrow")
    holds = [hold(buyer, escrow, cny(100_00), purpose="test.held", source=turn, by=SYSTEM) for turn in range(20)]

    outcomes = race([(capture_once, [(held, 60_00, f"{held}-{racer}") for held in holds]) for racer in range(3)])

    for of_one_hold in zip(*outcomes, strict=True):
        assert sorted(of_one_hold) == ["hold_spent", "hold_spent", "ok"]
    assert (posted(escrow), available(buyer)) == (20 * 60_00, 0)
    assert audit() == []


def test_after_a_freeze_has_returned_no_debit_gets_through() -> None:
    buyers, escrow = [wallet(100_00) for _ in range(20)], new("escrow")

    frozen_at, *spent = race(
        [
            (freeze_then_look, [(buyer,) for buyer in buyers]),
            *((pay_often, [(buyer, escrow, 25, f"racer-{racer}") for buyer in buyers]) for racer in range(2)),
        ]
    )

    assert [posted(buyer) for buyer in buyers] == frozen_at
    refusals = [outcome for racer in spent for trial in racer for outcome in trial if isinstance(outcome, str)]
    assert set(refusals) == {"account_blocked"}, "no freeze met a payment: the trial shows nothing"
    assert audit() == []


def test_opposite_transfers_do_not_deadlock() -> None:
    one, other = wallet(100_00), wallet(100_00)
    before = _deadlocks()

    refusals = race(
        [(swap, [(one, other, 100, "there")]), (swap, [(other, one, 100, "back")])],
    )

    assert refusals == [[[]], [[]]]
    assert _deadlocks() == before
    assert (posted(one), posted(other)) == (100_00, 100_00)
    assert audit() == []
