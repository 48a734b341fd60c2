"""What the operator decides about orders."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from caigou.house.declare import Whole

CONFIRM_DAYS: Final = Whole(
    key="orders.confirm_days",
    group=_("Orders"),
    label=_("Receipt is confirmed by itself after"),
    explains=_("Counted from shipping, when the buyer said nothing. Orders that have shipped keep their date."),
    default=15,
    least=1,
    most=180,
    unit=_("days"),
)

SETTINGS: Final = (CONFIRM_DAYS,)
