"""Faults planted in the ledger's SQL: a bank test that doesn't find each of them proves nothing (promise 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from prove.bank import bank
from prove.crowd import Kills
from prove.ground import Ground

#: Enough for every kind of request to be sent several times.
_SEQUENCES = 16


@dataclass(frozen=True)
class Mutant:
    """``command`` is run, or ``old`` becomes ``new`` in ``ledger.post``; it must be found as one of ``found_as``."""

    found_as: frozenset[str]
    command: str = ""
    old: str = ""
    new: str = ""

    def plant(self, owner: psycopg.Connection[Any]) -> None:
        """Break the ledger. Raises ``ValueError`` when the fault no longer changes anything."""
        if self.command:
            owner.execute(self.command.encode())
            return
        row = owner.execute("SELECT pg_get_functiondef('ledger.post'::regproc)").fetchone()
        text = str(row[0]) if row else ""
        if text.count(self.old) != 1:
            raise ValueError(f"ledger.post has no {self.old!r} any more")
        owner.execute(text.replace(self.old, self.new).encode())


def _drop(table: str, constraint: str) -> str:
    return f"ALTER TABLE ledger.{table} DROP CONSTRAINT {constraint}"


MUTANTS: Mapping[str, Mutant] = {
    "an overdraft is not refused": Mutant(
        frozenset({"below_nothing", "overspent"}), command=_drop("balance", "no_overdraft")
    ),
    "a hold may be overspent": Mutant(
        frozenset({"overspent", "refused_without_ground"}), command=_drop("hold", "hold_not_overspent")
    ),
    "a fact may be posted under two keys": Mutant(
        frozenset({"other_key_not_refused", "posted_twice"}), command=_drop("journal", "journal_once_per_fact")
    ),
    "the hash of a repeat is not compared": Mutant(
        frozenset({"altered_not_refused"}), old="IF old.request_hash <> p_hash THEN", new="IF false THEN"
    ),
    "one side is forgotten": Mutant(
        frozenset({"minor_units_lost_or_made"}),
        old="credits_posted  = b.credits_posted  + l_credited[n],",
        new="",
    ),
    "what is held can be spent": Mutant(
        frozenset({"minor_units_lost_or_made", "below_nothing", "refused_without_ground"}),
        old="CASE leg.kind WHEN 'H' THEN leg.amount WHEN 'P' THEN 0 ELSE -leg.amount END;",
        new="0;",
    ),
}


def mutants(server: Ground, *, seed: int) -> dict[str, Any]:
    """Plant each fault in a fresh database and run a small bank test; one that isn't found is a broken promise."""
    found: dict[str, list[str]] = {}
    for name, mutant in MUTANTS.items():
        result = bank(server, sequences=_SEQUENCES, seed=seed, kills=Kills(), plant=mutant.plant)
        found[name] = sorted(result["broken"])
    missed = {name: 1 for name, mutant in MUTANTS.items() if not mutant.found_as & set(found[name])}
    return {"planted": len(MUTANTS), "caught": len(MUTANTS) - len(missed), "found": found, "broken": missed}
