"""What becomes of each new line: credited, in suspense, tied to a receipt or a payout, or left to be explained.

The worker takes the lines one by one, each in a transaction of its own with its posting: a line that is matched is
posted, exactly once, and one that isn't moved nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from caigou.accounts.models import Company
from caigou.jobs.worker import each_due
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountBlocked, Leg, post
from caigou.payments.bank.models import BankLine, BankReceipt, DecisionStatus, LineStatus, Verdict
from caigou.payments.bank.models.statements import LINE_MOVES, Rung
from caigou.payments.bank.references import candidates, compact
from caigou.payments.bank.services.ladder import Found, climb, compared
from caigou.payments.bank.services.posting import (
    arrived,
    at_bank,
    credit_wallet,
    happened,
    in_suspense,
    locked_transfer,
)
from caigou.payments.bank.services.take_back import take_back
from caigou.payments.cover.lines import cover_of, is_nobodys, names_cover
from caigou.payments.payouts.services.settle import settle_by_line
from caigou.payments.settlements.services.payouts import close_by_line

#: A statement's day and the day on a receipt may differ so much, over holidays.
RECEIPT_DAYS = timedelta(days=10)


def match_new(limit: int = 200) -> int:
    """Clock: match lines that are new, oldest first; return how many."""
    new = BankLine.objects.filter(status=LineStatus.NEW).order_by("pk").values_list("pk", flat=True)
    return each_due(list(new[:limit]), match_line)


@transaction.atomic
def match_line(line_id: int) -> bool:
    """Match one line and post what it moved; False when another worker has it, or it has to wait."""
    locked = BankLine.objects.select_for_update(of=("self",), skip_locked=True).select_related("account")
    line = locked.filter(pk=line_id, status=LineStatus.NEW).first()
    if line is None:
        return False
    settled = settle_by_line(line)
    if settled is not None:
        return _ended(line, *settled) if settled[0] != LineStatus.NEW else False
    if not line.is_credit:
        ours = not line.returns and cover_of(line)
        return _ended(line, *((LineStatus.COVER, Verdict.EXACT) if ours else take_back(line)))
    if close_by_line(line):
        return _ended(line, LineStatus.GATEWAY, Verdict.EXACT)
    return _come_in(line)


def _come_in(line: BankLine) -> bool:
    found = climb(line)
    # A sum alone never makes a customer's money ours: only where nobody is known for it, or the deal is named.
    if (is_nobodys(line, found.verdict) or names_cover(line)) and cover_of(line):
        return _ended(line, LineStatus.COVER, Verdict.EXACT)
    return _credit(line, found)


def _credit(line: BankLine, found: Found) -> bool:
    receipt = _receipt_of(line, found)
    if receipt is not None:
        return _tie(line, receipt)
    if found.company is not None:
        try:
            return _to_company(line, found.company, found)
        except AccountBlocked:  # a closed wallet takes nothing in
            found = Found(Verdict.CLOSED)
    legs = [Leg.transfer(at_bank(line.account), in_suspense(line), line.amount, "bank.received")]
    post("bank.received", line.public_id, legs, by=SYSTEM, effective_at=happened(line.day, line.currency))
    return _ended(line, LineStatus.SUSPENSE, found.verdict)


def _to_company(line: BankLine, company: Company, found: Found) -> bool:
    bank = at_bank(line.account)
    transfer = locked_transfer(found.transfer)
    verdict = found.verdict
    if transfer is not None:
        verdict = compared(transfer, line)
        arrived(transfer, line.amount)
    line.company, line.transfer, line.rung = company, transfer, found.rung
    credit_wallet(
        company,
        line.amount,
        from_account=bank,
        purpose="bank.received",
        source=line.public_id,
        day=line.day,
        by=SYSTEM,
    )
    return _ended(line, LineStatus.CREDITED, verdict)


def _receipt_of(line: BankLine, found: Found) -> BankReceipt | None:
    """Return the receipt by which a person told of this line before it came, if one and only one fits."""
    days = (line.day - RECEIPT_DAYS, line.day + RECEIPT_DAYS)
    fits = BankReceipt.objects.select_for_update(of=("self",)).filter(
        account=line.account,
        currency=line.currency,
        amount_minor=line.amount_minor,
        day__range=days,
        status=DecisionStatus.DONE,
        line=None,
    )
    if found.company is not None:
        fits = fits.filter(company=found.company)
    else:
        named = {compact(line.reference), *candidates(line.text)} - {""}
        named_by = Q(reference__in=named)
        fits = fits.filter(named_by | Q(payer_name__iexact=line.payer_name) if line.payer_name else named_by)
    some = list(fits[:2])
    return some[0] if len(some) == 1 or (some and found.company is not None) else None


def _tie(line: BankLine, receipt: BankReceipt) -> bool:
    """Let the line be the receipt's: it was credited then, and moves nothing now."""
    receipt.line = line
    receipt.save(update_fields=["line"])
    line.company_id, line.rung = receipt.company_id, Rung.RECEIPT
    return _ended(line, LineStatus.RECEIPT, Verdict.NONE)


def _ended(line: BankLine, status: LineStatus, verdict: Verdict) -> bool:
    check_move(LINE_MOVES, line.status, status)
    line.status, line.verdict, line.matched_at = status, verdict, now()
    line.save(update_fields=["status", "verdict", "rung", "company", "transfer", "reverses", "matched_at"])
    return True
