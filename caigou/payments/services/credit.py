"""What a gateway has taken in goes into the wallet, or stands apart while staff look at whose name paid it (A11)."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.jobs.changes import changed
from caigou.jobs.outbox import publish
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import BadInput
from caigou.kernel.registry import Registry
from caigou.kernel.states import check_move
from caigou.ledger.services import AccountId, Leg, open_account, post
from caigou.payments.bank.services.persons import staff_id
from caigou.payments.events import MoneyArrived
from caigou.payments.models import RECHARGE_MOVES, Recharge, RechargeStatus
from caigou.payments.ports import PaidFrom
from caigou.payments.services.ask import lock_waiting, meet_waiting
from caigou.payments.services.debts import legs_of_arrival, reason_of

#: Asked with a recharge that was paid and from what: may it be credited? One no keeps it apart.
PAYER_RULES: Registry[Callable[[Recharge, PaidFrom], bool]] = Registry("may money paid from there be credited?")


def clearing_of(recharge: Recharge) -> AccountId:
    """Return the ledger account of what the recharge's gateway has taken in."""
    return open_account("gateway_clearing", recharge.gateway, recharge.currency)


def apart_of(recharge: Recharge) -> AccountId:
    """Return the ledger account on which a recharge stands while somebody looks at the name that paid it."""
    return open_account("suspense", recharge.public_id, recharge.currency)


def credit(recharge: Recharge, source: AccountId) -> None:
    """Credit a locked recharge from ``source`` once, its debt first, and meet what waits; inside the caller's work."""
    lock_waiting(recharge.company, recharge.currency)
    legs = legs_of_arrival(recharge.company, recharge.amount, source, "recharge")
    post("recharge", recharge.public_id, legs, by=SYSTEM, reason=reason_of(legs))
    publish(MoneyArrived(recharge_id=recharge.pk))
    changed(("company", recharge.company_id))
    meet_waiting(recharge.company, recharge.currency)


def keep_apart(recharge: Recharge) -> None:
    """Post what the gateway took to where nobody can spend it; inside the caller's work."""
    legs = [Leg.transfer(clearing_of(recharge), apart_of(recharge), recharge.amount, "recharge.kept_apart")]
    post("recharge.kept_apart", recharge.public_id, legs, by=SYSTEM)
    changed(("company", recharge.company_id))


@transaction.atomic
def let_in(recharge_id: int, *, by: Actor) -> Recharge:
    """Credit a recharge that stood apart, because staff have looked at the name. ``NotAllowed`` for non-staff."""
    staff_id(by)
    locked = Recharge.objects.select_for_update(of=("self",)).select_related("company")
    recharge = locked.get(pk=recharge_id)
    if recharge.status != RechargeStatus.REVIEW:
        raise BadInput(_("Nothing waits here any more: somebody has decided."))
    check_move(RECHARGE_MOVES, recharge.status, RechargeStatus.PAID)
    recharge.status = RechargeStatus.PAID
    recharge.save(update_fields=["status"])
    credit(recharge, apart_of(recharge))
    return recharge
