"""Payouts of the demonstration in each state: booked, in a batch approved or not, asked for; new accounts to check."""

from __future__ import annotations

from typing import Final

from caigou.demo.banking import Bank, company_of
from caigou.demo.days import days_ago
from caigou.kernel.actor import Actor
from caigou.kernel.money import Money, parse_money
from caigou.payments.bank.services.accounts import AccountDetails
from caigou.payments.payouts.models import Payout, PayoutAccount, PayoutBatch
from caigou.payments.payouts.services.accounts import confirm_payout_account, enter_payout_account
from caigou.payments.payouts.services.batch import approve_batch, put_together, send_batch
from caigou.payments.payouts.services.request import request_payout

_FIRST: Final = AccountDetails(
    "德化县岚屿陶瓷有限公司", "6222081408000123457", "中国演示银行德化支行", "DMOBCNBJDH1", "CN", "CNY"
)
_NEW: Final = AccountDetails(
    "德化县岚屿陶瓷有限公司", "6222081408000998811", "演示农商银行泉州分行", "DMOBCNBJQZ1", "CN", "CNY"
)
_OTHER: Final = AccountDetails(
    "广州市花都区行囊纪皮具厂", "6222023602000456780", "中国演示银行花都支行", "DMOBCNBJGZ1", "CN", "CNY"
)


def pay_out_once(bank: Bank, seller: Actor) -> tuple[Payout, PayoutAccount]:
    """Let a supplier's account have passed the guard, and a first payout to it have gone to the bank."""
    with days_ago(31):
        account = enter_payout_account(company_of(seller), _FIRST, by=seller)
    with days_ago(30):
        confirm_payout_account(account.pk, asked_how="Rang Ms Lin on the number of the business licence.", by=bank.asks)
    payout = _asked(27, "1500.00", seller, account)
    batch = _batch(26.5, bank, payout)
    with days_ago(26):
        approve_batch(batch.pk, seen=batch.digest, by=bank.agrees)
        send_batch(batch.pk, by=bank.asks)
    return payout, account


def leave_payouts_open(bank: Bank, seller: Actor, account: PayoutAccount, other: Actor) -> None:
    """One batch approved and one that waits, a payout in none; an account that cools off and one to ask about."""
    approved = _batch(1.5, bank, _asked(3, "980.00", seller, account))
    with days_ago(1):
        approve_batch(approved.pk, seen=approved.digest, by=bank.agrees)
    _batch(0.4, bank, _asked(2, "1200.00", seller, account), _asked(1.9, "640.50", seller, account))
    _asked(0.2, "300.00", seller, account)
    with days_ago(0.9):
        new = enter_payout_account(company_of(seller), _NEW, by=seller)
    with days_ago(0.5):
        confirm_payout_account(new.pk, asked_how="Rang Ms Lin; she told both numbers from memory.", by=bank.agrees)
    with days_ago(0.1):
        enter_payout_account(company_of(other), _OTHER, by=other)


def _asked(days: float, amount: str, seller: Actor, account: PayoutAccount) -> Payout:
    with days_ago(days):
        return request_payout(company_of(seller), account.pk, parse_money(amount, "CNY"), by=seller)


def _batch(days: float, bank: Bank, *payouts: Payout) -> PayoutBatch:
    with days_ago(days):
        return put_together(bank.yuan, [payout.public_id for payout in payouts], by=bank.asks)


def booked(payout: Payout) -> tuple[Money, str, tuple[str, str]]:
    """Return what the bank's statement says of a payout: the sum, our reference, payee and number."""
    return payout.amount, payout.reference, (payout.holder, payout.number)
