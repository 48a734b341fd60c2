"""Where the money comes from: asked above a limit before a recharge, kept with its version (A11, D12).

What a company declares is its own word: the platform doesn't verify it, and no page says that it did.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, DomainError, NotAllowed
from caigou.kernel.money import Money, exponent
from caigou.payments.bank.models import TransferStatus
from caigou.payments.models import RechargeStatus
from caigou.payments.rates.current import current
from caigou.payments.settings import WALLET_CURRENCIES
from caigou.wallets.models import FundsDeclaration, FundsSource
from caigou.wallets.settings import FUNDS_DAYS, FUNDS_LIMIT

#: The text on the page that is declared under; a new text gets a new name.
WORDING = "2026-11"
_YEAR = timedelta(days=365)


class DeclarationNeeded(DomainError):
    """The recharge would pass the limit above which the source of funds is declared first."""

    code = "declaration_needed"


def limit() -> Money:
    """Return the limit in the house's first currency."""
    currency = WALLET_CURRENCIES.value[0]
    return Money(FUNDS_LIMIT.value * 10 ** exponent(currency), currency)


def require_declaration(company: Company, amount: Money) -> None:
    """Rule of a recharge: raises ``DeclarationNeeded`` above the limit without a declaration in force.

    Counted are the recharges of the last 365 days that were not declined, bank transfers among them, and this one.
    A currency without a rate can't be counted and is asked for at once.
    """
    if standing(company) is not None:
        return
    _one_by_one(company)
    total = Money.zero(limit().currency)
    for money in (*_recharged(company), amount):
        counted = _in_house_currency(money)
        if counted is None:
            raise DeclarationNeeded(_("Declare where the money comes from first. It takes a minute."))
        total += counted
    if total > limit():
        raise DeclarationNeeded(_("Declare where the money comes from first. It takes a minute."))


def _one_by_one(company: Company) -> None:
    """Let a company's recharges and declarations be counted one after the other; references to it need not wait."""
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)


def _recharged(company: Company) -> list[Money]:
    """Return what was recharged within a year by whatever way: of a transfer what was announced, or more that came."""
    since = now() - _YEAR
    paid = company.recharges.exclude(status__in=(RechargeStatus.FAILED, RechargeStatus.RETURNED)).filter(
        started_at__gt=since
    )
    sent = company.transfers.exclude(status=TransferStatus.CANCELLED).filter(started_at__gt=since)
    return [
        *(recharge.amount for recharge in paid.only("currency", "amount_minor")),
        *(max(transfer.amount, transfer.arrived) for transfer in sent),
    ]


def _in_house_currency(money: Money) -> Money | None:
    wanted = limit().currency
    if money.currency == wanted:
        return money
    found = current().estimate(money, wanted)
    return found.value if found else None


def standing(company: Company) -> FundsDeclaration | None:
    """Return the declaration in force, if there is one."""
    return FundsDeclaration.objects.filter(company=company, valid_until__gt=now()).first()


@transaction.atomic
def declare_funds(company: Company, *, source: str, words: str, by: Actor) -> FundsDeclaration:
    """Keep a declaration as the next version. Raises ``BadInput`` for an unknown source, or "something else" without
    words; ``NotAllowed`` for another company."""
    if by.company_id != company.pk:
        raise NotAllowed(_("This wallet belongs to another company."))
    words = " ".join(words.split())[:500]
    if source not in FundsSource.values:
        raise BadInput(_("Choose one of the sources."), fields={"source": ""})
    if source == FundsSource.OTHER and len(words) < 10:
        told = _("Say in at least ten characters where the money comes from.")
        raise BadInput(told, fields={"words": told})
    _one_by_one(company)
    last = company.funds_declarations.order_by("-version").values_list("version", flat=True).first() or 0
    return FundsDeclaration.objects.create(
        company=company,
        version=last + 1,
        source=source,
        words=words,
        wording=WORDING,
        by_id=by.user_id,
        valid_until=now() + timedelta(days=FUNDS_DAYS.value),
    )
