"""Pay an order into its escrow, from the wallet, whole or not at all (A13, A14, F11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.outbox import publish
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import DomainError
from caigou.kernel.last import Last, ended_by
from caigou.kernel.money import Money
from caigou.ledger.services import HoldId, capture, held_amount
from caigou.orders.events import OrderPaid
from caigou.orders.models import Order, OrderStatus
from caigou.orders.services.lock import lock_order
from caigou.orders.services.steps import PURPOSE, escrow_account, move, record, require_buyer
from caigou.payments.models import PaymentRequest, RequestStatus
from caigou.payments.services.ask import NotAtOnce, ask_for_money, ready_to_pay, settle


class WrongAmount(DomainError):
    """The sum on the page, or the sum set aside, is not what is due."""

    code = "wrong_amount"


@dataclass(frozen=True, slots=True)
class Payment:
    """An order, and the posting that the transaction is to end with for it to be paid; None: nothing is left to do."""

    order: Order
    take: Last | None = None


def pay_order(order_id: int, *, expected_total: Money | None = None, by: Actor) -> Order:
    """Pay from the buyer's wallet; when it is short, ask for the money and let the order wait (A14).

    Safe to repeat: a paid order stays paid, a waiting one keeps its one request. ``expected_total`` is the sum
    that the button named. Raises ``WrongAmount`` when that isn't due, ``IllegalMove`` for a cancelled order,
    ``NotAllowed`` for anyone but the buyer.
    """
    lock = partial(lock_order, order_id)
    try:
        with ended_by() as end:
            payment = payment_at_once(lock, expected_total=expected_total, by=by)
            end(payment.take)
        return payment.order
    except NotAtOnce:
        return pay_or_wait(lock, expected_total=expected_total, by=by)


def payment_at_once(lock: Callable[[], Order], *, expected_total: Money | None, by: Actor) -> Payment:
    """Mark an order as paid and return the posting that makes it true: whoever pays from the same wallet waits for it.

    Inside the caller's transaction; ``lock`` finds and locks the order. Raises ``NotAtOnce``, here or in the posting,
    when ``pay_or_wait`` must do it after a rollback, ``Order.DoesNotExist``, and what ``pay_order`` raises.
    """
    order = lock()
    if not _is_due(order, expected_total, by=by):
        return Payment(order)
    take = ready_to_pay(
        order.buyer,
        order.total,
        towards="escrow",
        purpose=PURPOSE,
        source=order.public_id,
        paid_as="order.paid",
        by=by,
    )
    mark_paid(order, by=by)
    return Payment(order, take)


@transaction.atomic
def pay_or_wait(lock: Callable[[], Order], *, expected_total: Money | None, by: Actor) -> Order:
    """Pay by way of a request for money, which waits while the wallet is short. Raises what ``pay_order`` raises."""
    order = lock()
    if not _is_due(order, expected_total, by=by):
        return order
    request = ask_for_money(
        order.buyer, order.total, towards=escrow_account(order), purpose=PURPOSE, source=order.public_id, by=by
    )
    if request.status == RequestStatus.HELD:
        return _capture(order, request, by=by)
    record_waiting(order, by=by)
    return order


def _is_due(order: Order, expected_total: Money | None, *, by: Actor) -> bool:
    """Say whether money is due; raises what ``pay_order`` raises."""
    require_buyer(order, by)
    if order.paid_at is not None and order.status != OrderStatus.CANCELLED:
        return False
    if order.status != OrderStatus.PLACED:
        raise DomainError(_("This order was cancelled; nothing is due and nothing was taken."), code="illegal_move")
    if expected_total is not None and expected_total != order.total:
        raise WrongAmount(_("The sum has changed since you opened the page. Nothing was taken; look again."))
    return True


def record_waiting(order: Order, *, by: Actor) -> None:
    """Say once on the timeline that the order waits for money."""
    if not order.timeline.filter(what="waiting_for_money").exists():
        record(order, "waiting_for_money", by=by)


@transaction.atomic
def capture_held(order_public_id: str) -> Order | None:
    """Take the money that was set aside for a waiting order into its escrow; safe to repeat.

    Does nothing for an order that is paid, or cancelled: cancelling released the hold.
    """
    found = Order.objects.filter(public_id=order_public_id).values_list("pk", flat=True).first()
    if found is None:
        return None
    order = lock_order(found)
    if order.status != OrderStatus.PLACED:
        return order
    request = PaymentRequest.objects.get(purpose=PURPOSE, source=order.public_id)
    return _capture(order, request, by=SYSTEM) if request.status == RequestStatus.HELD else order


def _capture(order: Order, request: PaymentRequest, *, by: Actor) -> Order:
    """Wallet → escrow, as the hold was placed; the status moves in the same transaction."""
    hold = HoldId(request.hold_id or 0)
    held = held_amount(hold)
    if held != order.total:
        raise WrongAmount(f"{order} is waiting for {order.total}; {held} is held")
    mark_paid(order, by=by)
    settle(request.pk)
    capture(hold, purpose="order.paid", source=order.public_id, by=by)
    return order


def mark_paid(order: Order, *, by: Actor) -> None:
    """Move a locked order to paid and tell it; the caller posts its total into the escrow in the same transaction."""
    order.paid_at = now()
    move(order, OrderStatus.PAID, by=by, fields=("paid_at",))
    publish(OrderPaid(order_id=order.pk))
