"""Join: a person gets a seat, and a company if there is none yet."""

from __future__ import annotations

from django.db import transaction

from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.accounts.services.rights import first_owner


@transaction.atomic
def found_company(user: User, *, kind: str, name_en: str, country: str, name_zh: str = "") -> Company:
    """Open a company for ``user`` and give the first seat; safe to repeat: a person's company of the kind is kept.

    ``country`` is ISO 3166-1 alpha-2.
    """
    # A button pressed twice: the second waits here and then finds the seat.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    seat = user.seats.select_related("company").filter(company__kind=kind).first()
    if seat is not None:
        return seat.company
    company = Company.objects.create(kind=CompanyKind(kind), name_en=name_en, name_zh=name_zh, country=country)
    first_owner(Seat.objects.create(user=user, company=company))
    return company
