"""Refunds at the sandbox: its own books, and how each ends.

An amount that ends in .01 stays pending until the sandbox's message is delivered, in .02 is refused because the card is
closed, in .03 because the payment is too old; every other one is sent back at once. A currency without cents counts its
last two digits.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from caigou.adapters.sandbox_gateway.models import SandboxCharge, SandboxRefund
from caigou.jobs.calls import intend
from caigou.kernel.money import Money
from caigou.payments.ports import Refunded

#: Name of the call that delivers a webhook, in the table of calls.
DELIVER: Final = "sandbox.deliver_webhook"
#: What its message says that it is about.
REFUND_ENDED: Final = "refund.ended"
_ENDINGS: Final = {1: ("pending", ""), 2: ("refused", "closed"), 3: ("refused", "too_old")}


@transaction.atomic
def refund(reference: str, charge: str, amount: Money) -> Refunded:
    """Send ``amount`` of a charge back, once for its reference; raises ``OSError`` for a key used for another."""
    paid = SandboxCharge.objects.select_for_update().filter(reference=charge).first()
    if paid is None:
        raise OSError(f"the sandbox knows no charge {charge}")
    made = SandboxRefund.objects.filter(reference=reference).first()
    if made is None:
        made = _made(reference, paid, amount)
        intend(DELIVER, {"reference": reference, "type": REFUND_ENDED})
    if made.charge_id != paid.pk or made.amount != amount:
        raise OSError(f"the sandbox has another refund under {reference}")
    return _said(made)


def _made(reference: str, paid: SandboxCharge, amount: Money) -> SandboxRefund:
    back = paid.refunds.exclude(status="refused").aggregate(sum=Sum("amount_minor"))["sum"] or 0
    status, reason = _ENDINGS.get(amount.minor % 100, ("refunded", ""))
    if paid.status != "paid" or amount.currency != paid.currency or not 0 < amount.minor <= paid.amount_minor - back:
        status, reason = "refused", "other"
    return SandboxRefund.objects.create(
        reference=reference, charge=paid, amount_minor=amount.minor, status=status, reason=reason
    )


@transaction.atomic
def known_refund(reference: str, charge: str) -> Refunded:
    """Return what became of a refund; one that was pending is sent back by the time somebody asks."""
    made = SandboxRefund.objects.select_for_update(of=("self",)).select_related("charge").filter(reference=reference)
    found = made.first()
    if found is None:
        paid = SandboxCharge.objects.filter(reference=charge).first()
        return Refunded(reference, "", "absent", Money.zero(paid.currency if paid else "CNY"))
    if found.status == "pending":
        found.status = "refunded"
        found.save(update_fields=["status"])
    return _said(found)


def _said(made: SandboxRefund) -> Refunded:
    status: Any = made.status
    reason: Any = made.reason
    return Refunded(made.reference, made.provider_ref, status, made.amount, reason)
