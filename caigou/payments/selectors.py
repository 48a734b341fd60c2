"""Reading wallets and recharges for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from caigou.accounts.models import Company
from caigou.ledger.models import Account
from caigou.ledger.services import AccountId, Balance, balances
from caigou.payments.settings import WALLET_CURRENCIES


@dataclass(frozen=True, slots=True)
class Purse:
    """One ledger account of a company in one currency, with what it holds."""

    kind: str
    currency: str
    account: AccountId
    balance: Balance


def purses(company: Company, kind: str) -> list[Purse]:
    """Return the company's accounts of ``kind`` (``wallet``, ``supplier_payable``) that were ever opened.

    In the order in which the house lists its currencies, so that the first is the usual one; money in a currency
    that it takes no more comes last and is still there.
    """
    accounts = Account.objects.filter(kind=kind, owner=company.public_id).values_list("currency", "pk")
    listed = WALLET_CURRENCIES.value
    found = sorted(accounts, key=lambda row: (listed.index(row[0]) if row[0] in listed else len(listed), row[0]))
    opened = {currency: AccountId(pk) for currency, pk in found}
    held = balances(opened.values()) if opened else {}
    return [Purse(kind, currency, account, held[account]) for currency, account in opened.items()]
