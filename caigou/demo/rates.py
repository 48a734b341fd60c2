"""Rates of the demonstration: its own for what the central bank doesn't publish, and old ones still count."""

from __future__ import annotations

from caigou.house.services import change_setting
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.payments.rates.current import current
from caigou.payments.rates.services import enter_rate
from caigou.payments.settings import STALE_DAYS

#: Units of the currency for one US dollar, and what the history says about it.
_OWN = (
    ("KES", "129.2", "Made up for the demonstration"),
    ("NGN", "1480", "Made up for the demonstration"),
    ("AED", "3.6725", "The dirham's peg to the dollar"),
)


def enter_rates(by: Actor) -> None:
    """Enter them where the dollar's rate is known; a house without published rates says that it has none."""
    if "USD" not in current().legs:
        return
    # Its history of rates came with a package and ends with it; else nobody could try an exchange of money.
    change_setting(STALE_DAYS, str(STALE_DAYS.most), reason="The demonstration hears of no new rates.", by=SYSTEM)
    for currency, figure, reason in _OWN:
        enter_rate(currency, "USD", figure, day=now().date(), reason=reason, by=by)
