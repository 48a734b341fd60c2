"""The sandbox behind the port, and the delivery of its webhooks."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from caigou.adapters.sandbox_gateway.models import SandboxCharge
from caigou.adapters.sandbox_gateway.refunds import DELIVER, REFUND_ENDED, known_refund, refund
from caigou.adapters.sandbox_gateway.reports import report_of
from caigou.adapters.sandbox_gateway.signing import sign, verify
from caigou.jobs.calls import intend
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.payments.ports import BadSignature, Charge, Incoming, PaidFrom, Refunded, Settled
from caigou.payments.settlements.plain import read_plain

_REFERENCE = re.compile(r"[0-9A-Za-z_-]{1,80}")


class SandboxGateway:
    """Implements ``payments.ports.Gateway``."""

    name = "sandbox"
    is_sandbox = True

    def start(self, reference: str, amount: Money, return_url: str) -> str:
        """Return the sandbox's own page for this charge."""
        SandboxCharge.objects.get_or_create(
            reference=reference,
            defaults={"currency": amount.currency, "amount_minor": amount.minor, "return_url": return_url},
        )
        return reverse("sandbox:pay", args=[reference])

    def pay(self, reference: str) -> None:
        """Let the payer pay, and send no message about it: for a demonstration of what is long over."""
        SandboxCharge.objects.filter(reference=reference, status="pending").update(status="paid", ended_at=now())

    def ask(self, reference: str) -> Charge:
        """Return what became of the charge."""
        charge = SandboxCharge.objects.filter(reference=reference).first()
        if charge is None:
            raise OSError(f"the sandbox knows no charge {reference}")
        status: Any = charge.status
        return Charge(reference, charge.provider_ref, status, charge.amount, card_of(charge.holder))

    def refund(self, reference: str, charge: str, amount: Money) -> Refunded:
        """Send money back, by the rules of ``refunds.py``."""
        return refund(reference, charge, amount)

    def ask_refund(self, reference: str, charge: str) -> Refunded:
        """Return what became of a refund."""
        return known_refund(reference, charge)

    def report(self, day: date) -> bytes | None:
        """Return the sandbox's report of a day that is over."""
        return report_of(day)

    def read_report(self, data: bytes) -> Sequence[Settled]:
        """Return the rows of a report."""
        return read_plain(data)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Incoming:
        """Return what a webhook is about; raises ``BadSignature``."""
        message_id = verify(settings.CAIGOU_SANDBOX_SECRET, headers, body)
        try:
            event = json.loads(body)
            reference, kind = event["reference"], event.get("type", "")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadSignature("the body is not an event") from error
        if not isinstance(reference, str) or not _REFERENCE.fullmatch(reference):
            raise BadSignature("the event names no reference")
        return Incoming(message_id, reference, "refund" if kind == REFUND_ENDED else "charge")


def card_of(holder: str) -> PaidFrom | None:
    """Return the made-up card of this name, the same each time; None where no name was told."""
    if not holder:
        return None
    token = hashlib.sha256(holder.casefold().encode()).hexdigest()
    return PaidFrom("card", holder, "Sandbox Card", f"{int(token[:8], 16) % 10_000:04}", f"sbx{token[:16]}")


@transaction.atomic
def decide(reference: str, status: str, holder: str = "") -> SandboxCharge:
    """The payer pays with a card of ``holder``, or declines; the first decision stands."""
    charge = SandboxCharge.objects.select_for_update().get(reference=reference)
    if charge.status == "pending":
        charge.status, charge.ended_at, charge.holder = status, now(), " ".join(holder.split())[:120]
        charge.save(update_fields=["status", "ended_at", "holder"])
        intend(DELIVER, {"reference": reference})
    return charge


def deliver_webhook(payload: dict[str, Any], key: str) -> None:
    """Tell the merchant, as a gateway does: over HTTP, signed, again until it says 2xx."""
    kind = payload.get("type", "charge.ended")
    body = json.dumps({"reference": payload["reference"], "type": kind}).encode()
    stamp = int(time.time())
    headers = {
        "content-type": "application/json",
        "webhook-id": f"evt_{key}",
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(settings.CAIGOU_SANDBOX_SECRET, f"evt_{key}", stamp, body),
    }
    address = settings.CAIGOU_BASE_URL + reverse("sandbox:webhook")
    httpx.post(address, content=body, headers=headers, timeout=10).raise_for_status()
