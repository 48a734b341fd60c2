"""Issue invoices and credit notes, numbered without a gap (docs/decisions/0042).

The number is taken from a locked row of its series and year in the transaction that stores the document: two that are
written at once wait for each other, and a transaction that fails gives its number back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError
from caigou.kernel.money import Money
from caigou.orders.models import Order, OrderStatus
from caigou.statements.models import SERIES, Document, DocumentKind, Series


@transaction.atomic
def issue_invoice(order_id: int) -> Document:
    """Write the invoice of a paid order. Safe to repeat: an order has one.

    Raises ``DomainError`` for an order that was never paid.
    """
    [invoice] = issue_invoices([order_id])
    return invoice


@transaction.atomic
def issue_invoices(order_ids: Sequence[int]) -> list[Document]:
    """Write the invoices of paid orders, numbered in the order given; return them so. Safe to repeat.

    Raises ``DomainError`` when one of them was never paid: then none is written.
    """
    orders = Order.objects.select_related("buyer", "seller", "product").in_bulk(order_ids)
    if not all(order.paid_at for order in orders.values()):
        raise DomainError(_("An invoice is written when the order is paid."))
    wanted = [_Wanted(orders[pk], orders[pk].total, _paid(orders[pk])) for pk in order_ids]
    return _issue(DocumentKind.INVOICE, wanted)


def _paid(order: Order) -> str:
    return f"order.paid:{order.public_id}"


@transaction.atomic
def issue_credit_note(invoice: Document, amount: Money, *, cause: str, reason: str = "") -> Document:
    """Take back ``amount`` of an invoice. Safe to repeat for one ``cause``.

    ``reason`` is a code that the pages put into words. Raises ``BadInput`` when the invoice's credit notes together
    would exceed it.
    """
    # All credit notes of an invoice wait for each other here, so that their sum is exact.
    locked = Document.objects.select_for_update(of=("self",)).get(pk=invoice.pk, kind=DocumentKind.INVOICE)
    given = {note.cause: note for note in locked.corrected_by.all()}
    if cause in given:
        return given[cause]
    left = locked.total - sum((note.total for note in given.values()), Money.zero(locked.currency))
    if not 0 < amount.minor <= left.minor:
        raise BadInput(_("At most %(left)s of this invoice can still be credited.") % {"left": left})
    order = Order.objects.select_related("buyer", "seller", "product").get(pk=locked.order_id)
    [note] = _issue(DocumentKind.CREDIT_NOTE, [_Wanted(order, amount, cause, locked, reason)])
    return note


@transaction.atomic
def credit_cancelled(order_id: int) -> Document | None:
    """Write the credit note of a cancelled order that had been paid; None for one that had not."""
    order = Order.objects.get(pk=order_id)
    if order.status != OrderStatus.CANCELLED or order.paid_at is None:
        return None
    invoice = issue_invoice(order_id)
    return issue_credit_note(invoice, order.total, cause=f"order.cancelled:{order.public_id}", reason="order_cancelled")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A document to be written for one fact, ``cause``."""

    order: Order
    total: Money
    cause: str
    corrects: Document | None = None
    reason: str = ""


def _issue(kind: DocumentKind, wanted: Sequence[_Wanted]) -> list[Document]:
    """Write what is not written yet; return the documents in the order given."""
    found = _written(kind, wanted)
    if len(found) < len({one.cause for one in wanted}):
        moment = now()
        series = lock_series(SERIES[kind], moment.year)
        # Somebody may have written these very documents while we waited for the lock.
        found = _written(kind, wanted)
        new: dict[str, Document] = {}
        for one in wanted:
            if one.cause not in found and one.cause not in new:
                series.last += 1
                new[one.cause] = _document(kind, one, series, moment)
        _count_up(series, len(new))
        found |= {document.cause: document for document in Document.objects.bulk_create(new.values())}
    return [found[one.cause] for one in wanted]


def _count_up(series: Series, times: int) -> None:
    """Count one by one: a trigger lets no number be left out."""
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE statements_series SET last = last + 1 WHERE id = %s", [(series.pk,)] * times)


def _written(kind: DocumentKind, wanted: Sequence[_Wanted]) -> dict[str, Document]:
    found = Document.objects.filter(kind=kind, cause__in=[one.cause for one in wanted])
    return {document.cause: document for document in found}


def _document(kind: DocumentKind, one: _Wanted, series: Series, moment: datetime) -> Document:
    return Document(
        kind=kind,
        series=series.code,
        year=series.year,
        number=series.last,
        issued_at=moment,
        buyer=one.order.buyer,
        seller=one.order.seller,
        order=one.order,
        corrects=one.corrects,
        currency=one.total.currency,
        total_minor=one.total.minor,
        cause=one.cause,
        body=_body(one.order, one.corrects, one.reason),
    )


def lock_series(code: str, year: int) -> Series:
    """Return the counter of a series and year, locked until the transaction ends: its numbers have no gap."""
    Series.objects.get_or_create(code=code, year=year)
    return Series.objects.select_for_update().get(code=code, year=year)


def _body(order: Order, corrects: Document | None, reason: str) -> dict[str, Any]:
    """Return what the document says, copied: later changes of names or goods don't reach it."""
    return {
        "buyer": _party(order.buyer),
        "seller": _party(order.seller),
        "ship_to": order.address,
        "order": order.number,
        "product": {"en": order.product.title_en, "zh": order.product.title_zh, "unit": order.product.unit},
        "quantity": order.quantity,
        "unit_price": order.unit_price.to_json(),
        "corrects": corrects.full_number if corrects else "",
        "reason": reason,
    }


def _party(company: Company) -> dict[str, str]:
    return {"en": company.name_en, "zh": company.name_zh, "country": company.country, "id": company.public_id}
