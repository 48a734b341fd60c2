"""Ask for money, set it aside, give it back: a request is met whole or waits (A14)."""

from __future__ import annotations

from django.db import transaction

from caigou.accounts.models import Company
from caigou.jobs.outbox import publish
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, HoldId, InsufficientFunds, hold, release
from caigou.payments.events import MoneyHeld
from caigou.payments.models import REQUEST_MOVES, PaymentRequest, RequestStatus
from caigou.payments.services.wallet import available, wallet_account


@transaction.atomic
def ask_for_money(
    payer: Company, amount: Money, *, towards: AccountId, purpose: str, source: str, by: Actor
) -> PaymentRequest:
    """Ask ``payer`` for ``amount`` towards a ledger account; set it aside at once if the wallet suffices.

    (purpose, source) names the thing for ever: asking twice returns the same request. When the wallet is
    short nothing is posted, and the request is met as soon as money arrives.
    """
    request, _new = PaymentRequest.objects.get_or_create(
        purpose=purpose,
        source=source,
        defaults={
            "payer": payer,
            "currency": amount.currency,
            "amount_minor": amount.minor,
            "target_account": towards,
        },
    )
    return meet(request.pk, by=by)


@transaction.atomic
def meet(request_id: int, *, by: Actor = SYSTEM) -> PaymentRequest:
    """Set the asked sum aside if the request waits and the wallet suffices; safe to repeat.

    Publishes ``MoneyHeld`` exactly once for a request.
    """
    request = PaymentRequest.objects.select_for_update().select_related("payer").get(pk=request_id)
    if request.status != RequestStatus.WAITING:
        return request
    try:
        held = hold(
            wallet_account(request.payer, request.currency),
            AccountId(request.target_account),
            request.amount,
            purpose=f"{request.purpose}.hold",
            source=request.public_id,
            by=by,
        )
    except InsufficientFunds:
        return request
    check_move(REQUEST_MOVES, request.status, RequestStatus.HELD)
    request.status, request.hold_id = RequestStatus.HELD, held
    request.save(update_fields=["status", "hold_id"])
    publish(MoneyHeld(request_id=request.pk, purpose=request.purpose, source=request.source))
    return request


def meet_waiting(payer: Company, currency: str) -> int:
    """Try the payer's waiting requests, oldest first; return how many were met.

    A request that the wallet can't meet doesn't stop a smaller one behind it.
    """
    waiting = PaymentRequest.objects.filter(payer=payer, currency=currency, status=RequestStatus.WAITING)
    before = list(waiting.order_by("id").values_list("pk", flat=True))
    return sum(meet(pk).status == RequestStatus.HELD for pk in before)


def shortfall(request: PaymentRequest) -> Money:
    """Return what the wallet lacks for a waiting request; zero otherwise."""
    zero = Money.zero(request.currency)
    if request.status != RequestStatus.WAITING:
        return zero
    return max(request.amount - available(request.payer, request.currency), zero)


@transaction.atomic
def settle(request_id: int) -> None:
    """Mark a request as settled: the asker has captured its hold. Safe to repeat."""
    request = PaymentRequest.objects.select_for_update().get(pk=request_id)
    if request.status == RequestStatus.SETTLED:
        return
    check_move(REQUEST_MOVES, request.status, RequestStatus.SETTLED)
    request.status = RequestStatus.SETTLED
    request.save(update_fields=["status"])


@transaction.atomic
def withdraw(purpose: str, source: str, *, by: Actor) -> None:
    """Take a request back; what was set aside is released to the payer's wallet. Safe to repeat.

    Raises ``IllegalMove`` when it is settled: then the money is the asker's to give back.
    """
    request = PaymentRequest.objects.select_for_update().filter(purpose=purpose, source=source).first()
    if request is None or request.status == RequestStatus.CANCELLED:
        return
    check_move(REQUEST_MOVES, request.status, RequestStatus.CANCELLED)
    if request.hold_id is not None:
        release(HoldId(request.hold_id), purpose=f"{purpose}.withdrawn", source=request.public_id, by=by)
    request.status = RequestStatus.CANCELLED
    request.save(update_fields=["status"])


def meet_all_waiting(limit: int = 200) -> int:
    """Clock: meet requests whose payer can pay by now, whatever brought the money; return how many.

    Money and request may cross, each committed without seeing the other; this finds what that leaves behind.
    """
    waiting = PaymentRequest.objects.filter(status=RequestStatus.WAITING).select_related("payer").order_by("id")[:limit]
    able = [request.pk for request in waiting if available(request.payer, request.currency) >= request.amount]
    return sum(meet(pk).status == RequestStatus.HELD for pk in able)
