"""Money and requests that meet in mid-air: threads with real connections and real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from caigou.payments.models import PaymentRequest, RequestStatus
from caigou.payments.services.ask import meet, meet_all_waiting
from caigou.payments.services.recharge import record
from caigou.payments.tests.purses import ask, books_balance, buyer, cny, fund, purse, said, started, told

pytestmark = pytest.mark.commits

RACERS = 8


def _race(*runners: Callable[[], object]) -> list[object]:
    """Let every runner start at the same moment, each on its own connection."""
    gate = threading.Barrier(len(runners))

    def run(runner: Callable[[], object]) -> object:
        connection.ensure_connection()
        try:
            gate.wait()
            return runner()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as pool:
        return [future.result() for future in [pool.submit(run, runner) for runner in runners]]


def test_a_request_that_crosses_with_its_money_is_met_by_the_clock() -> None:
    """The request looks before the money is there, the money looks before the request is committed."""
    hotel = buyer()
    fund(hotel, cny("1"))
    recharge = started(hotel, cny("60"))
    asked, arrived = threading.Event(), threading.Event()

    def request() -> object:
        with transaction.atomic():
            found = ask(hotel, cny("60"), "a")
            asked.set()
            assert arrived.wait(10)
        return found.status

    def money() -> object:
        assert asked.wait(10)
        record(recharge.pk, said(recharge))
        arrived.set()
        return None

    assert _race(request, money)[0] == RequestStatus.WAITING
    assert purse(hotel) == ("61.00", "61.00")
    assert meet_all_waiting() == 1
    assert meet_all_waiting() == 0
    assert PaymentRequest.objects.get().status == RequestStatus.HELD
    assert purse(hotel) == ("61.00", "1.00")
    assert told() == 1


def test_many_who_ask_for_one_thing_at_once_set_it_aside_once() -> None:
    hotel = buyer()
    fund(hotel, cny("1000"))
    found = _race(*[lambda: ask(hotel, cny("60"), "a").pk] * RACERS)
    assert len(set(found)) == 1
    assert purse(hotel) == ("1000.00", "940.00")
    assert told() == 1


def test_many_who_meet_one_request_at_once_meet_it_once() -> None:
    hotel = buyer()
    waiting = ask(hotel, cny("60"), "a")
    recharge = started(hotel, cny("500"))
    _race(lambda: record(recharge.pk, said(recharge)), *[lambda: meet(waiting.pk)] * RACERS)
    meet_all_waiting()
    assert purse(hotel) == ("500.00", "440.00")
    assert told() == 1
    assert books_balance()


def test_many_answers_about_one_recharge_credit_it_once() -> None:
    hotel = buyer()
    recharge = started(hotel, cny("60"))
    _race(*[lambda: record(recharge.pk, said(recharge))] * RACERS)
    assert purse(hotel) == ("60.00", "60.00")
    assert books_balance()


def test_a_wallet_is_never_promised_twice() -> None:
    """Eight different things at once and money for three."""
    hotel = buyer()
    fund(hotel, cny("200"))
    _race(*[lambda number=number: ask(hotel, cny("60"), f"thing-{number}") for number in range(RACERS)])
    held = PaymentRequest.objects.filter(status=RequestStatus.HELD).count()
    assert held == 3
    assert purse(hotel) == ("200.00", "20.00")
    assert told() == 3
    assert books_balance()
