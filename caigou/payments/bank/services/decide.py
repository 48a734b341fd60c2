"""Suspense worked by hand: whose a credit is, that it goes back, or that a debit is the bank's fee.

One person asks with a reason. Above the house's limit, counted over all that this person decided alone within a day,
another has to agree: a large sum can't be cut into small ones (promise 19).
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.states import check_move
from caigou.ledger.services import Leg, open_account, post
from caigou.payments.bank.models import (
    BankLine,
    CorporateTransfer,
    DecisionStatus,
    LineStatus,
    SuspenseDecision,
    TransferStatus,
)
from caigou.payments.bank.models.statements import LINE_MOVES, Rung
from caigou.payments.bank.models.suspense import DECISION_MOVES
from caigou.payments.bank.services.persons import another_than, reason_of
from caigou.payments.bank.services.posting import arrived, at_bank, credit_wallet, happened, in_suspense
from caigou.payments.payouts.services.request import give_back
from caigou.payments.services.alone import decider, takes_two


@transaction.atomic
def ask_decision(line_id: int, company: Company | None, *, reason: str, by: Actor) -> SuspenseDecision:
    """Say whose a line is: ``company`` takes it; without one a credit goes back to its payer, a debit is a bank's fee.

    Done at once below the limit, else it waits for another person. Raises ``BadInput`` when the line isn't open to
    decide, when somebody asked before, or when nobody knows where to give it back; ``NotAllowed`` for non-staff.
    """
    person, reason = decider(by), reason_of(reason)
    line = BankLine.objects.select_for_update(of=("self",)).select_related("account").get(pk=line_id)
    wanted = LineStatus.SUSPENSE if line.is_credit else LineStatus.OPEN
    if line.status != wanted:
        raise BadInput(_("This line isn't open any more: somebody has decided what it is."))
    if SuspenseDecision.objects.filter(line=line, status=DecisionStatus.WAITING).exists():
        raise BadInput(_("Somebody asked for a decision on this line already. A second person has to answer it."))
    if line.is_credit and company is None and not (line.payer_number and line.payer_name):
        raise BadInput(_("The bank doesn't say from which account this came, so it can't be sent back from here."))
    if not line.is_credit and company is not None:
        raise BadInput(_("Money that left the account belongs to no company. Leave the company empty."))
    decision = SuspenseDecision.objects.create(
        line=line,
        company=company,
        reason=reason,
        needs_second=takes_two(person, line.amount),
        asked_by_id=person,
    )
    if not decision.needs_second:
        _carry_out(decision, line, by)
    return decision


@transaction.atomic
def answer_decision(decision_id: int, *, agree: bool, by: Actor) -> SuspenseDecision:
    """Agree to a decision, which carries it out, or refuse it. ``NotAllowed`` for the person who asked."""
    decision = SuspenseDecision.objects.select_for_update(of=("self",)).select_related("company").get(pk=decision_id)
    decision.decided_by_id = another_than(decision.asked_by_id, by)
    line = BankLine.objects.select_for_update(of=("self",)).select_related("account").get(pk=decision.line_id)
    check_move(DECISION_MOVES, decision.status, DecisionStatus.DONE if agree else DecisionStatus.REFUSED)
    if agree:
        _carry_out(decision, line, by)
    else:
        decision.status, decision.decided_at = DecisionStatus.REFUSED, now()
        decision.save(update_fields=["status", "decided_by", "decided_at"])
    return decision


def _carry_out(decision: SuspenseDecision, line: BankLine, by: Actor) -> None:
    if not line.is_credit:
        after = LineStatus.CHARGE
    else:
        after = LineStatus.CREDITED if decision.company is not None else LineStatus.GIVEN_BACK
    check_move(LINE_MOVES, line.status, after)
    decision.status, decision.decided_at = DecisionStatus.DONE, now()
    decision.save(update_fields=["status", "decided_by", "decided_at"])
    line.status, line.rung, line.company = after, Rung.HAND, decision.company
    line.transfer = _announced(line, decision.company)
    line.save(update_fields=["status", "rung", "company", "transfer"])
    if line.transfer is not None:
        arrived(line.transfer, line.amount)
    if after == LineStatus.CHARGE:
        charges = open_account("charges", "platform", line.currency)
        legs = [Leg.transfer(charges, at_bank(line.account), line.amount, "bank.charge")]
        post("bank.charge", line.public_id, legs, by=by, effective_at=happened(line.day, line.currency))
    elif decision.company is not None:
        credit_wallet(
            decision.company,
            line.amount,
            from_account=in_suspense(line),
            purpose="suspense.cleared",
            source=line.public_id,
            day=now().date(),
            by=by,
        )
    else:
        give_back(line, by=by)


def _announced(line: BankLine, company: Company | None) -> CorporateTransfer | None:
    """Return the oldest transfer of just this sum that the company announced, locked; the line meets it."""
    if company is None:
        return None
    waiting = CorporateTransfer.objects.select_for_update(of=("self",)).filter(
        company=company, status=TransferStatus.WAITING, currency=line.currency, amount_minor=line.amount_minor
    )
    return waiting.order_by("started_at", "pk").first()
