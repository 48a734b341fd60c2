"""The first step of every verb: the order under its lock, with what an answer says of it.

One statement of our own, which PostgreSQL plans once a connection: everybody pays through it (docs/decisions/0053).
"""

from __future__ import annotations

from typing import Any

from caigou.accounts.models import Company
from caigou.catalogue.models import Product
from caigou.kernel.actor import Actor
from caigou.kernel.prepared import fetch_all
from caigou.negotiation.models import Offer
from caigou.orders.models import Order


def _meta(model: Any) -> Any:
    return model._meta  # noqa: SLF001  Django documents it


def _columns(model: Any, *names: str) -> tuple[str, ...]:
    """Return the columns of ``model`` with these names, in its own order; all of them without names."""
    every = tuple(field.attname for field in _meta(model).concrete_fields)
    return tuple(name for name in every if name in {"id", *names}) if names else every


_OWN = _columns(Order)
_OF_COMPANY = _columns(Company, "public_id", "name_en", "name_zh")
#: What an answer says of others: field, model, its columns.
_OTHERS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("buyer", Company, _OF_COMPANY),
    ("seller", Company, _OF_COMPANY),
    ("product", Product, _columns(Product, "public_id", "title_en", "title_zh", "unit")),
    ("offer", Offer, _columns(Offer, "public_id")),
)
_ASKED = ", ".join(f"{of}.{name}" for of, names in (("o", _OWN), *((o[0], o[2]) for o in _OTHERS)) for name in names)
_FROM = " ".join(f"JOIN {_meta(model).db_table} {of} ON {of}.id = o.{of}_id" for of, model, _names in _OTHERS)
_LOCK = f"SELECT {_ASKED} FROM orders_order o {_FROM} WHERE {{which}} FOR UPDATE OF o"  # noqa: S608  names of the code's
_BY_ID = _LOCK.format(which="o.id = %s::bigint")
_BY_PUBLIC_ID = _LOCK.format(which="o.public_id = %s")
#: As ``visible_to`` says of companies.
_OF_SIDE = _LOCK.format(which="o.public_id = %s AND %s::bigint IN (o.buyer_id, o.seller_id)")


def lock_order(order_id: int) -> Order:
    """Lock the order: always before its payment request and before any ledger account.

    With what an answer says of it, so that nobody asks again while others wait for the same wallet.
    Raises ``Order.DoesNotExist``.
    """
    return _locked(_BY_ID, order_id)


def lock_seen(public_id: str, actor: Actor) -> Order:
    """Lock the order of this public id, as ``lock_order``, where ``actor`` may see it: a side of it, or staff.

    Raises ``Order.DoesNotExist``.
    """
    if actor.is_staff or actor.is_system:
        return _locked(_BY_PUBLIC_ID, public_id)
    return _locked(_OF_SIDE, public_id, actor.company_id)


def _locked(statement: str, *values: object) -> Order:
    found = fetch_all(statement, values)
    if not found:
        raise Order.DoesNotExist
    row = iter(found[0])
    order = Order.from_db("default", _OWN, [next(row) for _name in _OWN])
    for name, model, columns in _OTHERS:
        other = model.from_db("default", columns, [next(row) for _name in columns])
        _meta(Order).get_field(name).set_cached_value(order, other)
    return order
