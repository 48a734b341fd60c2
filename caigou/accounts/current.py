"""From a signed-in person to an ``Actor``: which of their seats they sit on now."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest

from caigou.accounts.models import Company, Seat, User
from caigou.kernel.actor import Actor, Role

#: Session key of the company that a person with several seats chose.
CHOSEN = "company"


def seat_of(user: User, chosen: Any = None) -> Seat | None:
    """Return the chosen seat if the person still has it, else the oldest one, else None."""
    seats = list(user.seats.select_related("company").order_by("since", "pk"))
    return next((seat for seat in seats if seat.company.public_id == chosen), seats[0] if seats else None)


def actor_on(seat: Seat) -> Actor:
    """Return the actor that sits on ``seat``."""
    role = cast(Role, seat.company.role)
    return Actor(role=role, user_id=seat.user_id, company_id=seat.company_id, rights=seat.rights)


class SeatedRequest(HttpRequest):
    """What views receive: the middleware has put the actor and the company there."""

    actor: Actor
    company: Company
    user: User
