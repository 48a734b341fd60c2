"""A person says what a difference with a gateway is; money that moves because of it takes two above the limit."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from caigou.accounts.models import Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import Leg, open_account, post
from caigou.payments.bank.services.persons import another_than, reason_of
from caigou.payments.bank.services.posting import credit_wallet
from caigou.payments.models import RECHARGE_MOVES, TAKEN, Recharge, RechargeStatus
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.payments.services.alone import decider, takes_two
from caigou.payments.settlements.models import (
    DIFFERENCE_MOVES,
    MOVES_MONEY,
    DifferenceKind,
    DifferenceStatus,
    GatewayDifference,
    Resolution,
)

#: The gateway's answer ends these, or has ended them.
_ANSWERED = (RefundStatus.AGREED, RefundStatus.UNKNOWN, RefundStatus.DONE)


@transaction.atomic
def ask_resolution(
    difference_id: int, how: str, *, reason: str, by: Actor, company: Company | None = None
) -> GatewayDifference:
    """Say what a difference is: explained, booked to our charges, or a charge that belongs to ``company``.

    Done at once below the limit, counted over all that this person moved alone within a day; else another person
    has to agree. Raises ``BadInput`` for one that isn't open or can't be resolved so, ``NotAllowed`` for non-staff.
    """
    person, reason = decider(by), reason_of(reason)
    found = _locked(difference_id)
    _check_how(found, how, company)
    found.resolution, found.reason, found.company = how, reason, company if how == Resolution.CREDIT else None
    found.asked_by_id, found.asked_at = person, now()
    fields = ["resolution", "reason", "company", "asked_by", "asked_at", "status", "resolved_at", "decided_by"]
    if how in MOVES_MONEY and takes_two(person, abs(found.delta or Money.zero(found.currency))):
        check_move(DIFFERENCE_MOVES, found.status, DifferenceStatus.WAITING)
        found.status = DifferenceStatus.WAITING
    else:
        _carry_out(found, by)
    found.save(update_fields=fields)
    return found


@transaction.atomic
def answer_resolution(difference_id: int, *, agree: bool, by: Actor) -> GatewayDifference:
    """Agree, which carries it out, or refuse it, which leaves it open. ``NotAllowed`` for the person who asked."""
    found = _locked(difference_id)
    if found.status != DifferenceStatus.WAITING or found.asked_by_id is None:
        raise BadInput(_("Nothing waits for a second person here any more."))
    person = another_than(found.asked_by_id, by)
    if agree:
        found.decided_by_id = person
        _carry_out(found, by)
    else:
        check_move(DIFFERENCE_MOVES, found.status, DifferenceStatus.OPEN)
        found.status, found.resolution, found.company = DifferenceStatus.OPEN, Resolution.NONE, None
    found.save(update_fields=["status", "resolution", "company", "resolved_at", "decided_by"])
    return found


def close_agreed(gateway: str) -> int:
    """Close what agrees by now, inside the caller's work: a row that came later, a charge credited since."""
    still = GatewayDifference.objects.filter(gateway=gateway, status=DifferenceStatus.OPEN)
    told = Q(kind=DifferenceKind.MISSING) & (Q(recharge__rows__isnull=False) | Q(refund__rows__isnull=False))
    paid = Q(recharge__status__in=TAKEN, recharge__amount_minor=F("theirs_minor"))
    sent = Q(refund__status="done", refund__amount_minor=-F("theirs_minor"))
    agreed = still.filter(told | Q(kind=DifferenceKind.EXTRA) & (paid | sent)).values("pk")
    return GatewayDifference.objects.filter(pk__in=agreed).update(
        status=DifferenceStatus.RESOLVED, resolution=Resolution.LATER, resolved_at=now()
    )


def _locked(difference_id: int) -> GatewayDifference:
    locked = GatewayDifference.objects.select_for_update(of=("self",))
    return locked.select_related("row", "recharge", "refund", "company", "report").get(pk=difference_id)


def _check_how(found: GatewayDifference, how: str, company: Company | None) -> None:
    words = ""
    if found.status != DifferenceStatus.OPEN:
        words = _("This isn't open any more: somebody has decided what it is.")
    elif how not in {Resolution.EXPLAINED, *MOVES_MONEY}:
        words = _("Choose one of the kinds.")
    elif how == Resolution.CHARGE and not found.delta:
        words = _("There is no sum that could be booked.")
    elif how == Resolution.CREDIT and (found.kind != DifferenceKind.EXTRA or not found.delta or found.delta.minor <= 0):
        words = _("Only money that the gateway took and our books don't have can be credited.")
    elif how == Resolution.CREDIT and company is None:
        words = _("Choose the company that paid it.")
    if words:
        raise BadInput(words, fields={"how": words})


def _leave_to_the_gateway(found: GatewayDifference, delta: Money) -> None:
    """Refuse to book by hand what the gateway's own answer books, or has booked; recharge or refund are locked.

    Where the gateway speaks of another sum its answer is never taken: that recharge ends here, and can't be credited
    once more.
    """
    if found.kind != DifferenceKind.EXTRA:
        return
    words = _("The gateway's own answer books this, or has done so. Look at what became of it.")
    if found.refund_id is not None:
        refund = Refund.objects.select_for_update(of=("self",)).get(pk=found.refund_id)
        if refund.status in _ANSWERED:
            raise BadInput(words, fields={"how": words})
    if found.recharge_id is None:
        return
    recharge = Recharge.objects.select_for_update(of=("self",)).get(pk=found.recharge_id)
    if recharge.status == RechargeStatus.FAILED:
        return
    if recharge.status in TAKEN or recharge.amount == delta:
        raise BadInput(words, fields={"how": words})
    check_move(RECHARGE_MOVES, recharge.status, RechargeStatus.FAILED)
    recharge.status, recharge.ended_at = RechargeStatus.FAILED, now()
    recharge.save(update_fields=["status", "ended_at"])


def _carry_out(found: GatewayDifference, by: Actor) -> None:
    check_move(DIFFERENCE_MOVES, found.status, DifferenceStatus.RESOLVED)
    found.status, found.resolved_at = DifferenceStatus.RESOLVED, now()
    delta = found.delta
    if found.resolution not in MOVES_MONEY or not delta:
        return
    _leave_to_the_gateway(found, delta)
    clearing = open_account("gateway_clearing", found.gateway, found.currency)
    if found.resolution == Resolution.CREDIT and found.company is not None:
        credit_wallet(
            found.company, delta, from_account=clearing, purpose="gateway.credited", source=found.public_id,
            day=now().date(), by=by,
        )  # fmt: skip
        return
    charges = open_account("charges", "platform", found.currency)
    debit, credit = (clearing, charges) if delta.minor > 0 else (charges, clearing)
    legs = [Leg.transfer(debit, credit, Money(abs(delta.minor), found.currency), "gateway.difference")]
    post("gateway.difference", found.public_id, legs, by=by)
