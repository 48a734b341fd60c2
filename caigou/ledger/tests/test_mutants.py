"""The tests above would notice: each mutant of the ledger's SQL is caught by the test that guards its promise."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError

from caigou.ledger.services import LedgerError, freeze
from caigou.ledger.tests import test_holds, test_posting, test_races, test_status
from caigou.ledger.tests.test_posting import test_a_posting_moves_money_and_keeps_the_sum as a_posting


@dataclass(frozen=True, slots=True)
class Mutant:
    """``old`` is replaced by ``new`` in the function ``post``, or ``command`` is run; ``test`` must fail then.

    Where two must meet within microseconds, it must fail in one of so many ``tries``.
    """

    test: Callable[[], None]
    old: str = ""
    new: str = ""
    command: str = ""
    tries: int = 1

    def run(self) -> None:
        for _try in range(self.tries):
            self.test()


#: A subquery sees what the statement saw when it began, before it waited for the row.
_STALE = """AND l_status = (
    SELECT x.status FROM ledger.balance x WHERE x.account_id = l_accounts[n] AND x.shard = l_shards[n]);"""
MUTANTS = {
    "the status is what it was before the lock": Mutant(
        test_status.test_a_payment_that_meets_a_freeze_halfway_is_blocked,
        "AND b.status = l_status;",
        _STALE,
    ),
    "the status of unguarded accounts is what it was before the lock": Mutant(
        test_status.test_a_freeze_of_an_unguarded_account_can_not_be_raced_either,
        "AND b.status = l_status;",
        _STALE,
    ),
    "the hash of a repeat is not compared": Mutant(
        test_posting.test_an_altered_repeat_is_refused,
        "IF old.request_hash <> p_hash THEN",
        "IF false THEN",
    ),
    "only the key is a net": Mutant(
        test_posting.test_a_new_key_does_not_repeat_an_old_fact,
        command="ALTER TABLE ledger.journal DROP CONSTRAINT journal_once_per_fact",
    ),
    "the conflict names only the key": Mutant(
        test_posting.test_a_new_key_does_not_repeat_an_old_fact,
        "ON CONFLICT DO NOTHING",
        "ON CONFLICT (scope, key) DO NOTHING",
    ),
    "the conflict names only the key, and twins meet": Mutant(
        test_races.test_twins_in_flight_meet_in_one_net_or_the_other_but_never_break,
        "ON CONFLICT DO NOTHING",
        "ON CONFLICT (scope, key) DO NOTHING",
        tries=5,
    ),
    "an overdraft is not refused": Mutant(
        test_posting.test_nothing_is_paid_that_is_not_there,
        command="ALTER TABLE ledger.balance DROP CONSTRAINT no_overdraft",
    ),
    "a hold may be overspent": Mutant(
        test_holds.test_no_more_is_captured_than_was_held,
        command="ALTER TABLE ledger.hold DROP CONSTRAINT hold_not_overspent",
    ),
    "what is held can still be spent": Mutant(
        test_holds.test_held_money_stays_in_the_wallet_and_can_not_be_spent,
        "CASE leg.kind WHEN 'H' THEN leg.amount WHEN 'P' THEN 0 ELSE -leg.amount END;",
        "0;",
    ),
    "what several legs hold can still be spent": Mutant(
        test_holds.test_arriving_money_is_held_in_the_same_journal,
        "CASE t.kind WHEN 'H' THEN t.amount WHEN 'P' THEN 0 ELSE -t.amount END AS pending",
        "0 AS pending",
    ),
    "a capture leaves the money held": Mutant(
        test_holds.test_a_hold_is_captured_to_where_it_was_held,
        "CASE leg.kind WHEN 'H' THEN leg.amount WHEN 'P' THEN 0 ELSE -leg.amount END;",
        "CASE leg.kind WHEN 'H' THEN leg.amount WHEN 'R' THEN -leg.amount ELSE 0 END;",
    ),
    "a blocked account is not asked about": Mutant(
        lambda: test_status.test_nothing_leaves_a_blocked_account(freeze),
        "AND b.status = l_status;",
        ";",
    ),
    "any isolation level will do": Mutant(
        test_posting.test_only_read_committed_is_accepted,
        "IF current_setting('transaction_isolation') <> 'read committed' THEN",
        "IF false THEN",
    ),
    "one side is forgotten": Mutant(
        a_posting,
        "credits_posted  = b.credits_posted  + l_credited[n],",
        "",
    ),
    "a reversal may be partial": Mutant(
        test_posting.test_a_transfer_is_taken_back_once_in_full_and_only_the_other_way,
        "AND t.kind = 'P' AND t.amount = leg.amount",
        "AND t.kind = 'P'",
    ),
}


def _post(owner: psycopg.Connection[Any]) -> str:
    """Return the statement that makes ``ledger.post`` as it is today."""
    row = owner.execute("SELECT pg_get_functiondef('ledger.post'::regproc)").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.commits
@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_noticed_when(name: str) -> None:
    mutant = MUTANTS[name]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        post = _post(owner)
        assert mutant.command or post.count(mutant.old) == 1, "the mutant no longer changes anything"
        owner.execute((mutant.command or post.replace(mutant.old, mutant.new)).encode())

    with pytest.raises((AssertionError, pytest.fail.Exception, IntegrityError, LedgerError)):
        mutant.run()
