"""Seats: an operator gives a person a place at a company; a person with several chooses where to sit."""

from __future__ import annotations

import structlog
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.accounts.services.rights import first_owner, require_owner
from caigou.accounts.services.seat_letters import tell_colleagues
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput, NotAllowed

log = structlog.get_logger(__name__)


@transaction.atomic
def give_seat(email: str, company: Company, *, by: Actor, name: str = "", language: str = "en") -> Seat:
    """Seat the person with this e-mail address at ``company``; safe to repeat, and by two at once.

    A new person gets no password: a code by e-mail opens the door, and so proves that the address is theirs. Whoever
    sits at a trading company already is written to.
    The platform's own first person becomes its owner; a seat there is an owner's to give. Raises ``NotAllowed`` for
    anyone but staff, ``BadInput`` for what is no address.
    """
    if not (by.is_staff or by.is_system):
        raise NotAllowed(_("Only the platform may do this."))
    if company.kind == CompanyKind.OPERATOR:
        require_owner(by)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadInput(_("%(email)s is not an e-mail address.") % {"email": email[:80]}) from error
    first = {"name": name, "language": language, "password": make_password(None)}
    user, new = User.objects.get_or_create(email=email, defaults=first)
    if new:
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    seat, given = Seat.objects.get_or_create(user=user, company=company)
    if given:
        first_owner(seat)
        if by.is_staff and company.kind != CompanyKind.OPERATOR and company.seats.count() > 1:
            tell_colleagues(seat, by)
        log.info("seat given", person=user.public_id, company=company.public_id, by=str(by))
    return seat


@transaction.atomic
def ensure_operator(name: str, country: str) -> Company:
    """Return the operator's company, opened by ``name`` when there is none yet; there is only one (a constraint)."""
    company, _new = Company.objects.get_or_create(
        kind=CompanyKind.OPERATOR, defaults={"name_en": name, "country": country}
    )
    return company
