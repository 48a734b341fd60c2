"""Persons of the operator, an account of ours, buyers, and statements that arrive: for the tests of this package."""

from __future__ import annotations

from itertools import count

from caigou.accounts.models import Company, CompanyKind, User
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money, parse_money
from caigou.ledger.services import balance
from caigou.payments.bank.models import BankAccount, BankLine, CorporateTransfer
from caigou.payments.bank.services.accounts import AccountDetails, confirm_account, propose_account
from caigou.payments.bank.services.announce import announce_transfer
from caigou.payments.bank.services.match import match_new
from caigou.payments.bank.services.posting import at_bank
from caigou.payments.bank.services.take_in import Taken, take_in
from caigou.payments.bank.tests.written import IBAN, camt
from caigou.payments.tests.purses import purse

_number = count(1)
OURS = AccountDetails("Caigou Ltd", IBAN, "Commerzbank", "COBADEFFXXX", "DE", "CNY")


def person(role: str = "staff", company: Company | None = None) -> Actor:
    """Somebody with a user of their own: of the operator, or of a company."""
    user = User.objects.create_user(f"bank{next(_number)}@example.test", name="Mei Chen")
    if company is not None:
        return Actor("supplier" if company.kind == CompanyKind.SUPPLIER else "buyer", user.pk, company.pk)
    assert role == "staff"
    return finance(user.pk)


def finance(user_id: int | None) -> Actor:
    """One of the operator's people with the right of finance."""
    return Actor("staff", user_id, rights=frozenset({"finance"}))


def our_account(currency: str = "CNY", number: str = IBAN) -> BankAccount:
    """An account of ours in use: entered by one person, confirmed by another."""
    details = AccountDetails("Caigou Ltd", number, "Commerzbank", "COBADEFFXXX", "DE", currency)
    proposed = propose_account(details, reason="The bank opened it.", by=person())
    return confirm_account(proposed.pk, by=person())


def announced(company: Company, amount: str, currency: str = "CNY") -> CorporateTransfer:
    return announce_transfer(company, parse_money(amount, currency), by=person(company=company))


def arrive(account: BankAccount, *entries: str, number: str = "S-1") -> Taken:
    """A statement with these entries comes in, and the worker matches it."""
    taken = take_in(
        account, camt(*entries, number=number, currency=account.currency, iban=account.number), "s.xml", by=person()
    )
    match_new()
    return taken


def last_line() -> BankLine:
    line = BankLine.objects.order_by("-pk").first()
    assert line is not None
    return line


def at_our_bank(account: BankAccount) -> str:
    return balance(at_bank(account)).posted.amount


def has(company: Company, currency: str = "CNY") -> str:
    return purse(company, currency)[0]


def cny(text: str) -> Money:
    return parse_money(text, "CNY")
