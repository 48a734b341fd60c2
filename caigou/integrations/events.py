"""Which events a company's program can hear of, by the type that the message bears."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPES: Final[Mapping[str, Promise]] = {
    "request.sent": _("A buyer asked for an offer"),
    "offer.made": _("A supplier made an offer"),
    "offer.accepted": _("An offer was accepted"),
    "offer.expired": _("An offer expired"),
    "order.placed": _("An order was placed"),
    "order.paid": _("An order was paid into escrow"),
    "order.shipped": _("An order was shipped"),
    "order.completed": _("Receipt was confirmed"),
    "order.cancelled": _("An order was cancelled"),
    "wallet.credited": _("A recharge arrived in the wallet"),
}
#: Sent when a person asks for it; every endpoint hears it.
TEST = "test.sent"
