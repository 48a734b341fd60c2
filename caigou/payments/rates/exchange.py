"""A customer exchanges between the wallets of its company: quoted first, then posted once (B9, A13)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, DomainError, NotAllowed
from caigou.kernel.money import Money
from caigou.ledger.models import FxQuote, Journal
from caigou.ledger.services import EXCHANGED, IdempotencyMismatch, NotAsQuoted, Quote, exchange, find_quote
from caigou.payments.rates.quotes import quote_for
from caigou.payments.services.ask import lock_waiting, meet_waiting
from caigou.payments.services.debts import legs_of_debt
from caigou.payments.services.wallet import available, wallet_account

#: A company asks for at most so many quotes in a minute, by whichever door: what is promised is kept for ever.
QUOTES_A_MINUTE = 30


class QuoteExpired(DomainError):
    """The time for which a quote held is over."""

    code = "quote_expired"


def ask_quote(company: Company, sell: Money, buy: str, *, by: Actor) -> Quote:
    """Quote a buyer what ``sell`` of its wallet brings in ``buy``; nothing is set aside, and the quote holds a while.

    Raises what ``quote_for`` raises, and ``BadInput`` for more than the wallet has available.
    """
    _require_own(company, by)
    free = available(company, sell.currency)
    if sell > free:
        words = _("Your wallet has %(available)s available. Exchange at most that, or recharge first.") % {
            "available": free
        }
        raise BadInput(words, fields={"amount": words})
    return quote_for(company, sell, buy, by=by)


def confirm(company: Company, quote_id: str, *, by: Actor) -> datetime:
    """Exchange as quoted and return when it happened; again, or twice at once, is the same exchange.

    What waits for money of the currency bought is met by it, a debt in it first (by the setting). Raises
    ``QuoteExpired`` when the time is over, ``InsufficientFunds`` when the wallet has less by now, ``AccountBlocked``,
    ``NotAllowed`` for a quote of another company. A quote holds although its currency was taken out since.
    """
    _require_own(company, by)
    quote = find_quote(quote_id)
    if quote is None or quote.owner != company.public_id:
        raise NotAllowed(_("This wallet belongs to another company."))
    try:
        if exchanged_at(quote_id) is None:
            _post(company, quote, by)
    except NotAsQuoted:
        raise QuoteExpired(_("This quote holds no longer, and nothing was exchanged. Ask for a new one.")) from None
    except IdempotencyMismatch:
        pass  # the same exchange a moment before, with another debt to pay from it
    return exchanged_at(quote_id) or quote.expires_at


@transaction.atomic
def _post(company: Company, quote: Quote, by: Actor) -> None:
    debit, credit = (wallet_account(company, money.currency) for money in (quote.sell, quote.buy))
    lock_waiting(company, quote.buy.currency)
    # Without a reason: out of a blocked wallet nothing is exchanged, not even for a debt.
    exchange(quote.public_id, debit, credit, by=by, then=legs_of_debt(company, quote.buy))
    changed(("company", company.pk))
    meet_waiting(company, quote.buy.currency)


def _require_own(company: Company, by: Actor) -> None:
    if by.role != "buyer" or by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))


def exchanged_at(quote_id: str) -> datetime | None:
    """Return when a quote was used; None for one that wasn't."""
    return Journal.objects.filter(purpose=EXCHANGED, source=quote_id).values_list("effective_at", flat=True).first()


#: Whether a quote was posted.
USED = Exists(Journal.objects.filter(purpose=EXCHANGED, source=OuterRef("public_id")))


def exchanges_of(company: Company) -> QuerySet[FxQuote]:
    """Return what a company exchanged, the newest first."""
    return FxQuote.objects.filter(USED, owner=company.public_id).order_by("-quoted_at", "-pk")
