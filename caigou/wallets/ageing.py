"""How old the debts are: each receivable's rises, less what was paid, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from caigou.accounts.models import Company
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.models import Account
from caigou.ledger.periods import movements
from caigou.ledger.services import AccountId, balances

#: Upper edges of the buckets, in days; the last is open.
EDGES = (30, 60, 90)
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Aged:
    """What one company owes, by age: up to 30 days, 31 to 60, 61 to 90, older."""

    company: Company | None
    owner: str
    total: Money
    buckets: Sequence[Money]


def aged_debts(as_of: datetime | None = None) -> list[Aged]:
    """Return every debt that stands now, the largest first in each currency; ages counted at ``as_of``."""
    moment = as_of or now()
    accounts = list(Account.objects.filter(kind="receivable").order_by("currency", "pk"))
    standing = balances(AccountId(account.pk) for account in accounts) if accounts else {}
    owing = [account for account in accounts if standing[AccountId(account.pk)].posted.minor > 0]
    owners = Company.objects.in_bulk([account.owner for account in owing], field_name="public_id")
    aged = [
        _aged(account, standing[AccountId(account.pk)].posted, owners.get(account.owner), moment) for account in owing
    ]
    return sorted(aged, key=lambda one: (one.total.currency, -one.total.minor))


def _aged(account: Account, total: Money, company: Company | None, moment: datetime) -> Aged:
    """Paid is oldest first, so what stands is of the newest rises."""
    buckets = [0] * (len(EDGES) + 1)
    left = total.minor
    for line in movements(AccountId(account.pk), limit=_MOST):
        if line.amount.minor <= 0 or not left:
            continue
        part = min(line.amount.minor, left)
        left -= part
        buckets[_bucket(moment - line.when)] += part
    return Aged(company, account.owner, total, [Money(minor, total.currency) for minor in buckets])


def _bucket(age: timedelta) -> int:
    return next((at for at, edge in enumerate(EDGES) if age <= timedelta(days=edge)), len(EDGES))
