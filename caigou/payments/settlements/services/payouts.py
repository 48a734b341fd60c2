"""A gateway's payout to our bank: when the bank has it, what stood in clearing stands at the bank."""

from __future__ import annotations

from django.db import transaction

from caigou.kernel.actor import SYSTEM
from caigou.kernel.clock import now
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, Leg, open_account, post
from caigou.payments.bank.models import BankLine, DecisionStatus, LineStatus, SuspenseDecision, Verdict
from caigou.payments.bank.models.statements import LINE_MOVES, Rung
from caigou.payments.bank.references import compact
from caigou.payments.bank.services.posting import at_bank, happened, in_suspense
from caigou.payments.settlements.models import GatewayRow

_SHORTEST = 6


def close_by_line(line: BankLine) -> bool:
    """Take a new credit for the payout that it names, and post it from clearing; False when it names none."""
    waiting = GatewayRow.objects.select_for_update(of=("self",)).select_related("report")
    rows = waiting.filter(kind="payout", line=None, currency=line.currency, amount_minor=-line.amount_minor)
    named = [row for row in rows.order_by("pk")[:100] if _names(line, row)]
    if len({row.pk for row in named}) != 1:
        return False
    _close(named[0], line, at_bank(line.account), "bank.received")
    return True


@transaction.atomic
def close_by_row(row: GatewayRow) -> bool:
    """Take the credit in suspense that names this payout, if the bank's statement came before the gateway's."""
    lines = BankLine.objects.select_for_update(of=("self",)).select_related("account")
    waiting = lines.filter(status=LineStatus.SUSPENSE, currency=row.currency, amount_minor=-row.amount_minor)
    named = [line for line in waiting.order_by("pk")[:100] if _names(line, row)]
    if len(named) != 1:
        return False
    [line] = named
    SuspenseDecision.objects.filter(line=line, status=DecisionStatus.WAITING).update(
        status=DecisionStatus.REFUSED, decided_at=now()
    )
    _close(row, line, in_suspense(line), "suspense.cleared")
    check_move(LINE_MOVES, line.status, LineStatus.GATEWAY)
    line.status, line.verdict, line.matched_at = LineStatus.GATEWAY, Verdict.EXACT, now()
    line.save(update_fields=["status", "verdict", "rung", "matched_at"])
    return True


def _close(row: GatewayRow, line: BankLine, source: AccountId, purpose: str) -> None:
    row.line, line.rung = line, Rung.PAYOUT
    row.save(update_fields=["line"])
    clearing = open_account("gateway_clearing", row.report.gateway, row.currency)
    legs = [Leg.transfer(source, clearing, line.amount, "gateway.payout")]
    post(purpose, line.public_id, legs, by=SYSTEM, effective_at=happened(line.day, line.currency))


def _names(line: BankLine, row: GatewayRow) -> bool:
    """Whether the bank's line has the payout's reference: in its field for one, or as a word of its text."""
    words = {compact(word) for word in (line.reference, *line.text.split())}
    return any(len(name) >= _SHORTEST and compact(name) in words for name in (row.reference, row.provider_ref))
