"""Money arithmetic against fractions (promise 15): whatever is computed is exact, or off by what rounding must take.

Fractions are the oracle, since they never round. Currencies of every exponent from 0 to 4 take part.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg

from caigou.catalogue.pricing import Tier, tier_for
from caigou.kernel.money import CURRENCIES, Money, exponent, parse_money
from caigou.payments.rates.table import convert
from prove.ground import Ground, use

#: One of each exponent, and the usual ones.
_CODES = ("JPY", "KRW", "CNY", "USD", "KWD", "CLF")
_QUOTES_AT_ONCE = 1_000

_QUOTED = b"""
SELECT (q).sell_minor, (q).buy_minor, (q).rounding_minor, n
  FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::numeric[]) WITH ORDINALITY AS w (sell, minor, buy, rate, n)
 CROSS JOIN LATERAL ledger.quote_exchange('q-' || %s || '-' || n, 'owner', sell, minor, buy, rate, 'proof', 60) q
 ORDER BY n
"""


def arithmetic(server: Ground, *, cases: int, seed: int) -> dict[str, Any]:
    """Try ``cases`` amounts: a twentieth as quotes of the database, the rest shared out among the kinds of sums."""
    draw, wrong = random.Random(seed), Counter[str]()
    quotes = max(1, cases // 20)
    for number in range(cases - quotes):
        _KINDS[number % len(_KINDS)](draw, wrong)
    use(server, "arithmetic")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as books:
        for first in range(0, quotes, _QUOTES_AT_ONCE):
            _quotes(draw, wrong, books, first, min(_QUOTES_AT_ONCE, quotes - first))
    return {
        "cases": cases,
        "quotes": quotes,
        "exponents": sorted({CURRENCIES[code] for code in _CODES}),
        "broken": {what: times for what, times in wrong.items() if times},
    }


def _amount(draw: random.Random, code: str = "") -> Money:
    """Draw an amount whose number of digits is as likely as any other."""
    return Money(draw.randrange(10 ** draw.randint(1, 15)), code or draw.choice(_CODES))


def _written(draw: random.Random, wrong: Counter[str]) -> None:
    """What is printed is what is read; the text is the exact amount."""
    money = _amount(draw)
    wrong["text"] += parse_money(money.amount, money.currency) != money
    wrong["text"] += Fraction(money.amount) * 10 ** exponent(money.currency) != money.minor


def _tiered(draw: random.Random, wrong: Counter[str]) -> None:
    """The price of the deepest tier that is reached, the first one's below it, times the quantity."""
    tiers = sorted({draw.randint(1, 5_000) for _ in range(draw.randint(1, 6))})
    code = draw.choice(_CODES)
    ladder = [Tier(least, Money(draw.randint(1, 10**9), code)) for least in tiers]
    quantity = draw.randint(1, 6_000)
    found = tier_for(ladder, quantity)
    reached = [tier for tier in ladder if tier.from_quantity <= quantity]
    wrong["tier"] += found != [ladder[0], *reached][-1]
    if found:
        whole = found.unit_price * quantity
        parts = [found.unit_price * part for part in (quantity // 3, quantity - quantity // 3)]
        wrong["parts"] += parts[0] + parts[1] != whole


def _converted(draw: random.Random, wrong: Counter[str]) -> None:
    """An estimate is the nearest whole minor unit, half to even."""
    of, to = draw.sample(_CODES, 2)
    money, rate = Money(draw.randrange(10 ** draw.randint(1, 11)), of), _rate(draw)
    exact = Fraction(money.minor) * Fraction(rate) * Fraction(10) ** (exponent(to) - exponent(of))
    wrong["estimate"] += convert(money, to, rate).minor != round(exact)


def _summed(draw: random.Random, wrong: Counter[str]) -> None:
    """Parts that are taken off one by one, and what is left, are the whole."""
    whole = _amount(draw)
    left, taken = whole, Money.zero(whole.currency)
    for _ in range(draw.randint(1, 6)):
        part = Money(draw.randint(0, left.minor), whole.currency)
        left, taken = left - part, taken + part
    wrong["parts"] += left + taken != whole


_KINDS = (_written, _tiered, _converted, _summed)


def _rate(draw: random.Random) -> Decimal:
    """Draw a rate with up to ten digits after the point."""
    return Decimal(draw.randint(1, 10 ** draw.randint(5, 14))).scaleb(-10)


def _quotes(draw: random.Random, wrong: Counter[str], books: psycopg.Connection[Any], first: int, number: int) -> None:
    """The database rounds down for the customer; nearest less that, nothing or one unit, is the rounding account's."""
    asked: list[tuple[str, int, str, Decimal, Fraction]] = []
    while len(asked) < number:
        sell, buy = draw.sample(_CODES, 2)
        minor, rate = draw.randint(1, 10 ** draw.randint(1, 11)), _rate(draw)
        exact = Fraction(minor) * Fraction(rate) * Fraction(10) ** (exponent(buy) - exponent(sell))
        if 1 <= exact < 10**15:
            asked.append((sell, minor, buy, rate, exact))
    sells, minors, buys, rates, _exact = zip(*asked, strict=True)
    rows = books.execute(_QUOTED, [list(sells), list(minors), list(buys), list(rates), str(first)]).fetchall()
    for (_sell, minor, _buy, _figure, exact), (sold, bought, rounding, _n) in zip(asked, rows, strict=True):
        down = exact.numerator // exact.denominator
        nearest = (exact + Fraction(1, 2)).numerator // (exact + Fraction(1, 2)).denominator
        wrong["exchange"] += (sold, bought, rounding) != (minor, down, nearest - down)
