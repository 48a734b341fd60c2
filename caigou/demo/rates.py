"""Rates of the demonstration's own for what the central bank doesn't publish, marked as made up."""

from __future__ import annotations

from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.payments.rates.current import current
from caigou.payments.rates.services import enter_rate

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
    for currency, figure, reason in _OWN:
        enter_rate(currency, "USD", figure, day=now().date(), reason=reason, by=by)
