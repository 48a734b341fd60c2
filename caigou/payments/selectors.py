"""Reading wallets and recharges for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from caigou.accounts.models import Company
from caigou.ledger.services import AccountId, Balance, balances, find_account


@dataclass(frozen=True, slots=True)
class Purse:
    """One ledger account of a company in one currency, with what it holds."""

    kind: str
    currency: str
    account: AccountId
    balance: Balance


def purses(company: Company, kind: str) -> list[Purse]:
    """Return the company's accounts of ``kind`` (``wallet``, ``supplier_payable``) that were ever opened.

    In the order in which the installation lists its currencies, so that the first is the usual one.
    """
    opened = {
        currency: account
        for currency in settings.CAIGOU_CURRENCIES
        if (account := find_account(kind, company.public_id, currency)) is not None
    }
    held = balances(opened.values()) if opened else {}
    return [Purse(kind, currency, account, held[account]) for currency, account in opened.items()]
