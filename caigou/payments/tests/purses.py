"""Companies and their money, for the tests of this package."""

from __future__ import annotations

from django.db.models import Count

from caigou.accounts.models import Company, CompanyKind
from caigou.jobs.models import Delivery
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money
from caigou.ledger.services import AccountId, audit, balance, open_account
from caigou.payments.models import PaymentRequest, Recharge
from caigou.payments.ports import Charge, ChargeStatus
from caigou.payments.services.ask import ask_for_money
from caigou.payments.services.recharge import record, start_recharge
from caigou.payments.services.wallet import wallet_balance


def cny(text: str) -> Money:
    from caigou.kernel.money import parse_money

    return parse_money(text, "CNY")


def buyer(name: str = "Park Hotels") -> Company:
    return Company.objects.create(kind=CompanyKind.BUYER, name_en=name, country="AU")


def of(company: Company) -> Actor:
    return Actor("buyer", user_id=None, company_id=company.pk)


def started(company: Company, amount: Money, gateway: str = "sandbox") -> Recharge:
    return start_recharge(company, amount, gateway=gateway, by=of(company))


def said(recharge: Recharge, status: ChargeStatus = "paid", amount: Money | None = None) -> Charge:
    return Charge(recharge.public_id, f"ref-{recharge.public_id}", status, amount or recharge.amount)


def fund(company: Company, amount: Money) -> Recharge:
    recharge = started(company, amount)
    return record(recharge.pk, said(recharge))


def ask(company: Company, amount: Money, source: str) -> PaymentRequest:
    return ask_for_money(company, amount, towards=escrow(source), purpose="test", source=source, by=of(company))


def escrow(source: str, currency: str = "CNY") -> AccountId:
    return open_account("escrow", source, currency)


def purse(company: Company, currency: str = "CNY") -> tuple[str, str]:
    """What the wallet holds and what of it can be spent, as texts."""
    held = wallet_balance(company, currency)
    return ("0.00", "0.00") if held is None else (held.posted.amount, held.available.amount)


def books_balance() -> bool:
    return list(audit()) == []


def in_escrow(source: str) -> str:
    return balance(escrow(source)).posted.amount


def told() -> int:
    """How often ``MoneyHeld`` was told; each who listens hears it once."""
    heard = Delivery.objects.filter(event="payments.MoneyHeld").values("handler").annotate(times=Count("pk"))
    [times] = {row["times"] for row in heard} or {0}
    return int(times)
