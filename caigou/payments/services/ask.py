"""Ask for money, set it aside, give it back: a request is met whole or waits (A14)."""

from __future__ import annotations

from dataclasses import replace

from django.db import DatabaseError, connection, transaction

from caigou.accounts.models import Company
from caigou.jobs.outbox import publish
from caigou.jobs.worker import each_due
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id
from caigou.kernel.last import Last
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import (
    OPENING,
    AccountBlocked,
    AccountId,
    HoldId,
    InsufficientFunds,
    LedgerBusy,
    Leg,
    hold,
    posting,
    refusal_of,
    refusals_named,
    release,
)
from caigou.payments.events import MoneyHeld
from caigou.payments.models import REQUEST_MOVES, PaymentRequest, RequestStatus
from caigou.payments.services.wallet import available, wallet_account

#: Opens the wallet and what is paid into, and writes down that the one pays the other, unless that was asked before.
_PAID = f"""
WITH opened AS MATERIALIZED (SELECT {OPENING} AS wallet, {OPENING} AS target),
told AS (
    INSERT INTO payments_paymentrequest
           (public_id, payer_id, currency, amount_minor, target_account, purpose, source, asked_at, status)
    SELECT %s, %s::bigint, %s, %s::bigint, target, %s, %s, %s::timestamptz, 'settled' FROM opened
    ON CONFLICT (purpose, source) DO NOTHING RETURNING id
)
SELECT wallet, target, EXISTS (SELECT FROM told) FROM opened
"""  # noqa: S608  the ledger's own words


class NotAtOnce(Exception):
    """The wallet is short, or the money was asked for before: what was prepared must be undone; ask for the money."""


def ready_to_pay(
    payer: Company, amount: Money, *, towards: str, purpose: str, source: str, paid_as: str, by: Actor
) -> Last:
    """Write down that what was never asked for before is paid from the wallet; return the posting that pays it.

    ``towards`` is the kind of account that ``source`` owns and the money goes to, ``paid_as`` the posting's purpose.
    The caller's transaction is to end with the posting: the wallet is locked from there on. It and this raise
    ``NotAtOnce``, which must end the caller's transaction; ``ask_for_money`` then waits for what is missing.
    """
    accounts = ("wallet", payer.public_id, amount.currency, towards, source, amount.currency)
    told = (new_public_id(), payer.pk, amount.currency, amount.minor, purpose, source, now())
    with refusals_named(ends=True), connection.cursor() as cursor:
        cursor.execute(_PAID, [*accounts, *told])
        wallet, target, new = cursor.fetchone()
    if not new:
        raise NotAtOnce
    pay = posting(paid_as, source, [Leg.transfer(wallet, target, amount, paid_as)], by=by)
    return replace(pay, named=_why_not_at_once)


def _why_not_at_once(error: DatabaseError) -> Exception | None:
    refusal = refusal_of(error)
    return NotAtOnce() if isinstance(refusal, InsufficientFunds) else refusal


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
    # Never the company's row: everybody who writes about a company needs to share it.
    request = PaymentRequest.objects.select_for_update(of=("self",)).select_related("payer").get(pk=request_id)
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


def lock_waiting(payer: Company, currency: str) -> None:
    """Lock the payer's waiting requests, for a transaction that will credit the wallet and then meet them.

    Requests come before ledger accounts, always: who credits first and looks for requests afterwards meets somebody
    who holds a request and wants the wallet.
    """
    waiting = PaymentRequest.objects.filter(payer=payer, currency=currency, status=RequestStatus.WAITING)
    list(waiting.select_for_update(of=("self",)).order_by("id").values_list("pk"))


def meet_waiting(payer: Company, currency: str) -> int:
    """Try the payer's waiting requests, oldest first; return how many were met.

    A request that the wallet can't meet doesn't stop a smaller one behind it.
    """
    waiting = PaymentRequest.objects.filter(payer=payer, currency=currency, status=RequestStatus.WAITING)
    before = list(waiting.order_by("id").values_list("pk", flat=True))
    return sum(_meet_if_free(pk) for pk in before)


def _meet_if_free(request_id: int) -> bool:
    """Meet a request where no person waits for the answer; one blocked wallet must not stop what others do.

    A frozen wallet still takes money in (the freeze stops debits only), and a busy one is tried again by the clock.
    """
    try:
        return meet(request_id).status == RequestStatus.HELD
    except (AccountBlocked, LedgerBusy):
        return False


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
    A round looks at ``limit`` requests, drawn by lot: the oldest may be those whose payers never pay, and must not
    hide the others for ever.
    """
    waiting = PaymentRequest.objects.filter(status=RequestStatus.WAITING).select_related("payer").order_by("?")[:limit]
    able = sorted(request.pk for request in waiting if available(request.payer, request.currency) >= request.amount)
    return each_due(able, _meet_if_free)
