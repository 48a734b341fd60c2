"""Whose move an order is, and which rights lapse when: the sentences for each side and state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caigou.kernel.money import Money
from caigou.orders.models import Order, OrderStatus
from caigou.orders.settings import CONFIRM_DAYS
from caigou.ui.shapes import Right
from caigou.ui.states import Side, Tone
from caigou.ui.words import day_of, moment_of, name_of, sum_of


@dataclass(frozen=True, slots=True)
class Decision:
    """The card at the head of an order: the question, the facts, and what happens without an answer."""

    tone: Tone
    question: str
    facts: str = ""
    lapse: str = ""
    until: datetime | None = None


def decision(order: Order, *, side: Side, waits: bool, short: Money | None) -> Decision:
    """Return whose move it is. ``waits``: asked to pay, wallet short by ``short`` (None: not the reader's to know)."""
    match order.status:
        case OrderStatus.PLACED:
            return _placed(order, side, waits=waits, short=short)
        case OrderStatus.PAID:
            return _paid(order, side)
        case OrderStatus.SHIPPED:
            return _shipped(order, side)
        case OrderStatus.COMPLETED:
            return _completed(order, side)
    return _cancelled(order, side)


def _placed(order: Order, side: Side, *, waits: bool, short: Money | None) -> Decision:
    if side != "buyer":
        question = _("%(buyer)s has to pay %(sum)s into escrow") % {
            "buyer": name_of(order.buyer),
            "sum": sum_of(order.total),
        }
        return Decision("held", question, _("Don't start before the money is in escrow."))
    if waits and short:
        question = _("Your wallet is %(sum)s short. Nothing was taken.") % {"sum": sum_of(short)}
        return Decision("due", question, _("As soon as the money is there, the order is paid by itself."))
    if waits:
        return Decision("held", _("The money is there. The order is being paid."))
    facts = _("The supplier starts when the money is in escrow, and gets it only after you confirm receipt.")
    return Decision("due", _("Pay %(sum)s into escrow?") % {"sum": sum_of(order.total)}, facts)


def _paid(order: Order, side: Side) -> Decision:
    words = {"seller": name_of(order.seller), "day": day_of(order.deliver_by), "sum": sum_of(order.total)}
    if side == "supplier":
        facts = _("%(sum)s is in escrow. Agreed: delivered by %(day)s.") % words
        return Decision("due", _("Ship the goods and give the tracking number"), facts)
    facts = _("Agreed: delivered by %(day)s. Until the goods ship you can cancel and get everything back.") % words
    return Decision("held", _("%(seller)s prepares the goods") % words, facts)


def confirm_days(order: Order) -> int:
    """Return after how many days the clock confirms: as it was when this order shipped, else the setting of today."""
    if order.shipped_at is not None and order.confirm_by is not None:
        return (order.confirm_by - order.shipped_at).days
    return CONFIRM_DAYS.value


def _shipped(order: Order, side: Side) -> Decision:
    days = confirm_days(order)
    words = {"sum": sum_of(order.total), "seller": name_of(order.seller), "buyer": name_of(order.buyer), "days": days}
    facts = f"{order.carrier} {order.tracking_number}"
    if side == "buyer":
        lapse = _("Without your answer %(sum)s is released to %(seller)s then, %(days)s days after shipping.") % words
        return Decision("due", _("Have the goods arrived as agreed?"), facts, lapse, order.confirm_by)
    lapse = _("Without an answer %(sum)s is released to the supplier then, %(days)s days after shipping.") % words
    return Decision("held", _("%(buyer)s has to confirm receipt") % words, facts, lapse, order.confirm_by)


def _completed(order: Order, side: Side) -> Decision:
    words = {"sum": sum_of(order.total), "seller": name_of(order.seller)}
    if side == "supplier":
        return Decision("ok", _("Completed: %(sum)s is in your earnings") % words)
    return Decision("ok", _("Completed: %(sum)s was released to %(seller)s") % words)


def _cancelled(order: Order, side: Side) -> Decision:
    if order.paid_at is None:
        money = _("No money was taken.")
    elif side == "buyer":
        money = _("%(sum)s is back in your wallet.") % {"sum": sum_of(order.total)}
    else:
        money = _("%(sum)s went back to the buyer.") % {"sum": sum_of(order.total)}
    reason = _("Reason: %(reason)s") % {"reason": order.cancel_reason} if order.cancel_reason else ""
    return Decision("none", _("The order is cancelled. %(money)s") % {"money": money}, reason)


def rights(order: Order, *, side: Side) -> list[Right]:
    """Return the rights clock of an order: what each side may still do, until when, by which clause."""
    return [_right_to_confirm(order, side), _right_to_cancel(order)]


def _right_to_cancel(order: Order) -> Right:
    title = _("Cancel with a full refund")
    if order.status == OrderStatus.CANCELLED:
        return Right(title, None, _("Used on %(when)s.") % {"when": _moment(order.cancelled_at)}, "stopped")
    if order.shipped_at is not None:
        return Right(title, None, _("The goods shipped on %(when)s.") % {"when": _moment(order.shipped_at)}, "lapsed")
    clause = _("Either side, as long as the goods have not shipped.")
    return Right(title, None, clause, "running", _("until shipping"))


def _right_to_confirm(order: Order, side: Side) -> Right:
    title = _("Confirm receipt")
    days = confirm_days(order)
    words = {"days": days}
    after = ngettext("%(days)s day after shipping", "%(days)s days after shipping", days) % words
    match order.status:
        case OrderStatus.COMPLETED:
            clause = _("Confirmed on %(when)s; the money is released.") % {"when": _moment(order.completed_at)}
            return Right(title, None, clause, "stopped")
        case OrderStatus.CANCELLED:
            return Right(title, None, _("The order was cancelled before anything shipped."), "lapsed")
        case OrderStatus.SHIPPED:
            clause = _("Buyer; %(after)s. Then the money is released by itself.") % {"after": after}
            return Right(title, order.confirm_by, clause, "due" if side == "buyer" else "running")
    clause = _("Buyer; starts when the goods ship. Without an answer the money is then released by itself.")
    return Right(title, None, clause, "running", after)


def _moment(moment: datetime | None) -> str:
    return moment_of(moment) if moment else ""
