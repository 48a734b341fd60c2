"""Which currencies the house takes, and how its estimates in others are made."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from caigou.house.declare import Codes, Share, Switch, Whole
from caigou.kernel.money import CURRENCIES

_MONEY = _("Money")
_ESTIMATES = _("Estimates in the reader's currency")
#: Points are the platform's own unit and no money.
_TENDER: Final = tuple(code for code in CURRENCIES if code != "PTS")

WALLET_CURRENCIES: Final = Codes(
    key="payments.currencies",
    right="finance",
    by_two=True,  # the first of them is what the sum that one person decides alone is counted in
    group=_MONEY,
    label=_("Currencies of wallets"),
    explains=_("In which buyers can recharge. Money in a currency that you take out stays where it is and is shown."),
    default=("CNY", "USD", "EUR", "GBP"),
    choices=lambda: _TENDER,
)
DEBT_FIRST: Final = Switch(
    key="payments.debt_first",
    right="finance",
    group=_MONEY,
    label=_("Money that arrives pays debts first"),
    explains=_("What a company owes the platform is taken from a recharge before anything else can use it."),
    default=True,
)
READER_CURRENCIES: Final = Codes(
    key="rates.currencies",
    group=_ESTIMATES,
    label=_("Currencies that readers can choose"),
    explains=_("Estimates beside listed prices. Where there is no rate, the page says so."),
    default=("CNY", "USD", "EUR", "GBP", "JPY", "AUD", "BRL", "AED", "KES", "NGN", "INR", "CAD", "ZAR", "MXN"),
    choices=lambda: _TENDER,
)
SPREAD: Final = Share(
    key="rates.spread",
    right="finance",
    group=_ESTIMATES,
    label=_("Spread on published rates"),
    explains=_("What a bank usually adds. Estimates are raised by it, and the working names it."),
    default=0,
    most=2_000,
)
STALE_DAYS: Final = Whole(
    key="rates.stale_days",
    right="finance",
    by_two=True,  # money is exchanged at rates of so many days ago
    group=_ESTIMATES,
    label=_("A rate is old after"),
    explains=_(
        "Estimates by an older rate say so, and money isn't exchanged at it."
        " Central banks publish nothing at weekends and holidays."
    ),
    default=7,
    least=3,
    most=90,
    unit=_("days"),
)

SECOND_PERSON_FROM: Final = Whole(
    key="bank.second_person_from",
    right="finance",
    by_two=True,
    group=_MONEY,
    label=_("Two persons decide on suspense and refunds from"),
    explains=_(
        "Counted over all that one person decided alone within a day, in whole units of the house's first currency;"
        " other currencies are counted at today's rates."
    ),
    default=5_000,
    least=0,
    most=1_000_000,
)
COOLING_OFF_HOURS: Final = Whole(
    key="payouts.cooling_off_hours",
    right="finance",
    by_two=True,
    group=_MONEY,
    label=_("Cooling-off of a new payout account"),
    explains=_("So long after it was entered nothing is paid to it, whoever confirms it."),
    default=48,
    least=24,
    most=240,
    unit=_("hours"),
)

SETTINGS: Final = (
    WALLET_CURRENCIES,
    DEBT_FIRST,
    SECOND_PERSON_FROM,
    COOLING_OFF_HOURS,
    READER_CURRENCIES,
    SPREAD,
    STALE_DAYS,
)
