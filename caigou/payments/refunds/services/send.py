"""A refund's way to the gateway: sent once, asked about until it is known, settled by whoever brings the answer.

``unknown`` is written down before the instruction leaves: whoever finds it there asks, and never sends again. Only
when the gateway itself has never heard of the refund, a minute after it left, does the same instruction leave once
more, under the same key, under which the gateway takes it once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from caigou.jobs.calls import intend_now
from caigou.jobs.changes import changed
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.states import check_move
from caigou.ledger.services import HoldId, Leg, capture, post
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.ports import Gateway, Refunded
from caigou.payments.refunds.models import REFUND_MOVES, Fallback, Refund, RefundStatus, Refusal
from caigou.payments.refunds.services.give_back import give_back
from caigou.payments.refunds.services.unlet import look_again
from caigou.payments.services.ask import lock_waiting, meet_waiting
from caigou.payments.services.blocked import refuse_blocked
from caigou.payments.services.credit import apart_of, clearing_of
from caigou.payments.services.recharge import REFUND, StillPending, gateways
from caigou.payments.services.wallet import wallet_account

#: What was sent may be on its way so long; before that, "never heard of it" means nothing.
ON_ITS_WAY = timedelta(seconds=60)
#: The gateway has paid: what froze the wallet since doesn't undo that.
_REASON = "paid_by_gateway"
_ASKABLE = (RefundStatus.AGREED, RefundStatus.UNKNOWN, RefundStatus.DONE)


@transaction.atomic
def ask_about(refund: Refund) -> None:
    """Intend to ask the gateway now; for a person who doesn't want to wait for the next try."""
    if refund.status in _ASKABLE:
        intend_now(REFUND, {"reference": refund.public_id})


def drive(payload: dict[str, Any], key: str) -> None:
    """Send a refund that was agreed to, or ask about one that was sent; outside any transaction.

    Raises ``StillPending`` while the gateway can't say, ``OSError`` when it doesn't answer, ``AccountBlocked`` when it
    would leave a wallet that was blocked since: the call is repeated.
    """
    refund = Refund.objects.select_related("recharge").filter(public_id=payload["reference"]).first()
    if refund is None or refund.status not in _ASKABLE:
        return
    gateway = gateways()[refund.recharge.gateway]
    answer = _sent(gateway, refund) if _leaves(refund) else _asked(gateway, refund)
    if refund.status == RefundStatus.DONE and answer.status != "refused":
        return
    if answer.status not in {"refunded", "refused"}:
        raise StillPending(f"{gateway.name} says {answer.status} for {refund.public_id}")
    record_refund(refund.pk, answer)


def _sent(gateway: Gateway, refund: Refund) -> Refunded:
    return gateway.refund(refund.public_id, refund.recharge.public_id, refund.amount)


def _asked(gateway: Gateway, refund: Refund) -> Refunded:
    answer = gateway.ask_refund(refund.public_id, refund.recharge.public_id)
    if answer.status == "absent" and _leaves_again(refund):
        return _sent(gateway, refund)
    return answer


@transaction.atomic
def _leaves(refund: Refund) -> bool:
    """Write down that the instruction leaves now; True for the one caller that sends it."""
    agreed = Refund.objects.filter(pk=refund.pk, status=RefundStatus.AGREED)
    check_move(REFUND_MOVES, RefundStatus.AGREED, RefundStatus.UNKNOWN)
    return _now_leaves(agreed, refund)


@transaction.atomic
def _leaves_again(refund: Refund) -> bool:
    """True for the one caller that sends again what the gateway has never heard of, a minute after it left."""
    lost = Refund.objects.filter(pk=refund.pk, status=RefundStatus.UNKNOWN, sent_at__lt=now() - ON_ITS_WAY)
    return _now_leaves(lost, refund)


def _now_leaves(ready: QuerySet[Refund], refund: Refund) -> bool:
    leaves = bool(ready.update(status=RefundStatus.UNKNOWN, sent_at=now()))
    if leaves:
        refuse_blocked([refund.hold_id])
    return leaves


@transaction.atomic
def record_refund(refund_id: int, answer: Refunded) -> Refund:
    """Write down the gateway's answer: capture what was set aside, or do what was chosen for a refusal.

    Safe to repeat. Raises ``BadInput`` when the gateway speaks of another amount.
    """
    of = Refund.objects.values_list("recharge", flat=True).get(pk=refund_id)
    Recharge.objects.select_for_update(of=("self",)).get(pk=of)  # the recharge before its refunds, always
    locked = Refund.objects.select_for_update(of=("self",)).select_related("company", "recharge")
    refund = locked.get(pk=refund_id)
    if answer.status == "refused":
        return _refused(refund, answer)
    if refund.status != RefundStatus.UNKNOWN:
        return refund
    if answer.amount != refund.amount:
        raise BadInput(
            f"{refund.recharge.gateway} sent {answer.amount} back for {refund.public_id}, not {refund.amount}"
        )
    check_move(REFUND_MOVES, refund.status, RefundStatus.DONE)
    refund.status, refund.provider_ref, refund.ended_at = RefundStatus.DONE, answer.provider_ref, now()
    refund.save(update_fields=["status", "provider_ref", "ended_at"])
    capture(HoldId(refund.hold_id), purpose="recharge.refunded", source=refund.public_id, by=SYSTEM, reason=_REASON)
    changed(("company", refund.company_id))
    return refund


def _refused(refund: Refund, answer: Refunded) -> Refund:
    if refund.status == RefundStatus.DONE:
        return _came_back(refund, answer)
    if refund.status != RefundStatus.UNKNOWN:
        return refund
    check_move(REFUND_MOVES, refund.status, RefundStatus.REFUSED)
    refund.status, refund.provider_ref = RefundStatus.REFUSED, answer.provider_ref
    refund.refused_because = answer.reason or Refusal.OTHER
    refund.save(update_fields=["status", "provider_ref", "refused_because"])
    changed(("company", refund.company_id))
    if refund.recharge.status == RechargeStatus.RETURNED:
        look_again(refund.recharge)
        return give_back(refund, RefundStatus.KEPT, by=SYSTEM)
    return give_back(refund, RefundStatus.KEPT, by=SYSTEM) if refund.fallback == Fallback.WALLET else refund


def _came_back(refund: Refund, answer: Refunded) -> Refund:
    """The gateway takes its word back: the money is with it again, and the buyer's as before."""
    check_move(REFUND_MOVES, refund.status, RefundStatus.KEPT)
    refund.status, refund.refused_because, refund.ended_at = RefundStatus.KEPT, answer.reason or Refusal.OTHER, now()
    refund.save(update_fields=["status", "refused_because", "ended_at"])
    lock_waiting(refund.company, refund.currency)
    owner = wallet_account(refund.company, refund.currency)
    if refund.recharge.status == RechargeStatus.RETURNED:
        look_again(refund.recharge)
        owner = apart_of(refund.recharge)
    legs = [Leg.transfer(clearing_of(refund.recharge), owner, refund.amount, "refund_came_back")]
    post("recharge.refund_came_back", refund.public_id, legs, by=SYSTEM)
    meet_waiting(refund.company, refund.currency)
    changed(("company", refund.company_id))
    return refund
