"""What the operator decides about wallets."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from caigou.house.declare import Whole

FUNDS_LIMIT: Final = Whole(
    key="wallets.funds_limit",
    right="finance",
    group=_("Money"),
    label=_("Source of funds is asked above"),
    explains=_(
        "In whole units of the house's first currency, for all recharges of a company within a year together;"
        " other currencies are counted at today's rates."
    ),
    default=200_000,
    least=1,
    most=100_000_000,
)
FUNDS_DAYS: Final = Whole(
    key="wallets.funds_days",
    right="finance",
    group=_("Money"),
    label=_("A declaration of the source of funds holds for"),
    explains=_("Then it is asked again before the next recharge above the limit."),
    default=365,
    least=30,
    most=1_825,
    unit=_("days"),
)

SETTINGS: Final = (FUNDS_LIMIT, FUNDS_DAYS)
