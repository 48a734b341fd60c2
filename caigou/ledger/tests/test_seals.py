"""The chain of seals (promise 14's part of the ledger): what is rewritten shows."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from caigou.accounts.models import CompanyKind
from caigou.jobs.calls import make_due
from caigou.jobs.models import Call
from caigou.kernel.actor import SYSTEM
from caigou.ledger import anchor
from caigou.ledger.books import check_books, verify_chain
from caigou.ledger.models import BooksReport, Journal, Seal
from caigou.ledger.services import Leg, anchor_hourly, open_account, post, seal_due, seal_journals
from caigou.ledger.services.daily import check_books_daily
from caigou.ledger.tests.test_audit import _off
from caigou.ledger.tests.world import cny, new, pay, wallet
from tests.support.factories import make_party, make_staff


def _journals(number: int) -> None:
    buyer, escrow = wallet(number * 100), new("escrow")
    for _ in range(number - 1):
        pay(buyer, escrow, 1_00)


@pytest.mark.django_db
def test_every_journal_is_sealed_once_and_each_block_follows_the_one_before() -> None:
    _journals(3)
    assert seal_journals() == 3
    assert seal_journals() == 0
    _journals(2)
    assert seal_due() == 0  # ten seconds have not passed
    assert seal_journals() == 2

    first, second = Seal.objects.order_by("id")

    assert (first.id, second.id) == (1, 2)
    assert (bytes(first.previous), bytes(second.previous)) == (bytes(32), bytes(first.hash))
    assert second.newest == Journal.objects.order_by("-pk").values_list("pk", flat=True).first()
    assert verify_chain() == []


@pytest.mark.commits
def test_a_journal_that_commits_late_is_sealed_in_a_later_block() -> None:
    payer, payee = wallet(1_00), new("escrow")  # of its own: it shares no row with what is posted meanwhile
    written, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                pay(payer, payee, 1_00)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(10)
    _journals(1)
    early = seal_journals()
    may_commit.set()
    thread.join(10)

    assert (early, seal_journals()) == (2, 1)
    assert Seal.objects.get(id=2).newest < Seal.objects.get(id=1).newest
    assert verify_chain() == []


#: What is done to a sealed chain of two blocks, and the check that names it.
FAULTS = {
    "an amount is changed": _off("transfer", "UPDATE ledger.transfer SET amount = amount + 1 WHERE amount = 100"),
    "a fact has another source": _off("journal", "UPDATE ledger.journal SET source = 'another' WHERE id = 2"),
    "a moment is shifted": _off(
        "journal", "UPDATE ledger.journal SET recorded_at = recorded_at + interval '1 microsecond' WHERE id = 2"
    ),
    "an account is somebody else's": _off("account", "UPDATE ledger.account SET owner = owner || '-2'"),
    "a block is left out": _off("seal", "DELETE FROM ledger.seal WHERE id = 1"),
    "a block says something else": _off("seal", "UPDATE ledger.seal SET root = previous WHERE id = 2"),
    "a block was hashed anew": _off("transfer", "UPDATE ledger.transfer SET code = 'another' WHERE amount = 100")
    + ";"
    + _off(
        "seal",
        "UPDATE ledger.seal SET root = ledger.root_of(journals) WHERE id = 1;"
        "UPDATE ledger.seal SET hash = ledger.hash_of(id, journals, root, previous) WHERE id = 1",
    ),
}


@pytest.mark.commits
@pytest.mark.parametrize("fault", FAULTS)
def test_the_chain_shows_that(fault: str) -> None:
    _journals(3)
    seal_journals()
    _journals(2)
    seal_journals()
    assert verify_chain() == []

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(FAULTS[fault].encode())

    assert {finding.check for finding in verify_chain()} == {"chain_is_unbroken"}


@pytest.mark.commits
def test_a_journal_that_nobody_sealed_for_an_hour_shows() -> None:
    _journals(1)
    assert verify_chain() == []

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(
            _off(
                "journal",
                "UPDATE ledger.journal SET recorded_at = now() - interval '2 hours', effective_at = '2020-01-01'",
            ).encode()
        )

    assert [finding.check for finding in verify_chain()] == ["journal_is_sealed_once"]
    assert seal_journals(all_of_them=True) == 1
    assert verify_chain() == []


# --- Outside of the database ----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    """The folder of the operator's choice, which need not be there yet."""
    settings.CAIGOU_ANCHOR_FOLDER = tmp_path / "anchors"
    return tmp_path / "anchors"


@pytest.mark.commits
def test_who_rewrites_the_whole_chain_is_found_by_what_was_noted_outside(folder: Path) -> None:
    assert anchor_hourly() == 0  # nothing is sealed
    _journals(2)
    seal_journals()
    assert (anchor_hourly(), anchor_hourly()) == (1, 0)  # once an hour
    assert list(anchor.findings()) == []

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(_off("transfer", "UPDATE ledger.transfer SET code = 'another' WHERE amount = 100").encode())
        rehash = (
            "UPDATE ledger.seal SET root = ledger.root_of(journals);"
            "UPDATE ledger.seal SET hash = ledger.hash_of(id, journals, root, previous)"
        )
        owner.execute(_off("seal", rehash).encode())

    assert verify_chain() == []
    assert [finding.subject for finding in anchor.findings()] == ["seal 1"]
    assert not check_books(chain=True).balanced


@pytest.mark.commits
def test_a_chain_whose_end_was_cut_off_is_found_too(folder: Path) -> None:
    _journals(1)
    seal_journals()
    anchor_hourly()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute(_off("seal", "DELETE FROM ledger.seal").encode())

    assert [finding.detail.rpartition(", ")[2] for finding in anchor.findings()] == ["is gone"]
    with (folder / "caigou-books.anchors").open("a") as file:
        file.write("half a li\n")
    assert [finding.subject for finding in anchor.findings()] == ["line 2", "seal 1"]


@pytest.mark.django_db
def test_without_a_folder_nothing_is_noted_and_nothing_is_missed() -> None:
    _journals(1)
    seal_journals()
    assert (anchor_hourly(), list(anchor.findings())) == (0, [])


# --- Every day ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_books_are_checked_once_a_day_without_anybody_asking(mailoutbox: list[EmailMessage]) -> None:
    wallet(1_00)
    wallet(2_00)
    assert (check_books_daily(), check_books_daily()) == (1, 0)

    make_due()

    found = BooksReport.objects.get()
    assert (found.balanced, found.report["transfers"], found.report["seal"]["block"]) == (True, 2, 1)
    assert (check_books_daily(), mailoutbox) == (0, [])
    assert Call.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_what_is_owed_and_not_held_raises_the_alarm(mailoutbox: list[EmailMessage]) -> None:
    buyer, staff = make_party(CompanyKind.BUYER, "Harbour & Pine"), make_staff()
    promised = Leg.transfer(open_account("own_funds", "platform", "CNY"), new("wallet"), cny(5_00), "promised")
    post("test.promised", "1", [promised], by=SYSTEM)

    check_books_daily()
    make_due()

    assert not BooksReport.objects.get().balanced
    assert [message.to for message in mailoutbox] == [[staff.user.email]] != [[buyer.user.email]]
    assert "owed_is_covered CNY: 5.00 CNY owed to customers, 0.00 CNY at banks and gateways" in mailoutbox[0].body
