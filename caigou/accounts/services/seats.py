"""Seats: an operator gives a person a place at a company; a person with several chooses where to sit."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.kernel.errors import BadInput


@transaction.atomic
def give_seat(email: str, company: Company, *, name: str = "", language: str = "en") -> Seat:
    """Seat the person with this e-mail address at ``company``; safe to repeat.

    A new person gets no password: a code by e-mail opens the door, and so proves that the address is theirs.
    Raises ``BadInput`` for what is no address.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadInput(_("%(email)s is not an e-mail address.") % {"email": email[:80]}) from error
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, name=name, language=language)
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    seat, _new = Seat.objects.get_or_create(user=user, company=company)
    return seat


@transaction.atomic
def ensure_operator(name: str, country: str) -> Company:
    """Return the operator's company, opened by ``name`` when there is none yet; there is only one (a constraint)."""
    company, _new = Company.objects.get_or_create(
        kind=CompanyKind.OPERATOR, defaults={"name_en": name, "country": country}
    )
    return company
