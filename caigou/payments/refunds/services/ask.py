"""A buyer asks for a recharge back, in part or whole; staff agree, two of them to a large sum (D5)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from caigou.jobs.calls import intend
from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.ids import new_public_id
from caigou.kernel.money import Money
from caigou.kernel.states import check_move
from caigou.ledger.services import hold, open_account
from caigou.payments.bank.services.persons import another_than, reason_of, staff_id
from caigou.payments.models import Recharge, RechargeStatus
from caigou.payments.refunds.models import REFUND_MOVES, Fallback, Refund, RefundStatus
from caigou.payments.refunds.services.give_back import give_back
from caigou.payments.services.alone import decider, takes_two
from caigou.payments.services.blocked import refuse_blocked
from caigou.payments.services.recharge import REFUND, gateways
from caigou.payments.services.wallet import available, wallet_account


def left_of(recharge: Recharge) -> Money:
    """Return what of a recharge isn't on its way back yet; zero unless it was paid."""
    if recharge.status != RechargeStatus.PAID:
        return Money.zero(recharge.currency)
    back = recharge.refunds.standing().aggregate(sum=Sum("amount_minor"))["sum"]
    return recharge.amount - Money(int(back or 0), recharge.currency)


def refundable(recharge: Recharge) -> Money:
    """Return what can be asked back now: unspent, and not on its way back; zero where the gateway isn't here."""
    zero = Money.zero(recharge.currency)
    if recharge.gateway not in gateways():
        return zero
    return max(min(left_of(recharge), available(recharge.company, recharge.currency)), zero)


@transaction.atomic
def ask_refund(recharge_id: int, amount: Money, *, fallback: str, words: str = "", by: Actor) -> Refund:
    """Set ``amount`` of a recharge aside in the wallet, to go back to where it was paid from when staff agree.

    Raises ``BadInput`` for more than was paid in through this recharge less what is on its way back, a recharge
    that wasn't paid or whose gateway is gone; ``InsufficientFunds`` for what was spent, ``AccountBlocked`` for a
    blocked wallet, ``NotAllowed`` for another company's.
    """
    offered = gateways()  # read before the lock: the first time in a process it takes a moment
    # The recharge's row is what two who ask at once wait for: the second counts the first.
    locked = Recharge.objects.select_for_update(of=("self",)).select_related("company")
    recharge = locked.get(pk=recharge_id)
    if by.company_id != recharge.company_id:
        raise NotAllowed(_("This wallet belongs to another company."))
    if fallback not in Fallback.values:
        raise BadInput(_("Choose one of the kinds."), fields={"fallback": ""})
    if recharge.status != RechargeStatus.PAID or recharge.gateway not in offered:
        raise BadInput(_("This recharge can't be sent back from here."))
    _check_amount(recharge, amount)
    public_id = new_public_id()
    held = hold(
        wallet_account(recharge.company, recharge.currency),
        open_account("gateway_clearing", recharge.gateway, recharge.currency),
        amount,
        purpose="recharge.refund_asked",
        source=public_id,
        by=by,
    )
    changed(("company", recharge.company_id))
    return Refund.objects.create(
        public_id=public_id,
        recharge=recharge,
        company=recharge.company,
        currency=amount.currency,
        amount_minor=amount.minor,
        words=" ".join(words.split())[:300],
        fallback=fallback,
        hold_id=held,
        by_id=by.user_id,
    )


def _check_amount(recharge: Recharge, amount: Money) -> None:
    words = ""
    if amount.currency != recharge.currency or amount.minor <= 0:
        words = _("Write the amount in plain digits with a point, such as 1234.50.")
    elif amount > left_of(recharge):
        words = _("Of this recharge %(left)s can be sent back at most.") % {"left": left_of(recharge)}
    if words:
        raise BadInput(words, fields={"amount": words})


@transaction.atomic
def withdraw_refund(refund_id: int, *, by: Actor) -> Refund:
    """Take a refund back before the last person agreed; the sum can be spent again."""
    refund = _locked(refund_id)
    if by.company_id != refund.company_id:
        raise NotAllowed(_("This wallet belongs to another company."))
    return give_back(refund, RefundStatus.WITHDRAWN, by=by)


@transaction.atomic
def decline_refund(refund_id: int, *, reason: str, by: Actor) -> Refund:
    """Decline with a reason that the buyer reads; the sum can be spent again. ``NotAllowed`` for non-staff."""
    refund = _locked(refund_id)
    refund.declined_by_id, refund.declined_because = staff_id(by), reason_of(reason)
    return give_back(refund, RefundStatus.DECLINED, by=by, fields=("declined_by", "declined_because"))


@transaction.atomic
def agree_refund(refund_id: int, *, by: Actor) -> Refund:
    """Agree that a refund leaves; it is sent at once, or, above the limit, when a second person agrees.

    The limit counts all that this person agreed to alone within a day. ``NotAllowed`` for non-staff and for the one
    who agreed before, ``AccountBlocked`` where payments were blocked since.
    """
    person = decider(by)
    refund = _locked(refund_id)
    refuse_blocked([refund.hold_id])
    if refund.status == RefundStatus.SECOND and refund.agreed_by_id is not None:
        refund.second_by_id = another_than(refund.agreed_by_id, by)
        return _send(refund)
    check_move(REFUND_MOVES, refund.status, RefundStatus.AGREED)
    refund.agreed_by_id, refund.agreed_at = person, now()
    refund.needs_second = takes_two(person, refund.amount)
    if not refund.needs_second:
        return _send(refund)
    check_move(REFUND_MOVES, refund.status, RefundStatus.SECOND)
    refund.status = RefundStatus.SECOND
    refund.save(update_fields=["status", "agreed_by", "agreed_at", "needs_second"])
    return refund


def _send(refund: Refund) -> Refund:
    check_move(REFUND_MOVES, refund.status, RefundStatus.AGREED)
    refund.status = RefundStatus.AGREED
    refund.save(update_fields=["status", "agreed_by", "agreed_at", "needs_second", "second_by"])
    intend(REFUND, {"reference": refund.public_id})
    return refund


def _locked(refund_id: int) -> Refund:
    locked = Refund.objects.select_for_update(of=("self",)).select_related("company")
    return locked.get(pk=refund_id)
