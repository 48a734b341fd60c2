"""Access is declared per route and denied by default (promise 6)."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from caigou.accounts.access import Access, declared
from caigou.accounts.current import CHOSEN, seat_of
from caigou.accounts.middleware import UndeclaredAccess
from caigou.accounts.models import Company, CompanyKind, Seat, User
from caigou.accounts.services.join import found_company
from caigou.accounts.tests import bare_urls
from caigou.accounts.tests.doors import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(settings: Settings) -> list[str]:
    """Only the routes of ``bare_urls``; returns the paths whose view was reached."""
    settings.ROOT_URLCONF = "caigou.accounts.tests.bare_urls"
    bare_urls.reached.clear()
    return bare_urls.reached


def test_a_route_without_a_policy_is_refused_before_its_view_runs(client: Client, bare: list[str]) -> None:
    client.force_login(member("staff@example.com", kind="operator"))
    with pytest.raises(UndeclaredAccess, match=r"forgotten.* declares no access"):
        client.get("/forgotten/")
    client.raise_request_exception = False
    assert client.get("/forgotten/").status_code == 500
    assert bare == []


#: Who gets in: (policy, anonymous, without a seat, buyer, supplier, staff). A second writing of accounts/access.py.
DOORS = [
    ("public", True, True, True, True, True),
    ("person", False, True, True, True, True),
    ("member", False, False, True, True, True),
    ("trader", False, False, True, True, False),
    ("buyer", False, False, True, False, False),
    ("supplier", False, False, False, True, False),
    ("staff", False, False, False, False, True),
    # The first of the platform's people is its owner; without the right: test_rights.py.
    ("finance", False, False, False, False, True),
    ("owner", False, False, False, False, True),
    ("signed", True, True, True, True, True),
]


@pytest.mark.parametrize("row", DOORS, ids=lambda row: row[0])
def test_each_policy_lets_in_whom_it_names(bare: list[str], row: tuple[str, bool, bool, bool, bool, bool]) -> None:
    name, *expected = row
    seatless = User.objects.create_user("seatless@example.com")
    people = [None, seatless, *(member(f"{kind}@example.com", kind=kind) for kind in CompanyKind.values)]
    for person, welcome in zip(people, expected, strict=True):
        bare.clear()
        client = Client()
        if person:
            client.force_login(person)
        status = client.get(f"/{name}/").status_code
        assert (bare == [f"/{name}/"]) is welcome
        assert status == (200 if welcome else 302 if person in {None, seatless} else 403), f"{name}: {person}"


def test_the_table_of_doors_names_every_policy() -> None:
    from caigou.accounts import access as module

    every = {value.name for value in vars(module).values() if isinstance(value, Access)}
    assert {row[0] for row in DOORS} == every == set(bare_urls.POLICIES)


def test_a_policy_is_seen_through_other_decorators() -> None:
    assert declared(bare_urls.wrapped) is bare_urls.POLICIES["buyer"]
    assert declared(bare_urls.forgotten) is None


def test_a_stranger_is_sent_to_the_door_and_back_afterwards(client: Client, bare: list[str]) -> None:
    assert client.get("/member/?page=2")["Location"] == "/account/login/?next=/member/%3Fpage%3D2"


def test_a_strangers_post_is_not_repeated_after_the_door(client: Client, bare: list[str]) -> None:
    assert client.post("/member/", {"sum": "1"})["Location"] == "/account/login/?next=/"
    assert bare == []


def test_a_session_ends_with_the_seat(client: Client, bare: list[str]) -> None:
    """Bad input 31: authorization changes at once, not at the next sign-in."""
    user = member("hannah@example.com")
    client.force_login(user)
    assert client.get("/buyer/").status_code == 200
    Seat.objects.filter(user=user).delete()
    answer = client.get("/buyer/")
    assert answer.status_code == 302
    assert bare == ["/buyer/"]


def test_a_session_ends_with_the_account(client: Client, bare: list[str]) -> None:
    user = member("hannah@example.com")
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "/account/login/" in client.get("/buyer/")["Location"]
    assert bare == []


def test_a_changed_password_ends_other_sessions(client: Client, bare: list[str]) -> None:
    user = member("hannah@example.com")
    client.force_login(user)
    user.set_password("Another-password-1")
    user.save()
    assert client.get("/buyer/").status_code == 302


def test_a_person_with_two_seats_sits_on_the_one_that_was_chosen(client: Client, bare: list[str]) -> None:
    user = member("mei@example.com")
    supplier = Company.objects.create(kind=CompanyKind.SUPPLIER, name_en="Mei Ceramics", country="CN")
    Seat.objects.create(user=user, company=supplier)
    client.force_login(user)
    assert client.get("/supplier/").status_code == 403
    session = client.session
    session[CHOSEN] = supplier.public_id
    session.save()
    assert client.get("/supplier/").status_code == 200
    assert client.get("/buyer/").status_code == 403


def test_a_chosen_company_without_a_seat_there_is_no_seat_there(client: Client, bare: list[str]) -> None:
    other = Company.objects.create(kind=CompanyKind.OPERATOR, name_en="Operator", country="CN")
    user = member("mei@example.com")
    client.force_login(user)
    session = client.session
    session[CHOSEN] = other.public_id
    session.save()
    assert client.get("/staff/").status_code == 403
    assert client.get("/buyer/").status_code == 200


def test_founding_a_company_twice_founds_one() -> None:
    user = User.objects.create_user("hannah@example.com")
    first = found_company(user, kind="buyer", name_en="Park Hotels", country="AU")
    assert found_company(user, kind="buyer", name_en="Something else", country="NZ") == first
    assert Company.objects.count() == 1
    seat = seat_of(user)
    assert seat is not None
    assert seat.company == first


def test_a_person_without_a_seat_acts_for_nobody() -> None:
    assert seat_of(User.objects.create_user("alone@example.com")) is None
