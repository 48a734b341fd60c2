"""What a key may do: one line a scope, chosen when the key is made and never widened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPES: Final[Mapping[str, Promise]] = {
    "read:orders": _("Read orders and addresses"),
    "write:orders": _("Place, ship and cancel orders"),
    "read:requests": _("Read requests and offers"),
    "write:requests": _("Ask for offers, accept and decline them"),
    "read:wallet": _("Read balances, statements and recharges"),
    "write:payments": _("Pay orders, confirm receipt and start recharges"),
    "write:exchange": _("Exchange between the currencies of the wallets"),
}

#: Suppliers pay nothing here, and have no wallets.
_BUYERS_ONLY = frozenset({"write:payments", "write:exchange"})


def scopes_for(role: str) -> dict[str, Promise]:
    """Return what a key of a company of this role may be given, with its words.

    >>> "write:payments" in scopes_for("supplier")
    False
    """
    return {scope: words for scope, words in SCOPES.items() if role == "buyer" or scope not in _BUYERS_ONLY}
