"""One person who decides several things at the same moment decides no more alone than one after the other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from caigou.ledger.services import audit
from caigou.payments.bank.services.decide import ask_decision
from caigou.payments.bank.tests.banking import arrive, has, last_line, our_account, person
from caigou.payments.bank.tests.written import entry
from caigou.payments.tests.purses import buyer

pytestmark = pytest.mark.commits
PAYER: dict[str, Any] = {"name": "Park Holding", "number": "DE75512108001245126199"}
RACERS = 6


def test_halves_of_a_large_sum_decided_at_once_need_a_second_person_too() -> None:
    ours, park, mei = our_account(), buyer("Park Hotels Pty Ltd"), person()
    lines = []
    for number in range(RACERS):
        arrive(ours, entry("2600.00", ref=str(number), **PAYER), number=str(number))
        lines.append(last_line())
    gate = threading.Barrier(RACERS)

    def decide(line: int) -> str:
        connection.ensure_connection()
        try:
            gate.wait()
            return ask_decision(line, park, reason="One of the halves.", by=mei).status
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        found = list(pool.map(decide, [line.pk for line in lines]))
    assert sorted(found) == ["done", *["waiting"] * (RACERS - 1)]
    assert (has(park), audit()) == ("2600.00", [])
