"""What a customer is quoted for an exchange: the rate in force less the house's spread for the pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal, localcontext

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.money import CURRENCIES, Money
from caigou.ledger.services import Quote, quote_exchange
from caigou.ledger.trial import trial_balance
from caigou.payments.bank.services.persons import reason_of, staff_id
from caigou.payments.rates.current import current
from caigou.payments.rates.models import PairSpread
from caigou.payments.rates.table import OWN, Rate
from caigou.payments.settings import SPREAD, STALE_DAYS, WALLET_CURRENCIES

#: A spread is entered for at most so long ahead.
LONGEST_AHEAD = timedelta(days=365)
#: How long a quote holds; its page says until when.
VALID = timedelta(minutes=2)
_TEN = Decimal("1e-10")
_BASIS = re.compile(r"(\S+) (\d{4}-\d\d-\d\d) -([\d.]+)%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Basis:
    """By what a quote was made: who published the rate, of which day, and the spread (1/100 of a per cent) in it.

    As text it is what ``fx_quote.rate_source`` keeps.
    """

    sources: tuple[str, ...]
    day: date
    points: int

    def __str__(self) -> str:
        return f"{'+'.join(self.sources)} {self.day.isoformat()} -{SPREAD.write(self.points)}%"

    @classmethod
    def read(cls, text: str) -> Basis | None:
        """Return what ``str`` wrote; None for a quote that was made otherwise."""
        said = _BASIS.fullmatch(text)
        return (
            None if said is None else cls(tuple(said[1].split("+")), date.fromisoformat(said[2]), SPREAD.read(said[3]))
        )

    @property
    def spread(self) -> str:
        return SPREAD.shown(self.points)


@dataclass(frozen=True, slots=True)
class CustomerRate:
    """What one unit of ``rate.of`` brings a customer in ``rate.to``: ``figure``, ten digits, rounded down.

    ``own`` is the pair's own spread where one is in force; ``stale`` says that the published rate is too old.
    """

    rate: Rate
    points: int
    own: PairSpread | None
    figure: Decimal
    stale: bool

    def brings(self, sell: Money) -> Money:
        """Return what ``sell`` brings, rounded down as ``ledger.quote_exchange`` does."""
        to = self.rate.to
        with localcontext() as context:
            context.prec = 40
            minor = Decimal(sell.minor).scaleb(CURRENCIES[to] - CURRENCIES[sell.currency]) * self.figure
            return Money(int(minor.to_integral_value(ROUND_DOWN)), to)


def spreads_in_force(moment: datetime | None = None) -> Mapping[tuple[str, str], PairSpread]:
    """Return each pair's own spread at a moment, by default now; pairs without one have the house's."""
    rows = PairSpread.objects.filter(since__lte=moment or now(), entered_at__lte=moment or now())
    newest = rows.order_by("sell", "buy", "-since", "-entered_at", "-pk").distinct("sell", "buy")
    return {(row.sell, row.buy): row for row in newest if row.points is not None}


def customer_rate(sell: str, buy: str, spreads: Mapping[tuple[str, str], PairSpread]) -> CustomerRate | None:
    """Return what a customer is quoted now; None where nobody publishes a rate.

    A rate that one of the house's people entered is for estimates: money is never exchanged at a figure that one person
    can choose (promise 19).
    """
    table = current()
    rate = table.rate(sell, buy)
    if rate is None or OWN in rate.sources:
        return None
    own = spreads.get((sell, buy))
    points = SPREAD.value if own is None or own.points is None else own.points
    with localcontext() as context:
        context.prec = 28
        figure = (rate.figure * (10_000 - points)).scaleb(-4).quantize(_TEN, ROUND_DOWN)
    return CustomerRate(rate, points, own, figure, rate.is_stale(table.today, STALE_DAYS.value))


@transaction.atomic
def enter_spread(
    sell: str, buy: str, points: int | None, *, since: datetime | None, reason: str, by: Actor
) -> PairSpread:
    """Let the pair's spread be ``points`` (1/100 of a per cent) from ``since`` on, by default now; None: the house's.

    Raises ``BadInput`` for a pair of one currency, a spread above 20 %, a moment that is past or further than a year
    ahead, or no reason; ``NotAllowed`` without the right of finance.
    """
    person, reason, moment = staff_id(by), reason_of(reason), now()
    if sell == buy or not {sell, buy} <= CURRENCIES.keys() - {"PTS"}:
        words = _("Choose two currencies.")
        raise BadInput(words, fields={"buy": words})
    if points is not None and not 0 <= points <= SPREAD.most:
        raise BadInput(SPREAD.bounds(), fields={"points": SPREAD.bounds()})
    begins = moment if since is None else since
    if not moment <= begins <= moment + LONGEST_AHEAD:
        words = _("Choose a moment to come, within a year; what was quoted before isn't changed.")
        raise BadInput(words, fields={"since": words})
    return PairSpread.objects.create(
        sell=sell, buy=buy, points=points, since=begins, reason=reason, by_id=person, entered_at=moment
    )


def positions() -> list[Money]:
    """Return what was taken in of each currency beyond what was given of it; negative where more was given.

    It is open until a trade of the platform's own covers it.
    """
    lines = (line for line in trial_balance() if line.kind == "fx_position")
    return [line.credits - line.debits for line in lines if line.credits != line.debits]


@transaction.atomic
def quote_for(company: Company, sell: Money, buy: str, *, by: Actor) -> Quote:
    """Promise a company what ``sell`` brings in ``buy`` now, for ``VALID``; ``rates.exchange.confirm`` posts it.

    Raises ``NotAllowed`` for another company, ``BadInput`` for a currency that isn't a wallet's, where no rate is
    published or the last one is old, and for an amount that brings nothing; each says how to mend it.
    """
    if by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))
    if buy not in WALLET_CURRENCIES.value or buy == sell.currency:
        words = _("Choose another currency to get. At the moment wallets take %(currencies)s.") % {
            "currencies": ", ".join(WALLET_CURRENCIES.value)
        }
        raise BadInput(words, fields={"buy": words})
    found = customer_rate(sell.currency, buy, spreads_in_force())
    if found is None or found.stale:
        raise BadInput(
            _(
                "There is no rate of these days between these currencies, so nothing is quoted."
                " Try again tomorrow, or recharge in the currency that you need."
            )
        )
    if sell.minor <= 0 or found.brings(sell).minor <= 0:
        words = _("Write an amount above zero.")
        raise BadInput(words, fields={"amount": words})
    basis = Basis(tuple(found.rate.sources), found.rate.day, found.points)
    return quote_exchange(company.public_id, sell, buy, rate=found.figure, rate_source=str(basis), valid=VALID)
