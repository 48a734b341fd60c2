"""Money set aside: nobody else can spend it until it is captured or released."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.clock import now
from caigou.kernel.money import Money
from caigou.ledger.errors import HoldSpent, LedgerBusy
from caigou.ledger.legs import AccountId, HoldId, JournalId, Leg
from caigou.ledger.models import Hold
from caigou.ledger.selectors import holds_of
from caigou.ledger.services.posting import post


def hold(
    debit: AccountId,
    credit: AccountId,
    money: Money,
    *,
    purpose: str,
    source: str | int,
    by: Actor,
    key: str | None = None,
    expires_at: datetime | None = None,
) -> HoldId:
    """Set ``money`` of ``debit`` aside towards ``credit`` and return the hold.

    It can be captured to ``credit`` only.  From ``expires_at`` on its release is due; until a job releases it,
    it stands.  Safe to call again.  Raises what ``post`` raises.
    """
    journal = post(purpose, source, [Leg.hold(debit, credit, money, purpose, expires_at=expires_at)], by=by, key=key)
    return holds_of(journal)[0]


def capture(
    hold_id: HoldId,
    *,
    purpose: str,
    source: str | int,
    by: Actor,
    amount: Money | None = None,
    key: str | None = None,
    reason: str | None = None,
) -> JournalId:
    """Move held money where it was held to: ``amount``, or all that is left (the rest stays held).

    Safe to call again.  Raises ``HoldSpent`` when less is left, ``AccountBlocked`` when the payer was blocked
    since and no ``reason`` is given, and what ``post`` raises.
    """
    return post(purpose, source, [Leg.capture(hold_id, purpose, amount=amount)], by=by, key=key, reason=reason)


def release(
    hold_id: HoldId,
    *,
    purpose: str,
    source: str | int,
    by: Actor,
    amount: Money | None = None,
    key: str | None = None,
) -> JournalId:
    """Give held money back: ``amount``, or all that is left.  A freeze does not stop it.

    Safe to call again.  Raises ``HoldSpent`` when less is left, and what ``post`` raises.
    """
    return post(purpose, source, [Leg.release(hold_id, purpose, amount=amount)], by=by, key=key)


def release_expired(limit: int = 200) -> int:
    """Clock: give back what is left of holds whose time is over; return how many.

    Each is a posting of its own, so one that somebody has in hand waits for the next round. Safe to repeat.
    """
    due = Hold.objects.alias(taken=F("captured") + F("released")).filter(expires_at__lte=now(), taken__lt=F("amount"))
    return sum(_release_if_left(HoldId(pk)) for pk in due.order_by("expires_at").values_list("pk", flat=True)[:limit])


def _release_if_left(hold_id: HoldId) -> bool:
    try:
        release(hold_id, purpose="hold.expired", source=hold_id, by=SYSTEM)
    except (HoldSpent, LedgerBusy):
        return False
    return True
