"""The independent check: plan and logs on one side, what the ledger holds on the other, compared fact by fact.

It shares no line with the ledger: it counts balances itself from what was planned and found, and ``ledger.audit()`` is
asked besides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from prove.logs import Answer
from prove.plan import Name, Op, Part, legs_of, sequence

#: What a request may be refused for when there is too little: everything else is a broken promise.
_TOO_LITTLE = {"insufficient_funds", "hold_spent", "skipped"}
_REFUSAL_OF = {"altered": "idempotency_mismatch", "other_key": "already_posted"}
_KINDS = {"post": "P", "hold": "H", "capture": "C", "release": "R"}

_FOUND = b"""
SELECT j.id, j.purpose, j.source, t.kind::text, d.kind, d.owner, c.kind, c.owner, t.currency, t.amount
  FROM ledger.journal j JOIN ledger.transfer t ON t.journal_id = j.id
  JOIN ledger.account d ON d.id = t.debit_id JOIN ledger.account c ON c.id = t.credit_id ORDER BY t.id
"""
_BALANCES = b"""
SELECT a.kind, a.owner, a.currency, sum(b.debits_posted)::bigint, sum(b.credits_posted)::bigint,
       sum(b.debits_pending)::bigint, sum(b.credits_pending)::bigint, bool_and(a.guarded), min(a.side::text)
  FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id GROUP BY 1, 2, 3
"""


@dataclass
class Verdict:
    """What was counted; everything under ``broken`` must be nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def blame(self, what: str, of: object) -> None:
        self.broken[what] += 1
        self.examples.setdefault(what, str(of)[:300])


@dataclass(frozen=True)
class Posted:
    """One journal as the ledger has it."""

    journal: int
    kind: str
    parts: tuple[Part, ...]


def judge(seed: int, sequences: int, answers: Iterable[Answer], books: psycopg.Connection[Any]) -> Verdict:
    """Compare what was asked and answered with what stands in the books."""
    verdict = Verdict()
    posted = posted_in(books, verdict)
    told: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    for answer in answers:
        told[answer.sequence, answer.number].append(answer)
    meant: set[str] = set()
    for number in range(sequences):
        ops = sequence(seed, number)
        for op in ops:
            _judge_op(ops, op, told.get((number, op.number), []), posted, verdict)
        meant |= {f"{op.purpose}:{op.source}" for op in ops if not op.twist}
    for fact in posted.keys() - meant:
        verdict.blame("posted_but_never_asked", fact)
    judge_balances(books, posted.values(), verdict)
    ask_auditors(books, verdict)
    return verdict


def ask_auditors(books: psycopg.Connection[Any], verdict: Verdict) -> None:
    """Pass on what the ledger's own audit finds."""
    for row in books.execute("SELECT * FROM ledger.audit() UNION ALL SELECT * FROM ledger.audit_rules()").fetchall():
        verdict.blame(f"audit_{row[0]}", row)


def _judge_op(
    ops: tuple[Op, ...], op: Op, answers: list[Answer], posted: Mapping[str, Posted], verdict: Verdict
) -> None:
    if not answers:
        verdict.blame("never_answered", op)
        return
    verdict.counts["answers"] += len(answers)
    good = [answer for answer in answers if answer.outcome == "ok"]
    if op.twist:
        _judge_twist(ops, op, answers, posted, verdict)
        return
    verdict.counts["confirmed"] += len(good)
    for answer in answers:
        if answer.outcome != "ok":
            verdict.counts[f"refused_{answer.outcome}"] += 1
            held_is_gone = op.of >= 0 and answer.outcome == "insufficient_funds"
            if answer.outcome not in _TOO_LITTLE or op.always or held_is_gone:
                verdict.blame("refused_without_ground", (op, answer))
    found = posted.get(f"{op.purpose}:{op.source}")
    if found is not None:
        _judge_posted(ops, op, good, found, verdict)
    elif good:
        verdict.blame("confirmed_and_lost", good)
    elif op.always:
        verdict.blame("refused_without_ground", op)


def _judge_posted(ops: tuple[Op, ...], op: Op, good: list[Answer], found: Posted, verdict: Verdict) -> None:
    """What stands in the books was asked for, in just this shape, and told to whoever asked."""
    verdict.counts["posted"] += 1
    if op.never:
        verdict.blame("overspent", op)
    if found.kind != _KINDS[op.verb] or not _as_meant(found.parts, legs_of(ops, op)):
        verdict.blame("posted_otherwise", (op, found))
    if not good:
        verdict.blame("posted_and_never_confirmed", op)
    if {answer.journal for answer in good} - {found.journal}:
        verdict.blame("confirmed_twice_differently", (op, good))


def _judge_twist(
    ops: tuple[Op, ...], op: Op, answers: list[Answer], posted: Mapping[str, Posted], verdict: Verdict
) -> None:
    """A repeat is answered as the first time; an altered one, and the same fact under a new key, are refused."""
    first = ops[op.number - 1]
    for answer in answers:
        if answer.outcome == "skipped":
            continue
        verdict.counts[f"sent_{op.twist}"] += 1
        if op.twist in _REFUSAL_OF:
            if answer.outcome != _REFUSAL_OF[op.twist]:
                verdict.blame(f"{op.twist}_not_refused", (op, answer))
            continue
        found = posted.get(f"{first.purpose}:{first.source}")
        if answer.outcome != "ok" or found is None or found.journal != answer.journal:
            verdict.blame("repeat_answered_otherwise", (op, answer))


def _as_meant(found: tuple[Part, ...], planned: tuple[Part, ...]) -> bool:
    """Tell whether the legs are the planned ones; a planned 0 is "all that is left"."""
    return len(found) == len(planned) and all(
        have == want or (want.minor == 0 and have[:2] == want[:2]) for have, want in zip(found, planned, strict=True)
    )


def posted_in(books: psycopg.Connection[Any], verdict: Verdict) -> dict[str, Posted]:
    """Return every journal by its fact, ``purpose:source``, read from the tables."""
    journals: dict[int, tuple[str, str, list[Part]]] = {}
    for journal, purpose, source, kind, d_kind, d_owner, c_kind, c_owner, currency, amount in books.execute(_FOUND):
        part = Part(Name(d_kind, d_owner, currency), Name(c_kind, c_owner, currency), amount)
        journals.setdefault(journal, (f"{purpose}:{source}", kind, []))[2].append(part)
        verdict.counts["transfers"] += 1
    posted: dict[str, Posted] = {}
    for journal, (fact, kind, parts) in journals.items():
        if fact in posted:
            verdict.blame("posted_twice", fact)
        posted[fact] = Posted(journal, kind, tuple(parts))
    return posted


def judge_balances(books: psycopg.Connection[Any], posted: Iterable[Posted], verdict: Verdict) -> None:
    """Add up every account anew from the journals, and compare with its balance."""
    sums: dict[Name, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for found in posted:
        moved, held = {"P": (1, 0), "H": (0, 1), "C": (1, -1), "R": (0, -1)}[found.kind]
        for part in found.parts:
            sums[part.debit][0] += moved * part.minor
            sums[part.credit][1] += moved * part.minor
            sums[part.debit][2] += held * part.minor
            sums[part.credit][3] += held * part.minor
    of_currency: Counter[str] = Counter()
    for kind, owner, currency, debits, credits_, held_debits, held_credits, guarded, side in books.execute(_BALANCES):
        counted = sums.pop(Name(kind, owner, currency), [0, 0, 0, 0])
        if counted != [debits, credits_, held_debits, held_credits]:
            verdict.blame("minor_units_lost_or_made", (kind, owner, currency, counted, debits, credits_))
        of_currency[currency] += debits - credits_
        left = credits_ - debits - held_debits if side == "C" else debits - credits_ - held_credits
        if guarded and left < 0:
            verdict.blame("below_nothing", (kind, owner, currency, left))
        verdict.counts["accounts"] += 1
    for name in sums:
        verdict.blame("account_is_gone", name)
    for currency, difference in of_currency.items():
        if difference:
            verdict.blame("minor_units_lost_or_made", (currency, difference))
