"""Access, declared per route and denied by default (promise 6 of the reliability plan).

Every view carries an ``Access``; a route without one fails the tests and is refused at run time. What an actor
may see of an object is decided by its queryset's ``visible_to``, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from caigou.kernel.actor import Right

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a route at all.

    ``roles`` are those of the actor; ``anonymous`` lets people in who are not signed in. ``signed`` routes
    prove the caller by a signature of their own (webhooks) and need no session. With ``right`` only those of the
    platform's people come in who have it.
    """

    name: str
    roles: frozenset[str] = frozenset()
    anonymous: bool = False
    signed: bool = False
    seatless: bool = False
    right: Right | None = None

    def allows(self, role: str | None, *, signed_in: bool, rights: Collection[Right] = ()) -> bool:
        """Say whether a person of ``role`` (None: no seat) with ``rights`` may open the route.

        >>> BUYER.allows("supplier", signed_in=True), PUBLIC.allows(None, signed_in=False)
        (False, True)
        >>> FINANCE.allows("staff", signed_in=True), FINANCE.allows("staff", signed_in=True, rights={"finance"})
        (False, True)
        """
        if self.anonymous or self.signed:
            return True
        if self.right is not None and self.right not in rights:
            return False
        return signed_in and (self.seatless if role is None else role in self.roles)


_MEMBERS = frozenset({"buyer", "supplier", "staff"})

PUBLIC = Access("public", _MEMBERS, anonymous=True)
SIGNED = Access("signed", signed=True)
PERSON = Access("person", _MEMBERS, seatless=True)
MEMBER = Access("member", _MEMBERS)
TRADER = Access("trader", frozenset({"buyer", "supplier"}))
BUYER = Access("buyer", frozenset({"buyer"}))
SUPPLIER = Access("supplier", frozenset({"supplier"}))
STAFF = Access("staff", frozenset({"staff"}))
FINANCE = Access("finance", frozenset({"staff"}), right="finance")
OWNER = Access("owner", frozenset({"staff"}), right="owner")


def access(policy: Access) -> Callable[[View], View]:
    """Declare who may open a view; put it nearest to the function, under ``require_POST`` and its like."""

    def declare(view: View) -> View:
        view.access = policy  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Callable[..., Any]) -> Access | None:
    """Return a view's policy, looking through decorators; None when nobody declared one."""
    seen: Any = view
    while seen is not None:
        policy = getattr(seen, "access", None)
        if isinstance(policy, Access):
            return policy
        seen = getattr(seen, "__wrapped__", None)
    return None
