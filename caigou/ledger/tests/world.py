"""Accounts with money in them, for the ledger's tests.  Owners are new each time, so tests don't meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from caigou.kernel.actor import SYSTEM
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.ledger.services import AccountId, JournalId, Leg, balance, open_account, post


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def new(kind: str, currency: str = "CNY") -> AccountId:
    """Open an account for a new owner."""
    return open_account(kind, new_public_id(), currency)


def gateway(currency: str = "CNY") -> AccountId:
    return open_account("gateway_clearing", "sandbox", currency)


def wallet(minor: int) -> AccountId:
    """Open a wallet of a new company and recharge it."""
    account = new("wallet")
    if minor:
        post("recharge.paid", new_public_id(), [Leg.transfer(gateway(), account, cny(minor), "recharge")], by=SYSTEM)
    return account


def pay(debit: AccountId, credit: AccountId, minor: int, source: str = "", **more: Any) -> JournalId:
    """Move money at once, as a new fact unless ``source`` names one."""
    legs = [Leg.transfer(debit, credit, cny(minor), "payment")]
    return post("test.paid", source or new_public_id(), legs, by=SYSTEM, **more)


def posted(account: AccountId) -> int:
    return balance(account).posted.minor


def available(account: AccountId) -> int:
    return balance(account).available.minor


def figures(accounts: Sequence[AccountId]) -> list[tuple[int, int]]:
    """Return (posted, available) of each account."""
    return [(posted(account), available(account)) for account in accounts]
