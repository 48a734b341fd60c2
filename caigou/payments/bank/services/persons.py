"""Who decides: a person of the operator, and for what matters two."""

from __future__ import annotations

from django.utils.translation import gettext as _

from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, NotAllowed


def staff_id(by: Actor) -> int:
    """Return the person of the operator's finance who does it; raises ``NotAllowed`` for others and for the system."""
    if not by.is_staff or by.user_id is None:
        raise NotAllowed(_("Only the platform's staff may do this."))
    require_finance(by)
    return by.user_id


def require_finance(by: Actor) -> None:
    """Raise ``NotAllowed`` for people without the right of finance; the system passes."""
    if not by.may("finance"):
        raise NotAllowed(_("Only people with the right of finance may do this. An owner gives it."))


def another_than(asked_by: int, by: Actor) -> int:
    """Return the person who agrees; raises ``NotAllowed`` for who asked (promise 19)."""
    person = staff_id(by)
    if person == asked_by:
        raise NotAllowed(_("You asked for this yourself. A second person has to decide."))
    return person


def reason_of(reason: str) -> str:
    """Return a reason on one line; raises ``BadInput`` for one that says nothing."""
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        words = _("Say why, in 3 to 300 characters; the history keeps it.")
        raise BadInput(words, fields={"reason": words})
    return reason
