"""Shut a person out, and let them in again (A5): from the next request on, wherever they are signed in."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import CompanyKind, RightOf, Seat, User
from caigou.accounts.services.rights import check_not_last_owner, lock_rights, note, require_owner
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, NotAllowed

log = structlog.get_logger(__name__)


@transaction.atomic
def deactivate_person(user_id: int, *, by: Actor) -> User:
    """Let the person in no more; what they did stays under their name. Safe to repeat.

    Raises ``NotAllowed`` for anyone but staff, and for other than owners where it is one of the platform's people;
    ``BadInput`` for oneself and for the last owner.
    """
    person = _locked(user_id, by)
    if person.pk == by.user_id:
        raise BadInput(_("You can't shut yourself out. Ask a colleague."))
    check_not_last_owner(person.pk)
    return _set(person, active=False, by=by)


@transaction.atomic
def reactivate_person(user_id: int, *, by: Actor) -> User:
    """Let the person in again, on the seats they have. Safe to repeat. Raises ``NotAllowed`` as shutting out does."""
    return _set(_locked(user_id, by), active=True, by=by)


@transaction.atomic
def take_seat(seat_id: int, *, by: Actor) -> None:
    """Take a person's place at a company away; the person and what they did there stay.

    Rights go with the seat. Raises ``NotAllowed`` as shutting out does, ``BadInput`` for one's own seat and for that
    of the last owner.
    """
    seat = Seat.objects.select_related("user", "company").get(pk=seat_id)
    person = _locked(seat.user_id, by)
    if (seat.user_id, seat.company_id) == (by.user_id, by.company_id):
        raise BadInput(_("You can't take your own seat. Ask a colleague."))
    if seat.company.kind == CompanyKind.OPERATOR:
        check_not_last_owner(person.pk)
        for right in (RightOf.OWNER, RightOf.FINANCE):
            note(seat, right, given=False, reason=_("The seat was taken."), by=by)
    log.info("seat taken", person=person.public_id, company=seat.company.public_id, by=str(by))
    seat.delete()


def _locked(user_id: int, by: Actor) -> User:
    if not (by.is_staff or by.is_system):
        raise NotAllowed(_("Only the platform may do this."))
    if Seat.objects.filter(user=user_id, company__kind=CompanyKind.OPERATOR).exists():
        require_owner(by)
    lock_rights()
    return User.objects.select_for_update().get(pk=user_id)


def _set(person: User, *, active: bool, by: Actor) -> User:
    if person.is_active != active:
        person.is_active = active
        person.save(update_fields=["is_active"])
        log.info("person let in" if active else "person shut out", person=person.public_id, by=str(by))
    return person
