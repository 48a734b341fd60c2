"""What a supplier's sales have in escrow and what was released, as the ledger has it (F12, A12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from caigou.accounts.models import Company
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.models import Account
from caigou.ledger.services import AccountId, balances
from caigou.orders.models import IN_ESCROW, Order


@dataclass(frozen=True, slots=True)
class Earnings:
    """One currency's figures at ``as_of``: ``in_escrow`` may still be refunded, ``released`` is the supplier's."""

    in_escrow: Money
    released: Money
    as_of: datetime


def earnings(company: Company) -> list[Earnings]:
    """Return the company's figures, one entry a currency that it ever sold in; three queries."""
    running = Order.objects.filter(seller=company, status__in=IN_ESCROW).values_list("public_id", flat=True)
    escrows = Account.objects.filter(kind="escrow", owner__in=list(running))
    own = Account.objects.filter(kind="supplier_payable", owner=company.public_id)
    kinds = {AccountId(account.pk): account.kind for account in (escrows | own)}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for account_id, figures in balances(kinds).items() if kinds else ():
        sums[figures.posted.currency, kinds[account_id]] += figures.posted.minor
    as_of = now()
    return [
        Earnings(Money(sums[currency, "escrow"], currency), Money(sums[currency, "supplier_payable"], currency), as_of)
        for currency in sorted({currency for currency, _kind in sums})
    ]
