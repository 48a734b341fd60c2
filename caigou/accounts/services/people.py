"""Shut a person out, and let them in again (A5): from the next request on, wherever they are signed in."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, NotAllowed

log = structlog.get_logger(__name__)


@transaction.atomic
def deactivate_person(user_id: int, *, by: Actor) -> User:
    """Let the person in no more; what they did stays under their name. Safe to repeat.

    Raises ``NotAllowed`` for anyone but staff, ``BadInput`` for oneself and for the last person of the operator.
    """
    person = _locked(user_id, by)
    if person.pk == by.user_id:
        raise BadInput(_("You can't shut yourself out. Ask a colleague."))
    _check_not_last(person)
    return _set(person, active=False, by=by)


@transaction.atomic
def reactivate_person(user_id: int, *, by: Actor) -> User:
    """Let the person in again, on the seats they have. Safe to repeat. Raises ``NotAllowed`` for anyone but staff."""
    return _set(_locked(user_id, by), active=True, by=by)


@transaction.atomic
def take_seat(seat_id: int, *, by: Actor) -> None:
    """Take a person's place at a company away; the person and what they did there stay.

    Raises ``NotAllowed`` for anyone but staff, ``BadInput`` for one's own seat and for the operator's last one.
    """
    seat = Seat.objects.select_related("user", "company").get(pk=seat_id)
    person = _locked(seat.user_id, by)
    if (seat.user_id, seat.company_id) == (by.user_id, by.company_id):
        raise BadInput(_("You can't take your own seat. Ask a colleague."))
    if seat.company.kind == CompanyKind.OPERATOR:
        _check_not_last(person)
    log.info("seat taken", person=person.public_id, company=seat.company.public_id, by=str(by))
    seat.delete()


def _locked(user_id: int, by: Actor) -> User:
    if not (by.is_staff or by.is_system):
        raise NotAllowed(_("Only the platform may do this."))
    # One such change at a time: of two who are shut out at once the second is counted after the first has gone.
    list(Company.objects.select_for_update(no_key=True).filter(kind=CompanyKind.OPERATOR))
    return User.objects.select_for_update().get(pk=user_id)


def _check_not_last(person: User) -> None:
    """Raise ``BadInput`` for the last person who can run the platform."""
    staff = Seat.objects.filter(company__kind=CompanyKind.OPERATOR).values("user_id")
    if list(User.objects.filter(pk__in=staff, is_active=True)[:2]) == [person]:
        raise BadInput(_("This is the last person who runs the platform. Give somebody else a seat first."))


def _set(person: User, *, active: bool, by: Actor) -> User:
    if person.is_active != active:
        person.is_active = active
        person.save(update_fields=["is_active"])
        log.info("person let in" if active else "person shut out", person=person.public_id, by=str(by))
    return person
