"""What the verbs share: lock, move, record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import NotAllowed
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, open_account
from caigou.orders.models import ORDER_MOVES, Order, OrderEvent, OrderQuerySet, OrderStatus

#: The purpose under which payments know an order's request for money; the source is its public id.
PURPOSE = "order"
#: What an answer says of an order: all of its own columns, and these of what it points to.
_OWN = tuple(field.name for field in Order._meta.concrete_fields)  # noqa: SLF001  Django documents it
_SAID_OF_OTHERS = (
    *(f"{side}__{name}" for side in ("buyer", "seller") for name in ("public_id", "name_en", "name_zh")),
    *(f"product__{name}" for name in ("public_id", "title_en", "title_zh", "unit")),
    "offer__public_id",
)


def lock_order(order_id: int) -> Order:
    """Lock the order: always before its payment request and before any ledger account.

    Raises ``Order.DoesNotExist``.
    """
    return lock_one(Order.objects.filter(pk=order_id))


def lock_one(one: OrderQuerySet) -> Order:
    """Lock the one order that ``one`` finds, as ``lock_order``.

    With what an answer says of it, so that nobody asks again while others wait for the same wallet.
    """
    whole = one.select_related("buyer", "seller", "product", "offer").only(*_OWN, *_SAID_OF_OTHERS)
    return whole.select_for_update(of=("self",)).get()


def require_buyer(order: Order, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` acts for the buying company, or is the platform's clock."""
    if not by.is_system and (by.role != "buyer" or by.company_id != order.buyer_id):
        raise NotAllowed(_("Only the buyer of this order can do this."))


def require_seller(order: Order, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` acts for the selling company."""
    if by.role != "supplier" or by.company_id != order.seller_id:
        raise NotAllowed(_("Only the supplier of this order can do this."))


def move(order: Order, after: OrderStatus, *, by: Actor, fields: tuple[str, ...] = (), **details: str) -> None:
    """Take one arrow of the life cycle, and write it on the timeline."""
    check_move(ORDER_MOVES, order.status, after)
    order.status = after
    order.save(update_fields=["status", *fields])
    record(order, after, by=by, **details)


def record(order: Order, what: str, *, by: Actor, **details: str) -> None:
    """Add a line to the timeline, and tell the open pages of both sides (F12)."""
    OrderEvent.objects.create(order=order, what=what, by_role=by.role, by=str(by), details=details, at=now())
    changed(("order", order.pk), ("company", order.buyer_id), ("company", order.seller_id))


def escrow_account(order: Order) -> AccountId:
    """Return the order's own guarded account: what isn't there can't leave it."""
    return open_account("escrow", order.public_id, order.currency)
