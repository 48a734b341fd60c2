"""The sum of a refund that doesn't leave is free again, and meets what waits for money."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed
from caigou.kernel.ids import new_public_id
from caigou.kernel.states import check_move
from caigou.ledger.services import HoldId, Leg, holds_of, post, release
from caigou.payments.bank.services.accounts import account_for
from caigou.payments.bank.services.posting import at_bank
from caigou.payments.models import RechargeStatus
from caigou.payments.payouts.models import PayoutAccount
from caigou.payments.payouts.services.request import check_not_held, check_usable, write_payout
from caigou.payments.refunds.models import REFUND_MOVES, Refund, RefundStatus
from caigou.payments.services.ask import lock_waiting, meet_waiting
from caigou.payments.services.wallet import wallet_account


def give_back(refund: Refund, after: RefundStatus, *, by: Actor, fields: tuple[str, ...] = ()) -> Refund:
    """Release what was set aside for a locked refund, inside the caller's work."""
    check_move(REFUND_MOVES, refund.status, after)
    refund.status, refund.ended_at = after, now()
    refund.save(update_fields=["status", "ended_at", *fields])
    lock_waiting(refund.company, refund.currency)
    release(HoldId(refund.hold_id), purpose="recharge.refund_ended", source=refund.public_id, by=by)
    meet_waiting(refund.company, refund.currency)
    changed(("company", refund.company_id))
    return refund


@transaction.atomic
def keep_in_wallet(refund_id: int, *, by: Actor) -> Refund:
    """Leave in the wallet what the gateway refused to send back. ``NotAllowed`` for other companies."""
    refund = _refused(refund_id, by)
    return give_back(refund, RefundStatus.KEPT, by=by)


@transaction.atomic
def send_to_bank(refund_id: int, account: PayoutAccount, *, by: Actor) -> Refund:
    """Let what the gateway refused go to a bank account of the company instead, as a payout with all its guards.

    The sum passes from one purpose to the other in one posting: at no moment can it be spent. Raises ``BadInput``
    for an account that isn't usable yet, of another currency or another company's; ``NotAllowed``.
    """
    refund = _refused(refund_id, by)
    account = PayoutAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if account.company_id != refund.company_id:
        raise NotAllowed(_("This wallet belongs to another company."))
    check_usable(account, refund.amount)
    check_not_held(refund.company)
    ours = account_for(refund.currency)
    if ours is None:
        raise BadInput(_("There is no bank account for this currency yet. Ask our support."))
    check_move(REFUND_MOVES, refund.status, RefundStatus.BANK)
    wallet = wallet_account(refund.company, refund.currency)
    legs = [
        Leg.release(HoldId(refund.hold_id), "recharge.refund_ended", amount=refund.amount),
        Leg.hold(wallet, at_bank(ours), refund.amount, "payout.hold"),
    ]
    journal = post("recharge.refund_by_bank", refund.public_id, legs, by=by)
    [held] = holds_of(journal)
    refund.payout = write_payout(new_public_id(), held, refund.amount, ours, account=account, by=by)
    refund.status, refund.ended_at = RefundStatus.BANK, now()
    refund.save(update_fields=["status", "ended_at", "payout"])
    changed(("company", refund.company_id))
    return refund


def _refused(refund_id: int, by: Actor) -> Refund:
    locked = Refund.objects.select_for_update(of=("self",)).select_related("company", "recharge")
    refund = locked.get(pk=refund_id)
    if by.company_id != refund.company_id or refund.recharge.status == RechargeStatus.RETURNED:
        raise NotAllowed(_("This wallet belongs to another company."))
    return refund
