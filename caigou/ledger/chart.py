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
#: Whose money it stands for: owed to customers, held at banks and gateways, due from customers, or the platform's own.
Nature = Literal["owed", "held", "due", "own"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of account.

    ``side`` is where it grows: C where the platform owes the money to somebody, D where somebody owes it to the
    platform.  A ``guarded`` account never has less than nothing available.  ``shards`` balance rows let as many
    writers post at once; a guarded account has one.  What is ``owed`` is covered by what is ``held``, or safeguarding
    fails.  Kinds that are no money open in points only, and money never in points (A16).
    """

    name: str
    side: Side
    nature: Nature
    owner: Promise
    label: Promise
    guarded: bool = True
    shards: int = 1
    is_money: bool = True


_COMPANY, _PLATFORM = _("company"), _("platform")
CHART: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("wallet", "C", "owed", _COMPANY, _("Wallet")),
        Kind("escrow", "C", "owed", _("order"), _("Escrow of an order")),
        Kind("supplier_payable", "C", "owed", _COMPANY, _("Earnings of a supplier")),
        Kind("agent_payable", "C", "owed", _COMPANY, _("Earnings of a purchasing agent")),
        Kind("logistics_payable", "C", "owed", _COMPANY, _("Earnings of a logistics provider")),
        Kind("promoter_payable", "C", "owed", _COMPANY, _("Commission of a promoter")),
        Kind("suspense", "C", "owed", _("receipt"), _("Received, not matched yet")),
        Kind("unclaimed", "C", "owed", _COMPANY, _("Unclaimed money")),
        Kind("receivable", "D", "due", _COMPANY, _("Debt of a company")),
        Kind("gateway_clearing", "D", "held", _("gateway"), _("Money at a gateway"), guarded=False, shards=16),
        Kind("bank", "D", "held", _("bank account"), _("Money at a bank"), guarded=False, shards=16),
        Kind("fee_revenue", "C", "own", _PLATFORM, _("Fees earned"), guarded=False, shards=16),
        Kind("charges", "D", "own", _PLATFORM, _("Fees of banks and gateways"), guarded=False, shards=16),
        Kind("fx_position", "C", "own", _PLATFORM, _("Exchanged currencies"), guarded=False, shards=16),
        Kind("fx_result", "C", "own", _PLATFORM, _("Result of exchanges"), guarded=False),
        Kind("compensation_reserve", "C", "own", _PLATFORM, _("Reserve for compensation")),
        Kind("own_funds", "C", "own", _PLATFORM, _("The platform's own money"), guarded=False),
        Kind("rounding", "C", "own", _PLATFORM, _("Rounding"), guarded=False),
        Kind("points", "C", "owed", _COMPANY, _("Points"), is_money=False),
        Kind("points_issued", "D", "own", _PLATFORM, _("Points given out"), guarded=False, shards=16, is_money=False),
    )
}
