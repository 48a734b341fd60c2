"""Invoices and credit notes: one a fact, numbered without a gap, never changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from caigou.jobs.outbox import deliver_due
from caigou.kernel.clock import frozen
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import Money
from caigou.ledger.tests.racers import race
from caigou.orders.services.cancel import cancel_order
from caigou.statements.models import Document, Series
from caigou.statements.services.issue import issue_credit_note, issue_invoice, issue_invoices
from caigou.statements.tests import racers
from tests.support.factories import make_buyer, make_deal, make_supplier

pytestmark = pytest.mark.django_db


def numbers() -> list[str]:
    return [document.full_number for document in Document.objects.order_by("pk")]


def test_a_paid_order_has_one_invoice_with_what_it_said_then() -> None:
    deal = make_deal(quantity=240, unit_price=Money(12_10, "CNY"))
    with frozen(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        order = deal.place_paid()
        deliver_due()
        again = issue_invoice(order.pk)

    invoice = Document.objects.get()
    assert invoice == again
    assert invoice.full_number == "INV-2026-000001"
    assert invoice.total == Money(2_904_00, "CNY")
    assert invoice.body["product"]["zh"] == deal.product.title_zh


def test_an_unpaid_order_has_no_invoice() -> None:
    with pytest.raises(DomainError):
        issue_invoice(make_deal().place().pk)


def test_cancelling_a_paid_order_writes_a_credit_note_of_its_own_series() -> None:
    deal = make_deal()
    order = deal.place_paid()
    deliver_due()
    cancel_order(order.pk, reason="Changed plans", by=deal.buyer.actor)
    deliver_due()
    year = Document.objects.get(kind="invoice").year
    assert numbers() == [f"INV-{year}-000001", f"CRN-{year}-000001"]
    note = Document.objects.get(kind="credit_note")
    assert (note.total, note.corrects) == (order.total, Document.objects.get(kind="invoice"))


def test_a_cancelled_order_that_was_never_paid_writes_nothing() -> None:
    deal = make_deal()
    order = deal.place()
    cancel_order(order.pk, reason="Changed plans", by=deal.buyer.actor)
    deliver_due()
    assert not Document.objects.exists()


def test_credit_notes_never_exceed_their_invoice() -> None:
    order = make_deal(quantity=240, unit_price=Money(1_00, "CNY")).place_paid()
    invoice = issue_invoice(order.pk)
    first = issue_credit_note(invoice, Money(144_00, "CNY"), cause="claim:1")
    assert issue_credit_note(invoice, Money(144_00, "CNY"), cause="claim:1") == first
    with pytest.raises(BadInput):
        issue_credit_note(invoice, Money(144_00, "CNY"), cause="claim:2")
    issue_credit_note(invoice, Money(96_00, "CNY"), cause="claim:3")
    assert [number.rpartition("-")[2] for number in numbers()] == ["000001", "000001", "000002"]


def test_a_failed_transaction_gives_its_number_back() -> None:
    supplier = make_supplier()
    first, second = (make_deal(buyer=make_buyer(), supplier=supplier).place_paid() for _ in range(2))
    with transaction.atomic():
        issue_invoice(first.pk)
        transaction.set_rollback(True)
    issue_invoice(second.pk)
    assert [number.rpartition("-")[2] for number in numbers()] == ["000001"]


def test_each_year_counts_from_one() -> None:
    supplier = make_supplier()
    for year in (2026, 2027):
        with frozen(datetime(year, 1, 3, tzinfo=UTC)):
            issue_invoice(make_deal(buyer=make_buyer(), supplier=supplier).place_paid().pk)
    assert numbers() == ["INV-2026-000001", "INV-2027-000001"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE statements_document SET total_minor = 1",
        "DELETE FROM statements_document",
        "TRUNCATE statements_document CASCADE",
        "UPDATE statements_series SET last = 5",
        "UPDATE statements_series SET last = 0",
        "DELETE FROM statements_series",
        "TRUNCATE statements_series",
    ],
)
def test_what_was_issued_is_never_changed(statement: str) -> None:
    issue_invoice(make_deal().place_paid().pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.commits
@pytest.mark.slow
def test_processes_that_issue_at_once_leave_no_gap_and_no_double() -> None:
    """Each order's invoice is asked for by two processes, two orders at a time."""
    supplier = make_supplier()
    orders = [make_deal(buyer=make_buyer(f"Buyer {at}"), supplier=supplier).place_paid() for at in range(8)]
    rivals = [(order.pk,) for order in orders]

    race([(racers.invoice, rivals), (racers.invoice, rivals), (racers.invoice, rivals[::-1])])

    given = sorted(Document.objects.values_list("number", flat=True))
    assert given == list(range(1, len(orders) + 1))
    assert Series.objects.get().last == len(orders)


def test_many_paid_orders_get_their_invoices_at_once_numbered_as_they_were_paid() -> None:
    orders = [make_deal().place_paid() for _turn in range(3)]
    first = issue_invoice(orders[1].pk)
    with CaptureQueriesContext(connection) as asked:
        invoices = issue_invoices([order.pk for order in orders])
    assert [invoice.order_id for invoice in invoices] == [order.pk for order in orders]
    assert [invoice.number for invoice in invoices] == [2, first.number, 3]
    assert len(asked) <= 11
    unpaid = make_deal().place()
    with pytest.raises(DomainError):
        issue_invoices([make_deal().place_paid().pk, unpaid.pk])
    assert Document.objects.count() == 3
