"""What the verbs share: who may, move, record."""

from __future__ import annotations

from json import dumps
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import NotAllowed
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, open_account
from caigou.orders.models import ORDER_MOVES, Order, OrderStatus

#: The purpose under which payments know an order's request for money; the source is its public id.
PURPOSE = "order"
_RECORD = "INSERT INTO orders_orderevent (order_id, what, by_role, by, details, at) "
_AS_TOLD = "%s, %s, %s, %s::jsonb, %s::timestamptz"
#: The arrow and its line of the timeline, in one statement.
_MOVE = "WITH moved AS (UPDATE orders_order SET {changed} WHERE id = %s RETURNING id) "


def require_buyer(order: Order, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` acts for the buying company, or is the platform's clock."""
    if not by.is_system and (by.role != "buyer" or by.company_id != order.buyer_id):
        raise NotAllowed(_("Only the buyer of this order can do this."))


def require_seller(order: Order, by: Actor) -> None:
    """Raise ``NotAllowed`` unless ``by`` acts for the selling company."""
    if by.role != "supplier" or by.company_id != order.seller_id:
        raise NotAllowed(_("Only the supplier of this order can do this."))


def move(order: Order, after: OrderStatus, *, by: Actor, fields: tuple[str, ...] = (), **details: str) -> None:
    """Take one arrow of the life cycle with what changes in ``fields``, and write it on the timeline."""
    check_move(ORDER_MOVES, order.status, after)
    order.status = after
    columns = ", ".join(f"{name} = %s" for name in ("status", *fields))
    statement = f"{_MOVE.format(changed=columns)}{_RECORD}SELECT id, {_AS_TOLD} FROM moved"  # noqa: S608  names of the code's
    values = [after.value, *(getattr(order, name) for name in fields), order.pk]
    _tell(order, statement, [*values, *_told(after.value, by, details)])


def record(order: Order, what: str, *, by: Actor, **details: str) -> None:
    """Add a line to the timeline, and tell the open pages of both sides (F12)."""
    _tell(order, f"{_RECORD}VALUES (%s, {_AS_TOLD})", [order.pk, *_told(what, by, details)])


def _told(what: str, by: Actor, details: dict[str, str]) -> list[Any]:
    return [what, by.role, str(by), dumps(details), now()]


def _tell(order: Order, statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount != 1:
            raise Order.DoesNotExist
    changed(("order", order.pk), ("company", order.buyer_id), ("company", order.seller_id))


def escrow_account(order: Order) -> AccountId:
    """Return the order's own guarded account: what isn't there can't leave it."""
    return open_account("escrow", order.public_id, order.currency)
