"""Addresses: add, change and remove; an order that used one keeps its own copy."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from caigou.accounts.address_rules import rules_of
from caigou.accounts.models import Address, Company
from caigou.accounts.phones import read_phone
from caigou.kernel.actor import Actor
from caigou.kernel.clock import now
from caigou.kernel.errors import BadInput, NotAllowed

#: More than this and somebody is storing something else here.
MOST_ADDRESSES = 100


@transaction.atomic
def save_address(values: dict[str, Any], *, by: Actor, address: Address | None = None) -> Address:
    """Store a new address of the actor's company, or change ``address``, which must be its own (F3).

    Postcode, region and phone are checked and written as in the country of the address (``address_rules``).
    Raises ``NotAllowed`` for an address of another company, ``BadInput`` for what carriers there couldn't use (with a
    word for each field), when the book is full or the address was removed since the page was opened.
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
    _write_as_there(address)
    address.save()
    return address


def _write_as_there(address: Address) -> None:
    """Write postcode, region and phone as the country writes them; raises ``BadInput`` with a word for each field."""
    rules, faults = rules_of(address.country), dict[str, str]()
    postcode, region = rules.read_postcode(address.postcode), rules.read_region(address.region)
    if postcode is None:
        faults["postcode"] = _("It doesn't look like one of this country. Write it like %(example)s.") % {
            "example": rules.example
        }
    elif rules.postcode == "required" and not postcode:
        faults["postcode"] = _("Carriers there need it. Write it like %(example)s.") % {"example": rules.example}
    if region is None:
        faults["region"] = _("Write one of: %(regions)s.") % {"regions": ", ".join(rules.regions)}
    elif rules.region == "required" and not region:
        faults["region"] = _("Carriers there need it: one of %(regions)s.") % {"regions": ", ".join(rules.regions)}
    try:
        address.phone = read_phone(address.phone, address.country)
    except BadInput as error:
        faults |= error.fields
    if faults:
        raise BadInput(_("The address is not complete yet. What is missing stands beside each field."), fields=faults)
    # A field that isn't used there was filled in for another country before.
    address.postcode = "" if rules.postcode == "unused" else postcode or ""
    address.region = "" if rules.region == "unused" else region or ""


def remove_address(address: Address, *, by: Actor) -> None:
    """Take an address out of the book; orders keep their copy. Safe to repeat."""
    Address.objects.visible_to(by).filter(pk=address.pk).update(removed_at=now())
