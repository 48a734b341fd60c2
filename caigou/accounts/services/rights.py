"""Who of the platform's people may see and move money, and who runs the platform: given and taken with a reason.

What moves money takes two people, so nobody may make two people of themselves: first rights that an owner gives count
when another person of finance, neither the giver nor the receiver, agrees. While there is no such person they count
after a cooling-off. Finance hears of each change by mail (promise 19).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind, RightChange, RightOf, Seat
from caigou.accounts.services.right_letters import tell_finance
from caigou.kernel.actor import SYSTEM, Actor, Right
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed

log = structlog.get_logger(__name__)

#: The column of ``Seat`` in which each right stands.
_COLUMN: Final[Mapping[Right, str]] = {"finance": "finance", "owner": "owner"}
#: So long first rights don't count where no other person of finance could agree to them.
COOLING_OFF: Final = timedelta(hours=48)
_WAITS: Final = ("rights_by", "rights_wait", "rights_from")


def require_owner(by: Actor) -> None:
    """Raise ``NotAllowed`` for anyone but an owner of the platform and the system."""
    if not by.may("owner"):
        raise NotAllowed(_("Only an owner of the platform may do this."))


def lock_rights() -> None:
    """Let one such change happen at a time: of two at once the second is counted after the first has gone."""
    list(Company.objects.select_for_update(no_key=True).filter(kind=CompanyKind.OPERATOR))


def check_not_last_owner(user_id: int) -> None:
    """Raise ``BadInput`` for the last person who can run the platform."""
    owners = _whose_rights_count().filter(owner=True)
    if list(owners.values_list("user_id", flat=True)[:2]) == [user_id]:
        raise BadInput(_("This is the last owner of the platform. Make somebody else an owner first."))


@transaction.atomic
def set_right(seat_id: int, right: str, *, given: bool, reason: str, by: Actor) -> bool:
    """Give a person of the operator's a right, or take it; False when it was so already.

    Another right of somebody with one, and the taking of one, hold from the next click on; a first one when a second
    person of finance agrees, or after the cooling-off. Raises ``NotAllowed`` for anyone but an owner; ``BadInput`` for
    a seat at another company, an unknown right, a missing reason, and for the right of the last owner.
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
    had_some = seat.owner or seat.finance
    setattr(seat, column, given)
    if given and not had_some:
        _let_wait(seat, by)
    elif not (seat.owner or seat.finance):
        seat.rights_by_id, seat.rights_wait, seat.rights_from = None, False, None
    seat.save(update_fields=[column, *_WAITS])
    _write(seat, right, given=given, reason=reason, by=by)
    return True


def _whose_rights_count() -> QuerySet[Seat]:
    counts = Q(rights_wait=False) & (Q(rights_from=None) | Q(rights_from__lte=now()))
    some = Q(owner=True) | Q(finance=True)
    return Seat.objects.filter(counts, some, company__kind=CompanyKind.OPERATOR, user__is_active=True)


def _let_wait(seat: Seat, by: Actor) -> None:
    """Say from when first rights count; what the system gives, on the machine itself, counts at once."""
    seat.rights_by_id = by.user_id
    if by.is_system:
        return
    seat.rights_wait = _whose_rights_count().exclude(user__in=(seat.user_id, by.user_id)).exists()
    seat.rights_from = None if seat.rights_wait else now() + COOLING_OFF


def _write(seat: Seat, right: RightOf, *, given: bool, reason: str, by: Actor) -> None:
    change = RightChange.objects.create(user_id=seat.user_id, right=right, given=given, reason=reason, by_id=by.user_id)
    if not by.is_system:
        tell_finance(change)
    log.info("right changed", person=seat.user_id, right=right.value, given=given, by=str(by))


def may_answer(seat: Seat, by: Actor) -> bool:
    """Say whether ``by`` may agree to rights that wait: of finance, and neither who gave nor who gets them."""
    return by.may("finance") and by.user_id not in {None, seat.user_id, seat.rights_by_id}


@transaction.atomic
def answer_rights(seat_id: int, *, agree: bool, by: Actor) -> Seat:
    """Agree to first rights that wait or cool off, so that they count at once, or refuse them, which takes them.

    Raises ``NotAllowed`` for other than finance and for the two whom it is about, ``BadInput`` when nothing waits.
    """
    lock_rights()
    seat = Seat.objects.select_for_update(of=("self",)).select_related("company").get(pk=seat_id)
    if not may_answer(seat, by):
        raise NotAllowed(_("A second person of finance decides: neither who gave the right nor who gets it."))
    if seat.rights_count:
        raise BadInput(_("Nothing waits here any more: somebody has decided."))
    if not agree:
        for right in (RightOf.OWNER, RightOf.FINANCE):
            note(seat, right, given=False, reason=_("A second person of finance refused."), by=by)
        return seat
    seat.rights_wait, seat.rights_from = False, None
    seat.save(update_fields=["rights_wait", "rights_from"])
    right = RightOf.OWNER if seat.owner else RightOf.FINANCE
    _write(seat, right, given=True, reason=_("A second person of finance agreed."), by=by)
    return seat


def first_owner(seat: Seat) -> None:
    """Make the first person on a seat of the operator an owner: somebody has to give the rights to the others."""
    if seat.company.kind != CompanyKind.OPERATOR or Seat.objects.filter(company=seat.company, owner=True).exists():
        return
    note(seat, RightOf.OWNER, given=True, reason=_("The first person of the platform."), by=SYSTEM)
