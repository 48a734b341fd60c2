"""How money of bank lines is posted: the bank's day counts, wallets are credited whole, what waits is met."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from caigou.accounts.models import Company
from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, closed_until, open_account, post
from caigou.payments.bank.models import BankAccount, BankLine, CorporateTransfer, TransferStatus
from caigou.payments.bank.models.transfers import TRANSFER_MOVES
from caigou.payments.services.ask import lock_waiting, meet_waiting
from caigou.payments.services.debts import legs_of_arrival, reason_of
from caigou.payments.services.wallet import wallet_account


def at_bank(account: BankAccount) -> AccountId:
    """Return the ledger account of what stands in one of our bank accounts."""
    return open_account("bank", account.public_id, account.currency)


def in_suspense(line: BankLine) -> AccountId:
    """Return the ledger account of what one line brought and nobody is known for."""
    return open_account("suspense", line.public_id, line.currency)


def happened(day: date, *currencies: str) -> datetime:
    """Return the moment under which a booking day is posted: its noon, and never one to come.

    A closed month takes nothing any more: what is told late belongs to the first moment after it, in all the
    ``currencies`` that the posting moves.
    """
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    return min(now(), max([noon, *(closed_until(currency) or noon for currency in currencies)]))


def credit_wallet(
    company: Company, amount: Money, *, from_account: AccountId, purpose: str, source: str, day: date, by: Actor
) -> None:
    """Credit a company's wallet once for (purpose, source), pay its debt first, then meet what waits for money.

    The requests are locked before the ledger's accounts, always (``services.ask``).
    """
    wallet_account(company, amount.currency)  # opened before anything is locked
    lock_waiting(company, amount.currency)
    legs = legs_of_arrival(company, amount, from_account, purpose)
    post(purpose, source, legs, by=by, effective_at=happened(day, amount.currency), reason=reason_of(legs))
    changed(("company", company.pk))
    meet_waiting(company, amount.currency)


def arrived(transfer: CorporateTransfer, amount: Money) -> None:
    """Count what came under a transfer, or what the bank took back if ``amount`` is negative, and say how it stands."""
    transfer.arrived_minor += amount.minor
    if transfer.arrived_minor == 0:
        after = TransferStatus.RETURNED
    elif transfer.missing:
        after = TransferStatus.SHORT
    else:
        after = TransferStatus.OVER if transfer.beyond else TransferStatus.MET
    if after != transfer.status:
        check_move(TRANSFER_MOVES, transfer.status, after)
    transfer.status, transfer.arrived_at = after, now()
    transfer.save(update_fields=["arrived_minor", "status", "arrived_at"])


def locked_transfer(transfer: CorporateTransfer | None) -> CorporateTransfer | None:
    """Return the transfer as it is now, for the rest of the caller's transaction."""
    if transfer is None:
        return None
    return CorporateTransfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
