"""The wallet: a company's prepaid money in one currency, read from the ledger and nowhere else (A12, A13)."""

from __future__ import annotations

from caigou.accounts.models import Company
from caigou.kernel.money import Money
from caigou.ledger.services import AccountId, Balance, balance, find_account, open_account


def wallet_account(company: Company, currency: str) -> AccountId:
    """Return the ledger account of the wallet; opened when first needed."""
    return open_account("wallet", company.public_id, currency)


def wallet_balance(company: Company, currency: str) -> Balance | None:
    """Return what the ledger says, with its moment; None when the company never had a wallet in ``currency``."""
    account = find_account("wallet", company.public_id, currency)
    return None if account is None else balance(account)


def available(company: Company, currency: str) -> Money:
    """Return what can be spent now: posted less what is set aside; zero without a wallet."""
    held = wallet_balance(company, currency)
    return Money.zero(currency) if held is None else held.available
