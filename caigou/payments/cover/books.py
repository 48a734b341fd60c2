"""What the house is exposed to, pair by pair: what customers' exchanges left with it and no trade has covered.

The sums of all pairs are the positions in the ledger; a pair is what a trade between its two currencies covers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import F, Sum

from caigou.kernel.money import Money
from caigou.ledger.models import FxQuote
from caigou.payments.bank.models import DecisionStatus
from caigou.payments.cover.models import CoverTrade
from caigou.payments.rates.exchange import USED

Pair = frozenset[str]


def pair_books() -> Mapping[Pair, Mapping[str, Money]]:
    """Return for each pair of currencies what was taken of each beyond what was given, negative where more was given.

    Pairs that are even in both are left out.
    """
    books: dict[Pair, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    used = FxQuote.objects.filter(USED).order_by().values("sell", "buy")
    for row in used.annotate(came=Sum("sell_minor"), left=Sum(F("buy_minor") + F("rounding_minor"))):
        book = books[frozenset((row["sell"], row["buy"]))]
        book[row["sell"]] += int(row["came"])
        book[row["buy"]] -= int(row["left"])
    done = CoverTrade.objects.filter(status=DecisionStatus.DONE).order_by()
    traded = done.values(sell=F("sold_from__currency"), buy=F("bought_on__currency"))
    for one in traded.annotate(left=Sum("sold_minor"), came=Sum(F("bought_minor") - F("result_minor"))):
        book = books[frozenset((one["sell"], one["buy"]))]
        book[one["sell"]] -= int(one["left"])
        book[one["buy"]] += int(one["came"])
    return {
        pair: {currency: Money(minor, currency) for currency, minor in sorted(book.items())}
        for pair, book in books.items()
        if any(book.values())
    }


def open_against(sold: str, bought: str) -> tuple[Money, Money]:
    """Return what is open of two currencies in their pair; zeros where nothing is."""
    book = pair_books().get(frozenset((sold, bought)), {})
    return book.get(sold, Money.zero(sold)), book.get(bought, Money.zero(bought))


def result_of(sold: Money, bought: Money, book: tuple[Money, Money]) -> Money:
    """Return what a trade brings beyond the share of the other side that belongs to ``sold``, in the currency bought.

    ``book`` is the pair's before it, with no less of the currency sold than ``sold``. The share is rounded half up,
    to a minor unit, so what is left of the pair carries the rest; a trade of all of it leaves nothing.

    >>> yuan, dollars = (Money(80_00, "CNY"), Money(-9_80, "USD"))
    >>> str(result_of(yuan, Money(9_95, "USD"), (yuan, dollars)))
    '0.15 USD'
    >>> str(result_of(Money(40_00, "CNY"), Money(4_80, "USD"), (yuan, dollars)))
    '-0.10 USD'
    """
    taken, given = book
    share = (2 * given.minor * sold.minor + taken.minor) // (2 * taken.minor)
    return bought + Money(share, bought.currency)
