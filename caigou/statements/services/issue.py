"""Issue invoices and credit notes, numbered without a gap (docs/decisions/0042).

The number is taken from a locked row of its series and year in the transaction that stores the document: two that are
written at once wait for each other, and a transaction that fails gives its number back.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
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
    order = Order.objects.select_related("buyer", "seller", "product", "offer").get(pk=order_id)
    if order.paid_at is None:
        raise DomainError(_("An invoice is written when the order is paid."))
    return _issue(DocumentKind.INVOICE, order, order.total, cause=f"order.paid:{order.public_id}")


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
    order = Order.objects.select_related("buyer", "seller", "product", "offer").get(pk=locked.order_id)
    return _issue(DocumentKind.CREDIT_NOTE, order, amount, cause=cause, corrects=locked, reason=reason)


@transaction.atomic
def credit_cancelled(order_id: int) -> Document | None:
    """Write the credit note of a cancelled order that had been paid; None for one that had not."""
    order = Order.objects.get(pk=order_id)
    if order.status != OrderStatus.CANCELLED or order.paid_at is None:
        return None
    invoice = issue_invoice(order_id)
    return issue_credit_note(invoice, order.total, cause=f"order.cancelled:{order.public_id}", reason="order_cancelled")


def _issue(
    kind: DocumentKind, order: Order, total: Money, *, cause: str, corrects: Document | None = None, reason: str = ""
) -> Document:
    found = Document.objects.filter(kind=kind, cause=cause).first()
    if found is not None:
        return found
    moment = now()
    series = lock_series(SERIES[kind], moment.year)
    # Somebody may have written this very document while we waited for the lock.
    found = Document.objects.filter(kind=kind, cause=cause).first()
    if found is not None:
        return found
    series.last += 1
    series.save(update_fields=["last"])
    return Document.objects.create(
        kind=kind,
        series=series.code,
        year=series.year,
        number=series.last,
        issued_at=moment,
        buyer=order.buyer,
        seller=order.seller,
        order=order,
        corrects=corrects,
        currency=total.currency,
        total_minor=total.minor,
        cause=cause,
        body=_body(order, corrects, reason),
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
