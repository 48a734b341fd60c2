"""Exchange of currencies: a quote that never changes, and two transfers through the platform's positions (B9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from caigou.kernel.actor import Actor
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.ledger.errors import NotAsQuoted, refusals_named
from caigou.ledger.legs import AccountId, JournalId, Leg
from caigou.ledger.models import FxQuote
from caigou.ledger.services.accounts import open_account
from caigou.ledger.services.posting import post

#: The owner of the accounts that are the platform's own.
PLATFORM = "platform"
#: What an exchange is called in the books; ``ledger.post`` lets customers' money through positions under no other name.
EXCHANGED = "fx.exchanged"


@dataclass(frozen=True, slots=True)
class Quote:
    """``sell`` is given up for ``buy``, by ``owner``, until ``expires_at``."""

    public_id: str
    owner: str
    sell: Money
    buy: Money
    rounding: Money
    rate: Decimal
    expires_at: datetime


def quote_exchange(
    owner: str, sell: Money, buy: str, *, rate: Decimal, rate_source: str, valid: timedelta = timedelta(minutes=2)
) -> Quote:
    """Promise ``owner``, a company's public id, what ``sell`` is worth in ``buy`` at ``rate``.

    The database computes it exactly and rounds down; what rounding to the nearest would have added, at most one minor
    unit, is booked to the account of rounding.  ``rate`` is whole units of ``buy`` for one of ``sell``, ten digits
    after the point, and has the spread in it already.  Raises ``LedgerMisuse`` when the amount is worth nothing.
    """
    seconds = int(valid.total_seconds())
    with refusals_named(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (ledger.quote_exchange(%s, %s, %s, %s, %s, %s, %s, %s)).id",
            [new_public_id(), owner, sell.currency, sell.minor, buy, rate, rate_source, seconds],
        )
        return _quote(FxQuote.objects.get(pk=cursor.fetchone()[0]))


def find_quote(public_id: str) -> Quote | None:
    """Return a quote, expired or not."""
    found = FxQuote.objects.filter(public_id=public_id).first()
    return None if found is None else _quote(found)


def exchange(
    quote_id: str,
    debit: AccountId,
    credit: AccountId,
    *,
    by: Actor,
    key: str | None = None,
    then: Sequence[Leg] = (),
) -> JournalId:
    """Exchange as quoted, from and to accounts of the quote's owner.  Safe to call again; a quote serves once.

    ``then`` are legs that belong to the same fact, such as a debt paid from what was bought.
    Raises ``NotAsQuoted`` for an unknown or expired quote and for accounts of somebody else, and what ``post`` raises.
    """
    quote = find_quote(quote_id)
    if quote is None:
        raise NotAsQuoted
    taking = open_account("fx_position", PLATFORM, quote.sell.currency)
    giving = open_account("fx_position", PLATFORM, quote.buy.currency)
    legs = [Leg.transfer(debit, taking, quote.sell, "sold"), Leg.transfer(giving, credit, quote.buy, "bought")]
    if quote.rounding:
        rounding = open_account("rounding", PLATFORM, quote.buy.currency)
        legs.append(Leg.transfer(giving, rounding, quote.rounding, "rounding"))
    legs += then
    return post(EXCHANGED, quote.public_id, legs, by=by, key=key)


def _quote(row: FxQuote) -> Quote:
    return Quote(
        row.public_id,
        row.owner,
        Money(row.sell_minor, row.sell),
        Money(row.buy_minor, row.buy),
        Money(row.rounding_minor, row.buy),
        row.rate,
        row.expires_at,
    )
