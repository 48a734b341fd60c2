"""A company's address book (F3): its own, bounded, and no order moves with it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from caigou.accounts.current import actor_on
from caigou.accounts.models import Address
from caigou.accounts.services.addresses import MOST_ADDRESSES, remove_address, save_address
from caigou.accounts.tests.doors import member
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import BadInput, NotAllowed

pytestmark = pytest.mark.django_db

HOTEL = {
    "name": "Hannah Park",
    "phone": "+61 2 5550 1234",
    "line1": "12 Harbour Street",
    "city": "Sydney",
    "region": "NSW",
    "postcode": "2000",
    "country": "AU",
}


@pytest.fixture
def hannah() -> Actor:
    return actor_on(member("hannah@example.com").seats.get())


@pytest.fixture
def eve() -> Actor:
    return actor_on(member("eve@example.com").seats.get())


def test_an_address_belongs_to_the_company_of_whom_it_wrote(hannah: Actor, eve: Actor) -> None:
    address = save_address(dict(HOTEL), by=hannah)
    assert list(Address.objects.visible_to(hannah)) == [address]
    assert list(Address.objects.visible_to(eve)) == []


def test_an_address_of_another_company_is_neither_changed_nor_removed(hannah: Actor, eve: Actor) -> None:
    """As Spree's CVE-2026-22588: an id is no right."""
    address = save_address(dict(HOTEL), by=hannah)
    with pytest.raises(NotAllowed):
        save_address(HOTEL | {"city": "Melbourne"}, by=eve, address=address)
    remove_address(address, by=eve)
    address.refresh_from_db()
    assert (address.city, address.removed_at) == ("Sydney", None)


def test_a_removed_address_is_gone_from_the_book(hannah: Actor) -> None:
    address = save_address(dict(HOTEL), by=hannah)
    remove_address(address, by=hannah)
    remove_address(address, by=hannah)
    assert not Address.objects.visible_to(hannah).exists()
    assert Address.objects.filter(pk=address.pk).exists()


def test_a_snapshot_does_not_move_with_the_address(hannah: Actor) -> None:
    address = save_address(dict(HOTEL), by=hannah)
    kept = address.snapshot()
    save_address({"city": "Melbourne"}, by=hannah, address=address)
    assert kept["city"] == "Sydney"
    assert kept == HOTEL | {"phone": "+61255501234", "line2": ""}


def test_the_book_is_full_at_its_limit(hannah: Actor, eve: Actor) -> None:
    assert hannah.company_id is not None
    Address.objects.bulk_create(Address(company_id=hannah.company_id, **HOTEL) for _one in range(MOST_ADDRESSES))
    with pytest.raises(BadInput, match="full"):
        save_address(dict(HOTEL), by=hannah)
    save_address(dict(HOTEL), by=eve)
    save_address({"city": "Melbourne"}, by=hannah, address=Address.objects.visible_to(hannah)[0])


def test_who_acts_for_no_company_keeps_no_addresses() -> None:
    with pytest.raises(NotAllowed):
        save_address(dict(HOTEL), by=SYSTEM)


@pytest.mark.parametrize("field", ["name", "phone", "line1", "city", "country"])
def test_what_a_carrier_needs_may_not_be_empty(hannah: Actor, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        save_address(HOTEL | {field: ""}, by=hannah)
    assert field in refused.value.message_dict
