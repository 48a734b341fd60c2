"""A wrong posting is refused even if our own code is wrong or hijacked (promise 5).

Everything here runs as the application's role, past the Python of the services.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.ledger.services import audit, close_account, close_period, hold, quote_exchange, seal_journals
from caigou.ledger.tests.world import cny, gateway, new, pay, wallet

COLUMN = {
    "currency": "exponent",
    "chart": "guarded",
    "account": "guarded",
    "balance": "credits_posted",
    "status_change": "reason",
    "journal": "purpose",
    "transfer": "amount",
    "hold": "amount",
    "period": "closed_until",
    "fx_quote": "buy_minor",
    "seal": "hash",
}
WRITES = [
    statement.format(table=f"ledger.{table}", column=column)
    for table, column in COLUMN.items()
    for statement in (
        "INSERT INTO {table} DEFAULT VALUES",
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "SELECT * FROM {table} FOR UPDATE",
    )
]
POWERS = [
    "ALTER TABLE ledger.transfer DISABLE TRIGGER never_changed",
    "ALTER TABLE ledger.balance DROP CONSTRAINT no_overdraft",
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL ROLE caigou_owner",
    "CREATE TABLE ledger.mine (a int)",
    "CREATE TEMP TABLE journal (a int)",
    "CREATE FUNCTION ledger.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TRIGGER mine BEFORE INSERT ON ledger.transfer EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "ALTER FUNCTION ledger.post SECURITY INVOKER",
    "DROP FUNCTION ledger.audit",
    "DROP SCHEMA ledger CASCADE",
    "LOCK TABLE ledger.balance IN ROW EXCLUSIVE MODE",
    "COPY ledger.transfer FROM STDIN",
    "SELECT nextval('ledger.transfer_id_seq')",
    "SELECT setval('ledger.transfer_id_seq', 1)",
    "SELECT ledger.refuse_blocked(1, NULL)",
    "SELECT ledger.is_blocked('open', 'P', true, NULL)",
    "SELECT ledger.assert_read_committed()",
    "SELECT ledger.refuse_change()",
    "SELECT ledger.refuse_points(1, 2)",
    "SELECT ledger.lock_for_holds('[]')",
    "SELECT ledger.refuse_closed('[]', '{}', now())",
    "SELECT ledger.refuse_unquoted(1)",
    "SELECT ledger.canonical('{1}')",
    "SELECT ledger.root_of('{1}')",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", WRITES + POWERS)
def test_the_application_can_not(statement: str) -> None:
    pay(wallet(1_00), new("escrow"), 1_00)

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert getattr(refused.value.__cause__, "sqlstate", "") == "42501"  # insufficient_privilege
    assert audit() == []


@pytest.mark.django_db
def test_the_application_can_not_grant_itself_anything() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON ledger.transfer TO caigou_app")  # PostgreSQL warns here, and grants nothing
        cursor.execute("SELECT has_table_privilege('ledger.transfer', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')")
        assert cursor.fetchone() == (False,)


def raw(*legs: dict[str, Any], key: str = "a-raw-key", digest: bytes = bytes(32), purpose: str = "test.raw") -> None:
    """Call ledger.post as hijacked code would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger.post('raw', %s, %s, %s, 'source', %s::jsonb, 'somebody')",
            [key, digest, purpose, json.dumps(legs)],
        )


class World:
    """A wallet, two escrows and a hold, for postings that must not be."""

    def __init__(self) -> None:
        self.buyer, self.escrow, self.other = wallet(100_00), new("escrow"), new("escrow")
        self.yen = new("escrow", "JPY")
        self.closed = new("escrow")
        close_account(self.closed, reason="no longer needed", by=SYSTEM)
        self.held = hold(self.buyer, self.escrow, cny(50_00), purpose="test.held", source=self.buyer, by=SYSTEM)

    def leg(self, **changes: Any) -> dict[str, Any]:
        """Return a lawful leg of 1.00 with something changed."""
        lawful = {
            "kind": "P",
            "debit": self.buyer,
            "credit": self.escrow,
            "currency": "CNY",
            "amount": 100,
            "code": "raw",
        }
        return {name: value for name, value in {**lawful, **changes}.items() if value is not None}


def illegal(world: World) -> dict[str, dict[str, Any]]:
    taken = {"debit": None, "credit": None, "currency": None, "hold": world.held}
    return {
        "zero": world.leg(amount=0),
        "negative": world.leg(amount=-100),
        "part of a fen": world.leg(amount=0.5),
        "no amount": world.leg(amount=None),
        "more than any leg": world.leg(debit=gateway(), amount=10**15 + 1),
        "more than a bigint": world.leg(amount=2**63),
        "text": world.leg(amount="1e3"),
        "to itself": world.leg(credit=world.buyer),
        "another currency": world.leg(currency="USD"),
        "a currency that is none": world.leg(currency="XXX"),
        "no currency": world.leg(currency=None),
        "a mix of currencies": world.leg(credit=world.yen),
        "a mix the other way": world.leg(credit=world.yen, currency="JPY"),
        "overdraft": world.leg(amount=50_01),
        "into a closed account": world.leg(credit=world.closed),
        "from a closed account": world.leg(debit=world.closed),
        "from no account": world.leg(debit=None),
        "to an unknown account": world.leg(credit=2**40),
        "an unknown kind": world.leg(kind="X"),
        "no kind": world.leg(kind=None),
        "no code": world.leg(code=None),
        "a post that names a hold": world.leg(hold=world.held),
        "a hold of a hold": world.leg(kind="H", hold=world.held),
        "a capture of no hold": world.leg(kind="C"),
        "a capture of too much": world.leg(kind="C", **{**taken, "amount": 50_01}),
        "a release of too much": world.leg(kind="R", **{**taken, "amount": 50_01}),
        "a capture of less than nothing": world.leg(kind="C", **{**taken, "amount": -1}),
        "a hold captured elsewhere": world.leg(kind="C", **{**taken, "credit": world.other}),
        "a hold captured from elsewhere": world.leg(kind="C", **{**taken, "debit": world.other}),
        "a hold released to elsewhere": world.leg(kind="R", **{**taken, "debit": world.other}),
        "a hold captured in another currency": world.leg(kind="C", **{**taken, "currency": "USD"}),
        "a capture that reverses": world.leg(kind="C", **{**taken, "reverses": 1}),
        "a reversal of nothing": world.leg(reverses=2**40),
        "a reversal of a hold": world.leg(debit=world.escrow, credit=world.buyer, amount=50_00, reverses=world.held),
    }


ILLEGAL = [
    "zero", "negative", "part of a fen", "no amount", "more than any leg", "more than a bigint", "text", "to itself",
    "another currency", "a currency that is none", "no currency", "a mix of currencies", "a mix the other way",
    "overdraft", "into a closed account", "from a closed account", "from no account", "to an unknown account",
    "an unknown kind", "no kind", "no code", "a post that names a hold", "a hold of a hold", "a capture of no hold",
    "a capture of too much", "a release of too much", "a capture of less than nothing", "a hold captured elsewhere",
    "a hold captured from elsewhere", "a hold released to elsewhere", "a hold captured in another currency",
    "a capture that reverses", "a reversal of nothing", "a reversal of a hold",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", ILLEGAL)
def test_no_posting_has(name: str) -> None:
    world = World()

    with pytest.raises(DatabaseError):
        raw(illegal(world)[name])

    raw(world.leg())  # the lawful leg gets through, so that it was the change that was refused
    assert audit() == []


@pytest.mark.django_db
def test_the_list_of_illegal_legs_is_complete() -> None:
    assert set(illegal(World())) == set(ILLEGAL)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"key": "ab"},
        {"key": "k" * 256},
        {"digest": bytes(31)},
        {"purpose": ""},
        {"purpose": "Not A Name"},
    ],
)
def test_no_journal_has(changes: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError):
        raw(World().leg(), **changes)


@pytest.mark.django_db
@pytest.mark.parametrize("legs", [0, 501])
def test_a_journal_has_1_to_500_legs(legs: int) -> None:
    world = World()
    with pytest.raises(DatabaseError, match="1 to 500"):
        raw(*[world.leg(amount=1)] * legs)

    raw(*[world.leg(amount=1)] * 500)


@pytest.mark.commits
def test_not_even_the_owner_changes_what_is_written_by_accident() -> None:
    buyer = World().buyer
    pay(buyer, new("escrow"), 1_00)
    close_period("CNY", now() - timedelta(days=30), by=SYSTEM)
    quote_exchange("somebody", cny(1_00), "USD", rate=Decimal("0.14"), rate_source="test")
    seal_journals()
    writes = [
        f"UPDATE ledger.{table} SET {column} = {column}" for table, column in COLUMN.items() if table != "balance"
    ]
    writes += [f"UPDATE ledger.balance SET {column} = {column}" for column in ("account_id", "side", "guarded")]
    writes += [f"DELETE FROM ledger.{table}" for table in COLUMN]
    writes += [f"TRUNCATE ledger.{table} CASCADE" for table in COLUMN]

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for write in writes:
            with pytest.raises(psycopg.Error) as refused:
                owner.execute(write)
            assert refused.value.sqlstate == "LG009", write
    assert audit() == []
