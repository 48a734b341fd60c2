"""A debit that we didn't order: the bank takes a credit back, or nobody knows yet what it is."""

from __future__ import annotations

from caigou.accounts.models import Company
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.states import check_move
from caigou.ledger.services import Leg, open_account, post
from caigou.payments.bank.models import (
    BankLine,
    DecisionStatus,
    LineStatus,
    SuspenseDecision,
    Verdict,
)
from caigou.payments.bank.models.statements import LINE_MOVES
from caigou.payments.bank.references import candidates
from caigou.payments.bank.services.posting import arrived, at_bank, happened, in_suspense, locked_transfer
from caigou.payments.services.ask import lock_waiting
from caigou.payments.services.wallet import available, wallet_account

_STANDING = (LineStatus.CREDITED, LineStatus.SUSPENSE, LineStatus.RECEIPT)
#: The code with which the ledger lets a lawful deduction from a blocked wallet through.
REASON = "bank_took_back"


def take_back(line: BankLine) -> tuple[LineStatus, Verdict]:
    """Take a credit back that the bank took back, from whoever had it; what was spent since is their debt.

    A debit that says nothing of the kind, or whose credit isn't found, posts nothing and waits for a person.
    """
    if not line.returns:
        return LineStatus.OPEN, Verdict.UNEXPLAINED
    original = _original(line)
    if original is None:
        return LineStatus.OPEN, Verdict.REVERSED
    line.reverses, line.company, line.transfer = original, original.company, original.transfer
    bank = at_bank(line.account)
    verdict = Verdict.REVERSED
    if original.company is None:
        _refuse_waiting(original)
        legs = [Leg.transfer(in_suspense(original), bank, line.amount, "bank.taken_back")]
    else:
        legs, verdict = _from_wallet(line, original.company)
        transfer = locked_transfer(original.transfer)
        if transfer is not None:
            arrived(transfer, -line.amount)
    check_move(LINE_MOVES, original.status, LineStatus.TAKEN_BACK)
    original.status = LineStatus.TAKEN_BACK
    original.save(update_fields=["status"])
    post(
        "bank.taken_back",
        line.public_id,
        legs,
        by=SYSTEM,
        effective_at=happened(line.day, line.currency),
        reason=REASON,
    )
    return LineStatus.TAKEN_BACK, verdict


def _original(line: BankLine) -> BankLine | None:
    """Return the newest credit of this sum that names the same reference or payer and still stands."""
    wanted = {*candidates(line.reference), *candidates(line.text), line.reference} - {""}
    standing = BankLine.objects.select_for_update(of=("self",)).filter(
        account=line.account, is_credit=True, amount_minor=line.amount_minor, status__in=_STANDING, day__lte=line.day
    )
    for credit in standing.select_related("company", "transfer").order_by("-day", "-pk")[:50]:
        told = {*candidates(credit.reference), *candidates(credit.text), credit.reference} - {""}
        if told & wanted or (line.payer_number and line.payer_number == credit.payer_number):
            return credit
    return None


def _from_wallet(line: BankLine, company: Company) -> tuple[list[Leg], Verdict]:
    wallet = wallet_account(company, line.currency)
    debt = open_account("receivable", company.public_id, line.currency)
    lock_waiting(company, line.currency)
    there = max(available(company, line.currency), line.amount - line.amount)
    taken = min(there, line.amount)
    short = line.amount - taken
    bank = at_bank(line.account)
    legs = [Leg.transfer(wallet, bank, taken, "bank.taken_back")] if taken else []
    if short:
        legs.append(Leg.transfer(debt, bank, short, "bank.taken_back.debt"))
    return legs, Verdict.SPENT if short else Verdict.REVERSED


def _refuse_waiting(line: BankLine) -> None:
    """Nobody can decide any more whose the money is: it is gone."""
    SuspenseDecision.objects.filter(line=line, status=DecisionStatus.WAITING).update(
        status=DecisionStatus.REFUSED, decided_at=now()
    )
