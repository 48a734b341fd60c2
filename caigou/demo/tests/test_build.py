"""The world is built through the services, whole, with its progress told, and quickly enough for a first start."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from caigou.catalogue.models import Category, Evidence, ImportRun, Product, Supplier, Variant
from caigou.demo.build import build_world
from caigou.demo.tests.written import PRODUCTS, SUPPLIERS
from caigou.kernel.clock import now
from caigou.ledger.books import check_books
from caigou.payments.bank.models import (
    BankAccount,
    BankLine,
    BankReceipt,
    CorporateTransfer,
    SuspenseDecision,
    TransferStatus,
    Verdict,
)
from caigou.payments.bank.services.reconcile import look
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutBatch
from caigou.payments.payouts.services.batch import file_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Seconds that the whole world may take on a machine of two cores, half of which others use.
_MOST_SECONDS = 40


def test_the_whole_world_is_built_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int, str]] = []
    start = time.perf_counter()

    build_world(lambda done, total, what: told.append((done, total, what)))

    assert time.perf_counter() - start < _MOST_SECONDS
    assert [done for done, _total, _what in told] == sorted(done for done, _total, _what in told)
    assert len({total for _done, total, _what in told}) == 1
    assert told[-1][0] == told[-1][1]
    assert (Product.objects.count(), Supplier.objects.count()) == (len(PRODUCTS), len(SUPPLIERS))
    assert not Product.objects.filter(category=None).exists()
    assert Category.objects.count() >= 180
    assert Variant.objects.count() > 1_000
    assert Evidence.objects.count() >= 50
    assert ImportRun.objects.get().rows_refused == 0
    _look_at_the_bank()


def _look_at_the_bank() -> None:
    """Each state of a transfer, of a bank's line and of a payout stands somewhere, and the books are sound."""
    assert {*CorporateTransfer.objects.values_list("status", flat=True)} == {*TransferStatus} - {
        TransferStatus.CANCELLED
    }
    verdicts = {*BankLine.objects.values_list("status", "verdict")}
    assert verdicts >= {
        ("credited", Verdict.EXACT), ("credited", Verdict.SHORT), ("credited", Verdict.OVER),
        ("suspense", Verdict.NO_MATCH), ("suspense", Verdict.WRONG_REFERENCE), ("taken_back", Verdict.REVERSED),
        ("receipt", Verdict.NONE), ("paid_out", Verdict.EXACT), ("open", Verdict.UNEXPLAINED),
    }  # fmt: skip
    assert {*BankReceipt.objects.values_list("status", flat=True)} == {"done", "waiting"}
    assert SuspenseDecision.objects.get().status == "waiting"
    assert {*PayoutAccount.objects.values_list("status", flat=True)} == {"checking", "confirmed"}
    assert PayoutAccount.objects.filter(status="confirmed", usable_from__gt=now()).count() == 1
    assert {*PayoutBatch.objects.values_list("status", flat=True)} == {"approved", "waiting", "sent"}
    assert Payout.objects.filter(status="requested", batch=None).count() == 1
    assert file_of(PayoutBatch.objects.get(status="sent")).startswith(b"<?xml")
    assert check_books(chain=False).balanced
    for account in BankAccount.objects.filter(status="open"):
        seen = look(account, (now() - timedelta(days=60)).date(), now().date())
        assert seen.statement is not None
        differing = {each.name for each in seen.differences}
        assert differing == {
            *BankLine.objects.filter(account=account, status="open").values_list("public_id", flat=True)
        }
