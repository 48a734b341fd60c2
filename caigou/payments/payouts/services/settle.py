"""The bank's statement says how a payout ended: booked, or come back."""

from __future__ import annotations

from caigou.accounts.models import CompanyKind
from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, HoldId, Leg, open_account, post
from caigou.payments.bank.models import BankLine, LineStatus, Verdict
from caigou.payments.bank.models.statements import Rung
from caigou.payments.bank.references import compact
from caigou.payments.bank.services.posting import at_bank, happened, in_suspense
from caigou.payments.payouts.models import PAYOUT_MOVES, Payout, PayoutStatus
from caigou.payments.payouts.services.request import EARNINGS

#: The bank has paid: what froze the account since doesn't undo that.
_REASON = "paid_by_bank"


def settle_by_line(line: BankLine) -> tuple[LineStatus, Verdict] | None:
    """Settle the payout that a line names by its reference; None when it names none.

    A payment that came back while its debit isn't here yet leaves the line new: it is asked again.
    """
    payout = _named(line)
    if payout is None or payout.currency != line.currency or payout.amount_minor != line.amount_minor:
        return None
    if line.is_credit:
        return _came_back(line, payout)
    return _booked(line, payout) if payout.status == PayoutStatus.SENT else None


def _named(line: BankLine) -> Payout | None:
    found = Payout.objects.select_for_update(of=("self",)).select_related("company")
    words = {compact(word) for word in (line.reference, *line.text.split()) if 20 <= len(word) <= 40}
    return found.filter(reference__in=words).first() if words else None


def _booked(line: BankLine, payout: Payout) -> tuple[LineStatus, Verdict]:
    check_move(PAYOUT_MOVES, payout.status, PayoutStatus.CONFIRMED)
    payout.status, payout.ended_at, payout.booked_by = PayoutStatus.CONFIRMED, now(), line
    payout.save(update_fields=["status", "ended_at", "booked_by"])
    line.company, line.rung = payout.company, Rung.PAYOUT
    leg = Leg.capture(HoldId(payout.hold_id), "payout")
    # On the bank's day, as every other line: else each payout would differ from the statement by a day.
    post("payout", payout.public_id, [leg], by=SYSTEM, effective_at=happened(line.day, line.currency), reason=_REASON)
    return LineStatus.PAID_OUT, Verdict.EXACT


def _came_back(line: BankLine, payout: Payout) -> tuple[LineStatus, Verdict] | None:
    if payout.status == PayoutStatus.SENT:
        return LineStatus.NEW, Verdict.NONE
    if payout.status != PayoutStatus.CONFIRMED:
        return None
    check_move(PAYOUT_MOVES, payout.status, PayoutStatus.RETURNED)
    payout.status, payout.ended_at, payout.returned_because = PayoutStatus.RETURNED, now(), line.returns or "returned"
    payout.returned_by = line
    payout.save(update_fields=["status", "ended_at", "returned_because", "returned_by"])
    line.company, line.rung = payout.company, Rung.PAYOUT
    legs = [Leg.transfer(at_bank(line.account), _taken_from(line, payout), line.amount, "payout.returned")]
    post("payout.returned", payout.public_id, legs, by=SYSTEM, effective_at=happened(line.day, line.currency))
    # What was given back and comes back once more waits for a person again, under this line.
    return (LineStatus.PAID_OUT if payout.company is not None else LineStatus.SUSPENSE), Verdict.RETURNED


def _taken_from(line: BankLine, payout: Payout) -> AccountId:
    if payout.company is None:
        return in_suspense(line)
    # A buyer's payout is a refund that its gateway refused; it comes back to the wallet.
    kind = EARNINGS.get(CompanyKind(payout.company.kind), "wallet")
    return open_account(kind, payout.company.public_id, payout.currency)
