"""Check, then act: two at once must not both find the place free."""

from __future__ import annotations

import pytest

from caigou.accounts.models import Address, Company, User
from caigou.accounts.services import addresses
from caigou.accounts.services.addresses import remove_address, save_address
from caigou.catalogue.models import Supplier
from caigou.kernel.errors import DomainError
from caigou.ledger.tests.racers import race
from tests.hostile import racers
from tests.support.factories import make_address, make_buyer

TRIALS = 8


@pytest.mark.commits
@pytest.mark.slow
def test_a_company_opened_twice_at_once_is_one() -> None:
    people = [(User.objects.create_user(f"twice{trial}@example.test").pk,) for trial in range(TRIALS)]

    one, other = race([(racers.found, people), (racers.found, people)])

    assert one == other
    assert Company.objects.filter(name_en="Twice Ltd").count() == TRIALS


@pytest.mark.commits
@pytest.mark.slow
def test_a_new_supplier_named_by_two_files_at_once_is_one() -> None:
    names = [(f"Yiwu Twins {trial}",) for trial in range(TRIALS)]

    one, other = race([(racers.hand_in, names), (racers.hand_in, [(name.upper(),) for (name,) in names])])

    assert one == other
    assert Supplier.objects.count() == TRIALS


@pytest.mark.commits
@pytest.mark.slow
def test_the_last_place_of_an_address_book_is_taken_once() -> None:
    buyers = [make_buyer(f"Buyer {trial}") for trial in range(TRIALS)]
    for buyer in buyers:
        made = {"name": "A", "phone": "+6493000000", "line1": "B", "city": "C", "country": "NZ"}
        Address.objects.bulk_create(Address(company=buyer.company, **made) for _ in range(addresses.MOST_ADDRESSES - 1))
    sent = [(buyer.company.pk, buyer.user.pk) for buyer in buyers]

    one, other = race([(racers.add_address, sent), (racers.add_address, sent)])

    assert [first + second for first, second in zip(one, other, strict=True)] == [1] * TRIALS


@pytest.mark.django_db
def test_an_address_that_a_colleague_removed_meanwhile_stays_removed() -> None:
    """The form was opened before; saving it must not write the old "not removed" back."""
    buyer = make_buyer()
    opened = make_address(buyer)
    remove_address(Address.objects.get(pk=opened.pk), by=buyer.actor)

    with pytest.raises(DomainError):
        save_address({"line1": "Changed St 1"}, by=buyer.actor, address=opened)

    now_there = Address.objects.get(pk=opened.pk)
    assert now_there.removed_at is not None
    assert now_there.line1 == "12 Dock St"
