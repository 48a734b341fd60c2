"""The audit names what somebody with the owner's password did to the books."""

from __future__ import annotations

import os

import psycopg
import pytest

from caigou.kernel.actor import SYSTEM
from caigou.ledger.services import audit, hold
from caigou.ledger.tests.world import cny, new, pay, wallet

pytestmark = pytest.mark.commits

OFF = "ALTER TABLE ledger.{0} DISABLE TRIGGER {1}; {2}; ALTER TABLE ledger.{0} ENABLE TRIGGER {1}"


def _off(table: str, change: str, trigger: str = "never_changed") -> str:
    """Return a change with the guard of its table switched off and on again, so that the guard says nothing."""
    return OFF.format(table, trigger, change)


#: What is done to the books, and which checks must name it.
FAULTS = {
    "a balance is raised": (
        "UPDATE ledger.balance SET credits_posted = credits_posted + 1 WHERE guarded AND credits_posted = 10000",
        {"balance_is_its_transfers", "currency_sums_to_zero"},
    ),
    "two balances are shifted, so that the sum stays": (
        (
            "UPDATE ledger.balance SET credits_posted = CASE credits_posted WHEN 10000 THEN 10001 ELSE 2999 END"
            " WHERE guarded AND credits_posted IN (10000, 3000)"
        ),
        {"balance_is_its_transfers"},
    ),
    "an amount is changed": (
        _off("transfer", "UPDATE ledger.transfer SET amount = amount + 1 WHERE kind = 'P' AND amount = 3000"),
        {"balance_is_its_transfers"},
    ),
    "a transfer is deleted": (
        _off("transfer", "DELETE FROM ledger.transfer WHERE kind = 'P' AND amount = 3000"),
        {"balance_is_its_transfers", "journal_has_transfers"},
    ),
    "a transfer is turned to another account": (
        _off(
            "transfer",
            "UPDATE ledger.transfer SET credit_id = (SELECT max(id) FROM ledger.account) WHERE amount = 3000",
        ),
        {"balance_is_its_transfers"},
    ),
    "a transfer is invented": (
        (
            "INSERT INTO ledger.transfer (journal_id, kind, debit_id, credit_id, currency, amount, code)"
            " SELECT journal_id, kind, debit_id, credit_id, currency, 1, code FROM ledger.transfer WHERE amount = 3000"
        ),
        {"balance_is_its_transfers"},
    ),
    "a journal is invented": (
        (
            "INSERT INTO ledger.journal (scope, key, request_hash, purpose, source, effective_at, actor)"
            " SELECT scope, 'invented', request_hash, purpose, 'invented', effective_at, actor"
            " FROM ledger.journal LIMIT 1"
        ),
        {"journal_has_transfers"},
    ),
    "a hold is made to look spent": (
        "UPDATE ledger.hold SET released = amount",
        {"hold_is_its_transfers"},
    ),
    "a hold is deleted": (
        _off("hold", "DELETE FROM ledger.hold"),
        {"hold_is_its_transfers"},
    ),
    "a wallet is no longer guarded and overdrawn": (
        (
            "ALTER TABLE ledger.balance DROP CONSTRAINT no_overdraft;"
            "UPDATE ledger.balance SET debits_posted = debits_posted + 100000 WHERE guarded AND credits_posted = 10000"
        ),
        {"balance_is_its_transfers", "currency_sums_to_zero", "no_overdraft"},
    ),
    "one row of a sharded account is frozen": (
        "UPDATE ledger.balance SET status = 'frozen' WHERE shard = 3",
        {"account_as_charted"},
    ),
    "a currency is changed": (
        "ALTER TABLE ledger.transfer"
        " DROP CONSTRAINT transfer_debit_in_currency, DROP CONSTRAINT transfer_credit_in_currency;"
        + _off("transfer", "UPDATE ledger.transfer SET currency = 'USD' WHERE amount = 3000"),
        {"one_currency"},
    ),
    "a fact is posted twice": (
        "ALTER TABLE ledger.journal DROP CONSTRAINT journal_once_per_fact;"
        + _off("journal", "UPDATE ledger.journal SET purpose = 'same', source = 'same'"),
        {"fact_posted_once"},
    ),
    "a guard is switched off": (
        "ALTER TABLE ledger.transfer DISABLE TRIGGER never_changed",
        {"guard_is_on"},
    ),
    "a guard is taken away": (
        "DROP TRIGGER never_emptied ON ledger.journal",
        {"guard_is_on"},
    ),
    "the application may write": (
        "GRANT UPDATE ON ledger.balance TO caigou_app",
        {"nobody_writes_but_the_owner"},
    ),
    "everybody may read": (
        "GRANT SELECT ON ledger.balance TO PUBLIC",
        {"nobody_writes_but_the_owner"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_audit_finds_that(fault: str) -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    pay(buyer, escrow, 30_00)
    hold(buyer, escrow, cny(5_00), purpose="order.reserved", source="1", by=SYSTEM)
    new("supplier_payable")
    assert audit() == []
    change, named_by = FAULTS[fault]

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(change.encode())

    assert {finding.check for finding in audit()} == named_by
