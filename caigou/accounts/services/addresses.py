"""Addresses: add, change and remove; an order that used one keeps its own copy."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.models import Address, Company
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed

#: More than this and somebody is storing something else here.
MOST_ADDRESSES = 100


@transaction.atomic
def save_address(values: dict[str, Any], *, by: Actor, address: Address | None = None) -> Address:
    """Store a new address of the actor's company, or change ``address``, which must be its own (F3).

    Raises ``NotAllowed`` for an address of another company, ``BadInput`` when the book is full or the address was
    removed since the page was opened.
    """
    if by.company_id is None:
        raise NotAllowed(_("Only a member of a company keeps addresses."))
    if address is None:
        # One at a time counts and adds; whoever only refers to the company isn't kept waiting.
        Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
        if Address.objects.visible_to(by).count() >= MOST_ADDRESSES:
            raise BadInput(_("The address book is full. Remove an address that you no longer use."))
        address = Address(company_id=by.company_id)
    elif address.company_id != by.company_id:
        raise NotAllowed(_("This address belongs to another company."))
    else:
        address = Address.objects.select_for_update().get(pk=address.pk)
        if address.removed_at is not None:
            raise BadInput(_("This address was removed meanwhile. Add it as a new one if you still need it."))
    for field, value in values.items():
        setattr(address, field, value)
    address.full_clean()
    address.save()
    return address


def remove_address(address: Address, *, by: Actor) -> None:
    """Take an address out of the book; orders keep their copy. Safe to repeat."""
    Address.objects.visible_to(by).filter(pk=address.pk).update(removed_at=now())
