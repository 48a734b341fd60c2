"""Reading the books: chart, statement, report, and the pages that name their checks."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import psycopg
import pytest
from django.db import connection

import caigou
from caigou.kernel.actor import SYSTEM
from caigou.kernel.money import CURRENCIES, Money
from caigou.kernel.registry import Registry
from caigou.ledger import books
from caigou.ledger.books import AUDIT_CHECKS, CHAIN_CHECKS, BookCheck
from caigou.ledger.chart import CHART
from caigou.ledger.models import Account, BalanceRow
from caigou.ledger.services import (
    AccountId,
    Finding,
    Leg,
    UnknownAccount,
    balance,
    balances,
    check_books,
    find_account,
    hold,
    open_account,
    post,
    statement,
)
from caigou.ledger.tests.world import cny, gateway, new, pay, posted, wallet

pytestmark = pytest.mark.django_db
REPOSITORY = Path(caigou.__file__).resolve().parents[1]


def test_the_chart_of_the_database_is_the_chart_of_the_code() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, side, guarded, shards, nature, is_money FROM ledger.chart")
        assert set(cursor.fetchall()) == {
            (kind.name, kind.side, kind.guarded, kind.shards, kind.nature, kind.is_money) for kind in CHART.values()
        }


@pytest.mark.parametrize(
    ("kind", "currency"), [("wallet", "PTS"), ("escrow", "PTS"), ("points", "CNY"), ("purse", "CNY")]
)
def test_points_are_no_money_and_money_no_points(kind: str, currency: str) -> None:
    with pytest.raises(UnknownAccount):
        open_account(kind, "somebody", currency)

    assert open_account("points", "somebody", "PTS") != open_account("points_issued", "platform", "PTS")


def test_what_somebody_else_has_a_claim_to_is_guarded() -> None:
    assert [kind.name for kind in CHART.values() if kind.nature in {"owed", "due"} and not kind.guarded] == []


def test_the_currencies_of_the_database_are_those_of_the_code() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, exponent FROM ledger.currency")
        assert dict(cursor.fetchall()) == CURRENCIES
        cursor.execute("SELECT code FROM ledger.currency WHERE NOT is_money")
        assert cursor.fetchall() == [("PTS",)]


def test_an_account_is_opened_once_per_owner_and_currency() -> None:
    assert find_account("wallet", "somebody", "CNY") is None

    first = open_account("wallet", "somebody", "CNY")

    assert open_account("wallet", "somebody", "CNY") == first
    assert find_account("wallet", "somebody", "CNY") == first
    assert open_account("wallet", "somebody", "USD") != first
    assert str(Account.objects.get(pk=first)) == "wallet/somebody CNY"


def test_a_sharded_account_is_the_sum_of_its_rows() -> None:
    wallet(30_00)
    wallet(12_00)

    assert BalanceRow.objects.filter(account_id=gateway()).count() == CHART["gateway_clearing"].shards
    assert posted(gateway()) == 42_00


def test_balances_are_read_together_or_not_at_all() -> None:
    one, other = wallet(1_00), wallet(2_00)

    both = balances([one, other, one])

    assert {account: found.posted for account, found in both.items()} == {one: cny(1_00), other: cny(2_00)}
    with pytest.raises(UnknownAccount):
        balance(AccountId(2**40))
    with pytest.raises(UnknownAccount):
        statement(AccountId(2**40))


def test_a_statement_shows_each_movement_with_the_balance_after_it() -> None:
    buyer, escrow = new("wallet"), new("escrow")
    post("recharge.paid", "r-1", [Leg.transfer(gateway(), buyer, cny(100_00), "recharge")], by=SYSTEM)
    pay(buyer, escrow, 60_00, "o-1")
    hold(buyer, escrow, cny(5_00), purpose="order.reserved", source="o-2", by=SYSTEM)
    pay(escrow, buyer, 20_00, "o-3")

    lines = statement(buyer)

    shown = [(line.purpose, line.source, line.counterparty_kind, line.amount, line.balance) for line in lines]
    assert shown == [
        ("test.paid", "o-3", "escrow", cny(20_00), cny(60_00)),
        ("test.paid", "o-1", "escrow", cny(-60_00), cny(40_00)),
        ("recharge.paid", "r-1", "gateway_clearing", cny(100_00), cny(100_00)),
    ]
    assert statement(gateway())[0].amount == cny(100_00)  # a debit-side account grows by its debits


def test_pages_of_a_statement_join_without_a_gap() -> None:
    buyer, escrow = wallet(10_00), new("escrow")
    for _ in range(6):
        pay(buyer, escrow, 1_00)

    pages = [statement(buyer, limit=3)]
    while len(pages[-1]) == 3:
        pages.append(statement(buyer, limit=3, before=pages[-1][-1].transfer_id))

    assert [line for page in pages for line in page] == statement(buyer)
    assert [len(page) for page in pages] == [3, 3, 1]


def test_the_money_page_costs_three_queries(django_assert_num_queries: pytest.FixtureRequest) -> None:
    buyer = wallet(10_00)

    with django_assert_num_queries(3):  # type: ignore[operator]
        balance(buyer)
        statement(buyer)


@pytest.fixture
def book_checks(monkeypatch: pytest.MonkeyPatch) -> Registry[BookCheck]:
    """Upper apps' checks, none registered: they ask for orders, and these tests have only accounts."""
    empty: Registry[BookCheck] = Registry("What else must be true in this test?")
    monkeypatch.setattr(books, "BOOK_CHECKS", empty)
    return empty


@pytest.mark.usefixtures("book_checks")
def test_the_report_has_the_trial_balance_and_every_check() -> None:
    buyer, escrow = wallet(100_00), new("escrow")
    pay(buyer, escrow, 60_00)
    hold(buyer, escrow, cny(15_00), purpose="order.reserved", source="1", by=SYSTEM)
    post(
        "recharge.paid", "y", [Leg.transfer(gateway("JPY"), new("wallet", "JPY"), Money(500, "JPY"), "yen")], by=SYSTEM
    )

    report = check_books()

    assert report.balanced
    assert (report.journals, report.transfers) == (4, 4)
    assert [(line.currency, line.kind, line.debits.amount, line.credits.amount) for line in report.trial_balance] == [
        ("CNY", "escrow", "0.00", "60.00"),
        ("CNY", "gateway_clearing", "100.00", "0.00"),
        ("CNY", "wallet", "60.00", "100.00"),
        ("JPY", "gateway_clearing", "500", "0"),
        ("JPY", "wallet", "0", "500"),
    ]
    printed = json.loads(json.dumps(report.to_json()))
    assert printed["balanced"] is True
    assert set(printed["checks"]) >= set(AUDIT_CHECKS)
    assert printed["trial_balance"][2] == {
        "currency": "CNY", "kind": "wallet", "debits": "60.00", "credits": "100.00", "held": "15.00",
    }  # fmt: skip


def test_what_upper_apps_know_is_part_of_the_report(book_checks: Registry[BookCheck]) -> None:
    name = "closed_order_has_something"
    book_checks.add(name, lambda: [Finding(name, "order 1", "3.00 CNY left")])

    report = check_books()

    assert not report.balanced
    assert [finding.subject for finding in report.findings[name]] == ["order 1"]
    assert report.to_json()["checks"][name] == [{"subject": "order 1", "detail": "3.00 CNY left"}]


def _sql(*names: str) -> str:
    return "".join((REPOSITORY / "caigou" / "ledger" / "sql" / f"{name}.sql").read_text("utf-8") for name in names)


def test_every_check_of_the_audit_is_listed_and_explained() -> None:
    page = (REPOSITORY / "docs" / "ledger.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^    SELECT '(\w+)'", _sql("0004_audit", "0010_audit"), re.MULTILINE)) == set(AUDIT_CHECKS)
    assert set(re.findall(r"^    SELECT '(\w+)'", _sql("0009_seal"), re.MULTILINE)) == set(CHAIN_CHECKS) - {
        "chain_is_as_anchored"
    }
    assert [check for check in (*AUDIT_CHECKS, *CHAIN_CHECKS) if f"`{check}`" not in page] == []


def test_every_error_code_is_listed_where_it_is_raised() -> None:
    post = _sql("post")
    raised = set(re.findall(r"ERRCODE = '(LG\d+)'", post + _sql("0003_accounts", "0008_periods"))) | {"LG009"}

    assert raised == set(re.findall(r"LG\d{3}", post.partition("CREATE OR REPLACE FUNCTION")[0]))


def test_the_ledger_is_not_taken_away_while_it_has_journals() -> None:
    reverse = (REPOSITORY / "caigou" / "ledger" / "sql" / "0001_reverse.sql").read_text(encoding="utf-8")
    wallet(1_00)
    with pytest.raises(Exception, match="never taken away"), connection.cursor() as cursor:
        cursor.execute(reverse)


@pytest.mark.commits
def test_an_empty_ledger_can_be_taken_away(own_database: str) -> None:
    reverse = (REPOSITORY / "caigou" / "ledger" / "sql" / "0001_reverse.sql").read_text(encoding="utf-8")
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(reverse.encode())
        assert owner.execute("SELECT to_regnamespace('ledger')").fetchone() == (None,)
