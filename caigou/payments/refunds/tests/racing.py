"""What racing processes do with refunds: each function is one racer's turn and returns plain values."""

from __future__ import annotations


def ask_and_settle(recharge: int, minor: int, company: int, sent: int) -> tuple[str, str]:
    """Ask for a part of a recharge back, and write down the gateway's answer about another refund.

    Return ``ok`` or the code of the refusal, and how the other one stands.
    """
    from caigou.kernel.actor import Actor
    from caigou.kernel.errors import DomainError
    from caigou.kernel.money import Money
    from caigou.payments.ports import Refunded
    from caigou.payments.refunds.models import Refund
    from caigou.payments.refunds.services.ask import ask_refund
    from caigou.payments.refunds.services.send import record_refund

    try:
        ask_refund(recharge, Money(minor, "CNY"), fallback="wallet", by=Actor("buyer", company_id=company))
        said = "ok"
    except DomainError as refused:
        said = refused.code
    found = Refund.objects.get(pk=sent)
    return said, record_refund(sent, Refunded(found.public_id, "r", "refunded", found.amount)).status


def spend(company: int, minor: int, source: str) -> str:
    """Ask for money towards an order; what became of the request."""
    from caigou.accounts.models import Company
    from caigou.kernel.money import Money
    from caigou.payments.services.ask import ask_for_money
    from caigou.payments.tests.purses import escrow, of

    payer, towards = Company.objects.get(pk=company), escrow(source)
    return ask_for_money(
        payer, Money(minor, "CNY"), towards=towards, purpose="test", source=source, by=of(payer)
    ).status
