"""The chart of accounts: what kinds there are, on which side they grow, and what people call them.

The database has the same chart (``ledger.chart``) and opens accounts by it; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Side = Literal["D", "C"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of account.

    ``side`` is where it grows: C where the platform owes the money to somebody, D where somebody owes it to the
    platform.  A ``guarded`` account never has less than nothing available.  ``shards`` balance rows let as many
    writers post at once; a guarded account has one.
    """

    name: str
    side: Side
    owner: Promise
    label: Promise
    guarded: bool = True
    shards: int = 1

    @property
    def is_ours_to_pay(self) -> bool:
        """Whether its balance is a debt of the platform: what the safeguarding check counts."""
        return self.side == "C" and self.guarded


CHART: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("wallet", "C", owner=_("company"), label=_("Wallet")),
        Kind("escrow", "C", owner=_("order"), label=_("Escrow of an order")),
        Kind("supplier_payable", "C", owner=_("company"), label=_("Earnings of a supplier")),
        Kind("gateway_clearing", "D", owner=_("gateway"), label=_("Money at a gateway"), guarded=False, shards=16),
        Kind("rounding", "C", owner=_("platform"), label=_("Rounding"), guarded=False),
    )
}
