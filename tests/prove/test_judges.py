"""What judges the other proofs sees what is wrong: messages to a provider, a rebuilt server, a statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from caigou.payments.bank.compare import compare
from prove.messages import STUCK_SECONDS, judge_messages, minor_of
from prove.poster import Confirmed
from prove.provider import Instructed
from prove.rebuild import judge_rebuilt
from prove.record import page
from prove.statement import statement

TRIES = [Instructed(float(number), f"key-{number}", minor_of(number), "") for number in range(20)]
DECIDED = {minor_of(number): float(number) for number in range(20)}


def test_every_message_that_took_effect_once_is_well() -> None:
    failed = Instructed(2.5, "key-3", minor_of(3), "lost_before")
    again = Instructed(30.0, "key-3", minor_of(3), "lost_answer")
    broken, longest = judge_messages([failed, *TRIES, again], DECIDED, 20)
    assert (+broken, longest) == ({}, 0.5)


@pytest.mark.parametrize(
    ("tries", "found"),
    [
        (TRIES[1:], "lost"),
        ([*TRIES[1:], TRIES[0]._replace(fault="busy")], "lost"),
        ([*TRIES, TRIES[4]._replace(key="another key")], "took_effect_twice"),
        ([*TRIES, Instructed(1.0, "key", 99, "")], "never_asked_for"),
        ([*TRIES[1:], TRIES[0]._replace(at=STUCK_SECONDS + 1)], "stuck"),
    ],
)
def test_the_judge_of_messages_sees_what_is_wrong(tries: list[Instructed], found: str) -> None:
    assert set(+judge_messages(tries, DECIDED, 20)[0]) == {found}


class Rebuilt:
    """What a rebuilt server answers."""

    def __init__(self) -> None:
        self.rows: list[Any] = [(f"s{n}", n, 100 + n, float(n)) for n in range(5)]
        self.seals: list[Any] = [(1, "aa"), (2, "bb")]
        self.findings: list[Any] = []

    def execute(self, query: bytes | str) -> Any:
        text = query if isinstance(query, str) else query.decode()
        found = self.findings if "audit" in text or "chain" in text else self.seals if "seal" in text else self.rows
        return type("Rows", (), {"fetchall": lambda _self: found})()


CONFIRMED = [Confirmed(n - 0.1, n + 0.1, f"s{n}", n, 100 + n) for n in range(8)]


def _spoiled(change: Callable[[Rebuilt], Any]) -> set[str]:
    books = Rebuilt()
    change(books)
    broken, _kept = judge_rebuilt(books, CONFIRMED, [(1, "aa")], 4.5)  # type: ignore[arg-type]
    return set(+broken)


def test_the_judge_of_a_rebuilt_server_sees_what_is_wrong() -> None:
    assert _spoiled(lambda _books: None) == set()
    assert _spoiled(lambda books: books.rows.pop(2)) == {"confirmed_and_lost"}
    assert _spoiled(lambda books: books.rows.append(("s6", 6, 106, 6.0))) == {"later_than_the_moment"}
    assert _spoiled(lambda books: books.rows.__setitem__(1, ("s1", 1, 999, 1.0))) == {"kept_otherwise"}
    assert _spoiled(lambda books: books.seals.pop(0)) == {"seal_is_not_as_noted"}
    assert _spoiled(lambda books: books.findings.append(("chain_is_unbroken",))) == {"audit", "chain"}


def test_a_statement_that_hides_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert statement(lines=400, planted=40, seed=3)["broken"] == {}

    monkeypatch.setattr("prove.statement.compare", lambda ours, theirs: compare(ours, theirs)[1:])
    assert statement(lines=400, planted=40, seed=3)["broken"] == {"missed": 1}


def test_a_page_says_what_was_found_and_what_is_broken() -> None:
    limits = {"requests": 1_000, "limit": 137, "accepted": 137, "broken": {}}
    machine = {"seed": 1, "commit": "abc", "cores": 2, "memory_gb": 23, "python": "3.11"}
    again = {**limits, "accepted": 138, "broken": {"accepted_otherwise": 1}}

    well, badly = (page([{**machine, "limits": found}], "2026-11-23") for found in (limits, again))

    assert "| 22 | 1,000 at once: accepted = limit | 137 of 1,000 at a limit of 137 |" in well
    assert '**broken**: {"accepted_otherwise": 1}' in badly
