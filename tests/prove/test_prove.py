"""The promises about money in small: the same program as ``make prove``, and a judge that sees what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from prove.judge import judge
from prove.logs import Answer, Board, Log, read
from prove.mutants import MUTANTS
from prove.plan import Name, Op, Part, legs_of, sequence

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_cent_is_lost_or_made_while_workers_backends_and_the_server_are_killed() -> None:
    """Promises 1 to 4 and 30. CI runs 1,000 sequences besides; the full run is recorded in docs/proofs."""
    command = [sys.executable, "-m", "prove", "--only", "bank", "--sequences", "60", "--seed", "20261123"]

    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    told = json.loads(done.stdout)
    assert (told["kept"], told["bank"]["broken"]) == (True, {})
    assert told["bank"]["killed"] == {"workers": 1, "backends": 1, "servers": 1}
    assert min(told["bank"][count] for count in ("confirmed", "sent_again", "sent_altered", "sent_other_key")) > 10


def test_a_sequence_is_the_same_for_all_who_make_it() -> None:
    first = [sequence(7, number) for number in range(50)]
    sequence.cache_clear()

    assert [sequence(7, number) for number in range(50)] == first
    assert sequence(8, 0) != first[0]
    twists = Counter(op.twist for ops in first for op in ops if op.twist)
    assert twists == {"again": 50, "altered": 50, "other_key": 50}
    assert {op.verb for ops in first for op in ops} == {"post", "hold", "capture", "release"}
    for ops in first:
        assert [op.number for op in ops] == list(range(len(ops)))
        assert all(ops[op.of].verb == "hold" and not ops[op.of].twist for op in ops if op.of >= 0)


def test_what_a_process_wrote_down_is_read_by_others(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.write(Answer(1, 2, "ok", 3))
    Log(tmp_path / "log").write(Answer(1, 3, "hold_spent", 0))
    board = Board(tmp_path / "board", 2)
    board[1] = 2**62

    assert list(read(tmp_path / "log")) == [Answer(1, 2, "ok", 3), Answer(1, 3, "hold_spent", 0)]
    assert (board[0], board[1]) == (0, 2**62)


class Books:
    """A ledger that did everything that was planned and could be, one journal a request, as the judge reads it."""

    def __init__(self, seed: int, sequences: int) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.answers: list[Answer] = []
        self.balances: dict[Name, list[int]] = {}
        self.findings: list[tuple[str, str, str]] = []
        for number in range(sequences):
            for op in sequence(seed, number):
                self.answers.append(Answer(number, op.number, *self._answer(sequence(seed, number), op)))

    def _answer(self, ops: tuple[Op, ...], op: Op) -> tuple[str, int]:
        """Post what needs no hold and no luck; refuse the rest, as a ledger with too little money would."""
        if op.twist:
            before = self.answers[-1]
            if before.outcome != "ok":
                return "skipped", 0
            refusal = {"altered": "idempotency_mismatch", "other_key": "already_posted"}.get(op.twist)
            return (refusal, 0) if refusal else ("ok", before.journal)
        if op.of >= 0 or op.never or op.what == "refund":
            return "hold_spent", 0
        journal = len(self.rows) + 1
        for part in legs_of(ops, op):
            self._enter(journal, op.purpose, op.source, "H" if op.verb == "hold" else "P", part)
        return "ok", journal

    def _enter(self, journal: int, purpose: str, source: str, kind: str, part: Part) -> None:
        debit, credit, minor = part
        self.rows.append((journal, purpose, source, kind, *debit[:2], *credit[:2], debit.currency, minor))
        for name, place in ((debit, 0), (credit, 1)):
            self.balances.setdefault(name, [0, 0, 0, 0])[place + (2 if kind == "H" else 0)] += minor

    def execute(self, query: bytes | str) -> Any:
        text = query if isinstance(query, str) else query.decode()
        if "audit" in text:
            return self
        if "journal" in text:
            return self.rows
        return [(*name, *figures, False, "C") for name, figures in self.balances.items()]

    def fetchall(self) -> list[tuple[str, str, str]]:
        return self.findings


@pytest.fixture
def books() -> Books:
    return Books(3, 12)


def _broken(books: Books) -> set[str]:
    return set(judge(3, 12, books.answers, books).broken)  # type: ignore[arg-type]


def test_the_judge_finds_nothing_where_nothing_is_wrong(books: Books) -> None:
    assert _broken(books) == set()


def _first_posted(books: Books, verb: str = "P") -> int:
    return next(place for place, row in enumerate(books.rows) if row[3] == verb)


def _change_row(books: Books, place: int, column: int, value: Any) -> None:
    row = list(books.rows[place])
    row[column] = value
    books.rows[place] = tuple(row)


def test_the_judge_misses_a_posting_that_was_confirmed(books: Books) -> None:
    lost = books.rows[0][0]
    books.rows = [row for row in books.rows if row[0] != lost]

    assert {"confirmed_and_lost", "minor_units_lost_or_made"} <= _broken(books)


def test_the_judge_sees_an_amount_that_was_changed(books: Books) -> None:
    _change_row(books, _first_posted(books), 9, books.rows[0][9] + 1)

    assert {"posted_otherwise", "minor_units_lost_or_made"} <= _broken(books)


def test_the_judge_sees_a_fact_that_nobody_asked_for_and_one_posted_twice(books: Books) -> None:
    books.rows.append((10**6, "prove.recharge", "99-0", *books.rows[0][3:]))
    books.rows.append((10**6 + 1, *books.rows[0][1:]))

    assert {"posted_but_never_asked", "posted_twice"} <= _broken(books)


def test_the_judge_sees_a_cent_in_a_balance(books: Books) -> None:
    next(iter(books.balances.values()))[0] += 1

    assert _broken(books) == {"minor_units_lost_or_made"}


def test_the_judge_sees_what_was_answered_wrongly(books: Books) -> None:
    for place, answer in enumerate(books.answers):
        twist = sequence(3, answer.sequence)[answer.number].twist
        if twist == "altered" and answer.outcome != "skipped":
            books.answers[place] = answer._replace(outcome="ok", journal=1)
        if twist == "other_key" and answer.outcome != "skipped":
            books.answers[place] = answer._replace(outcome="ok", journal=1)
    books.answers.append(books.answers[0]._replace(journal=10**6))
    books.answers.append(books.answers[0]._replace(outcome="insufficient_funds"))

    assert {
        "altered_not_refused", "other_key_not_refused", "confirmed_twice_differently", "refused_without_ground",
    } <= _broken(books)  # fmt: skip


def test_the_judge_passes_on_what_the_audit_says(books: Books) -> None:
    books.findings.append(("guard_is_on", "transfer", "off"))

    assert _broken(books) == {"audit_guard_is_on"}


def test_five_faults_are_planted_at_least() -> None:
    assert len(MUTANTS) >= 5
