"""What a company owes us: a receivable of the ledger, never a negative wallet; paid first when money comes (A14)."""

from __future__ import annotations

from caigou.accounts.models import Company
from caigou.kernel.money import Money
from caigou.ledger.services import AccountId, Leg, balance, find_account, open_account
from caigou.payments.services.wallet import wallet_account
from caigou.payments.settings import DEBT_FIRST

#: The code of the leg that pays a debt; statements say it in words.
DEBT_PAID = "debt_paid"
#: Lets the leg through where the wallet is frozen: what is owed may be taken (terms 1.19).
REASON = "debt"


def debt_account(company: Company, currency: str) -> AccountId:
    """Return the ledger account of the debt; opened when first needed."""
    return open_account("receivable", company.public_id, currency)


def debt_of(company: Company, currency: str) -> Money:
    """Return what the company owes us in ``currency``; zero for most."""
    account = find_account("receivable", company.public_id, currency)
    return Money.zero(currency) if account is None else balance(account).posted


def legs_of_arrival(company: Company, money: Money, source: AccountId, code: str) -> list[Leg]:
    """Return the legs that credit arriving money to the wallet and, by the setting, pay the debt from it first.

    They belong into one journal, so that no order of the house takes the money before. Post them under
    ``reason_of(legs)``. A debt that somebody else pays at that very moment refuses the posting
    (``InsufficientFunds`` of the receivable); trying again finds what is left.
    """
    wallet = wallet_account(company, money.currency)
    return [Leg.transfer(source, wallet, money, code), *legs_of_debt(company, money)]


def legs_of_debt(company: Company, arriving: Money) -> list[Leg]:
    """Return the leg that pays the debt from what arrives in the wallet by the same journal; none without a debt."""
    owed = debt_of(company, arriving.currency) if DEBT_FIRST.value else Money.zero(arriving.currency)
    if owed.minor <= 0:
        return []
    wallet, debt = wallet_account(company, arriving.currency), debt_account(company, arriving.currency)
    return [Leg.transfer(wallet, debt, min(owed, arriving), DEBT_PAID)]


def reason_of(legs: list[Leg]) -> str | None:
    """Return the reason that the journal keeps when a debt is paid by it."""
    return REASON if any(leg.code == DEBT_PAID for leg in legs) else None
