"""What the orders pages show, as the values that the components take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from caigou.accounts.countries import country_name
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.orders.models import Order, OrderEvent, OrderStatus
from caigou.orders.selectors import EscrowFigures, escrow_of, payment_asked
from caigou.payments.bank.models import CorporateTransfer, TransferStatus
from caigou.payments.bank.services.accounts import account_for
from caigou.payments.models import PaymentRequest
from caigou.payments.services.ask import shortfall
from caigou.statements.models import OrderEstimate
from caigou.statements.paper import estimate_words
from caigou.ui.shapes import Escrow, Moment, Right
from caigou.ui.states import Side, State, state_of
from caigou.ui.words import day_of, title_of
from caigou.web.orders.decisions import Decision, decision, rights

#: States after which nothing comes any more: the page stops asking.
FINAL = (OrderStatus.COMPLETED, OrderStatus.CANCELLED)
#: The path of an order that goes well.
_PATH = (OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything of an order's page that changes as the order moves."""

    order: Order
    side: Side
    state: State
    decision: Decision
    moments: Sequence[Moment]
    rights: Sequence[Right]
    escrow: Escrow
    waits: bool
    short: Money | None
    version: str
    #: A bank transfer that was announced for what is missing, or whether one can be.
    transfer: CorporateTransfer | None = None
    can_transfer: bool = False
    #: What its goods were estimated at in the buyer's currency, and came to: for the buyer alone (B9).
    estimate: str = ""

    @property
    def paid_nothing(self) -> bool:
        return self.order.status == OrderStatus.CANCELLED and self.order.paid_at is None

    @property
    def country(self) -> str:
        return country_name(self.order.address.get("country", ""))

    @property
    def top_up_url(self) -> str:
        return top_up_address(self.order, self.short) if self.short else ""

    @property
    def final(self) -> bool:
        return self.order.status in FINAL

    @property
    def asks_to_confirm(self) -> bool:
        return self.side == "buyer" and self.order.status == OrderStatus.SHIPPED

    @property
    def asks_to_ship(self) -> bool:
        return self.side == "supplier" and self.order.status == OrderStatus.PAID

    @property
    def asks_to_pay(self) -> bool:
        return self.side == "buyer" and self.order.status == OrderStatus.PLACED and not self.waits

    @property
    def asks_to_top_up(self) -> bool:
        return self.waits and bool(self.short)

    @property
    def can_cancel(self) -> bool:
        return self.side != "staff" and self.order.status in {OrderStatus.PLACED, OrderStatus.PAID}


def top_up_address(order: Order, short: Money) -> str:
    """Return the recharge page, filled in with what is missing, that leads back to the order."""
    back = reverse("web:order", args=[order.public_id])
    filled = {"amount": short.amount, "currency": short.currency, "next": back}
    return f"{reverse('web:recharge')}?{urlencode(filled)}"


def transfer_of(order: Order, short: Money) -> tuple[CorporateTransfer | None, bool]:
    """Return the bank transfer announced for this order that still waits, and whether one can be announced."""
    back = reverse("web:order", args=[order.public_id])
    waiting = (TransferStatus.WAITING, TransferStatus.SHORT)
    mine = CorporateTransfer.objects.filter(company_id=order.buyer_id, next_page=back, status__in=waiting)
    found = mine.filter(currency=short.currency).first()
    return found, found is None and account_for(short.currency) is not None


def side_of(actor: Actor, order: Order) -> Side:
    """Return from which side the actor looks at the order."""
    if actor.company_id == order.buyer_id:
        return "buyer"
    return "supplier" if actor.company_id == order.seller_id else "staff"


def shortage(asked: PaymentRequest | None, side: Side) -> Money | None:
    """Return what the buyer's wallet lacks while the order waits for it; the other side is never told."""
    return shortfall(asked) if side == "buyer" and asked is not None else None


def version_of(order: Order, *, waits: bool, short: Money | None) -> str:
    """Return a short text that changes whenever the page would: so that asking every two seconds is cheap."""
    return f"{order.status}-{'waits' if waits else 'no'}-{short.minor if short is not None else ''}"


def order_page(order: Order, actor: Actor) -> OrderPage:
    """Return what the page shows to this side."""
    side = side_of(actor, order)
    asked = payment_asked(order)
    waits, short = asked is not None, shortage(asked, side)
    transfer, can_transfer = transfer_of(order, short) if short else (None, False)
    return OrderPage(
        order=order,
        side=side,
        state=state_of("order", order.status, side),
        decision=decision(order, side=side, waits=waits, short=short),
        moments=moments(order, list(order.timeline.all()), side),
        rights=rights(order, side=side),
        escrow=_escrow(order, escrow_of(order)),
        waits=waits,
        short=short,
        version=version_of(order, waits=waits, short=short),
        transfer=transfer,
        can_transfer=can_transfer,
        estimate=_estimate(order, side),
    )


def _estimate(order: Order, side: Side) -> str:
    kept = OrderEstimate.objects.filter(order=order).first() if side == "buyer" else None
    return "" if kept is None else estimate_words(kept)


def _escrow(order: Order, figures: EscrowFigures) -> Escrow:
    return Escrow(order.total, figures.held, figures.released, figures.refunded, as_of=figures.as_of)


def moments(order: Order, events: Sequence[OrderEvent], side: Side) -> list[Moment]:
    """Return the timeline: what happened, the step that is due now, and what follows it."""
    line = [Moment(_("Offer accepted and sealed"), "done", order.offer.ended_at, seal="定")]
    line += [_happened(order, event, side) for event in events]
    if order.status in FINAL:
        return line
    coming = _PATH[_PATH.index(OrderStatus(order.status)) + 1 :]
    states: list[Literal["now", "later"]] = ["now", *["later"] * (len(coming) - 1)]  # type: ignore[list-item]
    return line + [_to_come(order, step, state) for step, state in zip(coming, states, strict=True)]


def _happened(order: Order, event: OrderEvent, side: Side) -> Moment:
    title = _TITLES[event.what](event, side)
    amount = order.total if event.what in {OrderStatus.PAID, OrderStatus.COMPLETED} else None
    state: Literal["done", "skipped"] = "skipped" if event.what == OrderStatus.CANCELLED else "done"
    return Moment(title, state, event.at, _detail(event.details), amount=amount)


def _detail(details: dict[str, Any]) -> str:
    if "carrier" in details:
        return f"{details['carrier']} {details.get('tracking_number', '')}"
    return str(details.get("reason", ""))


def _waiting(_event: OrderEvent, side: Side) -> str:
    """What a wallet lacks is nobody else's business."""
    return _("Payment started, waiting for money in your wallet") if side == "buyer" else _("Payment started")


def _completed(event: OrderEvent, _side: Side) -> str:
    if event.by_role == "system":
        return _("Confirmed by the clock, released to the supplier:")
    return _("Receipt confirmed, released to the supplier:")


def _cancelled(event: OrderEvent, _side: Side) -> str:
    return _("Cancelled by the buyer") if event.by_role == "buyer" else _("Cancelled by the supplier")


_TITLES: dict[str, Callable[[OrderEvent, Side], str]] = {
    OrderStatus.PLACED: lambda _event, _side: _("Order placed"),
    "waiting_for_money": _waiting,
    OrderStatus.PAID: lambda _event, _side: _("Paid into escrow:"),
    OrderStatus.SHIPPED: lambda _event, _side: _("Shipped"),
    OrderStatus.COMPLETED: _completed,
    OrderStatus.CANCELLED: _cancelled,
}


def _to_come(order: Order, step: OrderStatus, state: Literal["now", "later"]) -> Moment:
    match step:
        case OrderStatus.PAID:
            return Moment(_("Payment into escrow"), state)
        case OrderStatus.SHIPPED:
            agreed = _("Agreed: delivered by %(day)s") % {"day": day_of(order.deliver_by)}
            return Moment(_("Shipping"), state, detail=agreed)
    last = order.confirm_by.date() if order.confirm_by else None
    detail = _("At the latest on %(day)s, by the clock") % {"day": day_of(last)} if last else ""
    return Moment(_("Receipt confirmed, money released"), state, detail=detail)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of orders."""

    order: Order
    href: str
    title: str
    state: State
    until: datetime | None


def list_row(order: Order, actor: Actor) -> Row:
    """Return a line of the list; ``until`` only while a deadline runs."""
    until = order.confirm_by if order.status == OrderStatus.SHIPPED else None
    side = side_of(actor, order)
    return Row(
        order=order,
        href=reverse("web:order", args=[order.public_id]),
        title=title_of(order.product),
        state=state_of("order", order.status, side),
        until=until,
    )
