"""Who of the platform's people may see and move money, and who runs the platform: given and taken with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind, RightChange, RightOf, Seat
from caigou.kernel.actor import Actor, Right
from caigou.kernel.errors import BadInput, NotAllowed

log = structlog.get_logger(__name__)

#: The column of ``Seat`` in which each right stands.
_COLUMN: Final[Mapping[Right, str]] = {"finance": "finance", "owner": "owner"}


def require_owner(by: Actor) -> None:
    """Raise ``NotAllowed`` for anyone but an owner of the platform and the system."""
    if not by.may("owner"):
        raise NotAllowed(_("Only an owner of the platform may do this."))


def lock_rights() -> None:
    """Let one such change happen at a time: of two at once the second is counted after the first has gone."""
    list(Company.objects.select_for_update(no_key=True).filter(kind=CompanyKind.OPERATOR))


def check_not_last_owner(user_id: int) -> None:
    """Raise ``BadInput`` for the last person who can run the platform."""
    owners = Seat.objects.filter(company__kind=CompanyKind.OPERATOR, owner=True, user__is_active=True)
    if list(owners.values_list("user_id", flat=True)[:2]) == [user_id]:
        raise BadInput(_("This is the last owner of the platform. Make somebody else an owner first."))


@transaction.atomic
def set_right(seat_id: int, right: str, *, given: bool, reason: str, by: Actor) -> bool:
    """Give a person of the operator's a right, or take it; False when it was so already.

    Holds from the person's next click on. Raises ``NotAllowed`` for anyone but an owner; ``BadInput`` for a seat at
    another company, an unknown right, a missing reason, and for the right of the last owner.
    """
    require_owner(by)
    if right not in RightOf.values:
        raise BadInput(_("Choose a right of the list."))
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        words = _("Say why, in 3 to 300 characters; the history keeps it.")
        raise BadInput(words, fields={"reason": words})
    lock_rights()
    seat = Seat.objects.select_for_update(of=("self",)).select_related("company").get(pk=seat_id)
    if seat.company.kind != CompanyKind.OPERATOR:
        raise BadInput(_("Only people on a seat of the platform have such rights."))
    if right == RightOf.OWNER and not given:
        check_not_last_owner(seat.user_id)
    return note(seat, RightOf(right), given=given, reason=reason, by=by)


def note(seat: Seat, right: RightOf, *, given: bool, reason: str, by: Actor) -> bool:
    """Write it on the seat and into the history, whoever asked; False when it was so already."""
    column = _COLUMN[right.value]  # type: ignore[index]
    if getattr(seat, column) == given:
        return False
    setattr(seat, column, given)
    seat.save(update_fields=[column])
    RightChange.objects.create(user_id=seat.user_id, right=right, given=given, reason=reason, by_id=by.user_id)
    log.info("right changed", person=seat.user_id, right=right.value, given=given, by=str(by))
    return True


def first_owner(seat: Seat, *, by: Actor) -> None:
    """Make the first person on a seat of the operator an owner: somebody has to give the rights to the others."""
    if seat.company.kind != CompanyKind.OPERATOR or Seat.objects.filter(company=seat.company, owner=True).exists():
        return
    note(seat, RightOf.OWNER, given=True, reason=_("The first person of the platform."), by=by)
