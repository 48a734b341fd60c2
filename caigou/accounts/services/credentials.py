"""When somebody changed how they sign in: who took a session over does that first, and payouts wait for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from caigou.accounts.models import User
from caigou.kernel.clock import now

#: So long a company asks for no payout after one of its people changed password or address (promise 11).
HELD_FOR: Final = timedelta(hours=48)


def note_changed(user: User) -> None:
    """Note that a person's password or address changes now."""
    user.credentials_changed_at = now()
    User.objects.filter(pk=user.pk).update(credentials_changed_at=user.credentials_changed_at)


def payouts_held_until(company_id: int) -> datetime | None:
    """Return until when a company can't ask for payouts; None when nobody of it changed anything lately."""
    people = User.objects.filter(is_active=True, seats__company=company_id)
    last: datetime | None = people.aggregate(last=Max("credentials_changed_at"))["last"]
    until = last and last + HELD_FOR
    return until if until and until > now() else None
