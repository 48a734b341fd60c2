"""Money whose payer was refused goes back to where it came from; if the gateway can't, staff look at it again (A11)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.calls import intend
from caigou.jobs.changes import changed
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput
from caigou.kernel.ids import new_public_id
from caigou.kernel.states import check_move
from caigou.ledger.services import hold
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.models import RECHARGE_MOVES, Recharge, RechargeStatus
from caigou.payments.refunds.models import Refund, RefundStatus
from caigou.payments.services.credit import apart_of, clearing_of
from caigou.payments.services.recharge import REFUND


@transaction.atomic
def send_unlet_back(recharge_id: int, *, reason: str, by: Actor) -> Refund:
    """Send a recharge that stands apart back, whole; the person who refused its payer has agreed to it.

    Raises ``BadInput`` for one that doesn't stand apart, ``NotAllowed`` for non-staff.
    """
    person = staff_id(by)
    locked = Recharge.objects.select_for_update(of=("self",)).select_related("company")
    recharge = locked.get(pk=recharge_id)
    if recharge.status != RechargeStatus.REVIEW:
        raise BadInput(_("Nothing waits here any more: somebody has decided."))
    check_move(RECHARGE_MOVES, recharge.status, RechargeStatus.RETURNED)
    recharge.status = RechargeStatus.RETURNED
    recharge.save(update_fields=["status"])
    public_id = new_public_id()
    held = hold(
        apart_of(recharge),
        clearing_of(recharge),
        recharge.amount,
        purpose="recharge.refund_asked",
        source=public_id,
        by=by,
    )
    refund = Refund.objects.create(
        public_id=public_id,
        recharge=recharge,
        company=recharge.company,
        currency=recharge.currency,
        amount_minor=recharge.amount_minor,
        words=reason[:300],
        hold_id=held,
        status=RefundStatus.AGREED,
        by_id=person,
        agreed_by_id=person,
        agreed_at=now(),
    )
    intend(REFUND, {"reference": public_id})
    changed(("company", recharge.company_id))
    return refund


def look_again(recharge: Recharge) -> None:
    """The gateway can't send a locked recharge back: it stands apart again, for staff; inside the caller's work."""
    check_move(RECHARGE_MOVES, recharge.status, RechargeStatus.REVIEW)
    recharge.status = RechargeStatus.REVIEW
    recharge.save(update_fields=["status"])
