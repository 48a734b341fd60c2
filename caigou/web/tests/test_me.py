"""A person's own pages: name, language, company, addresses, and where each role begins."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from caigou.accounts.models import Address, Seat, User
from caigou.accounts.services.seats import give_seat
from caigou.kernel.actor import SYSTEM
from tests.support.factories import Party, make_address, make_buyer, make_staff, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")
ADDRESS = {"name": "Goods in", "phone": "+61 3 7010 4130", "line1": "Dock 3", "city": "Auckland", "country": "NZ"}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/x",
    "/\\evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example",
)


def post(client: Client, route: str, *args: str, **values: Any) -> Any:
    return client.post(reverse(route, args=args), values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [make_buyer, make_supplier, make_staff])
def test_everybody_with_a_seat_has_a_page(make: Any, language: str) -> None:
    client = make().client()
    client.cookies["django_language"] = language
    assert client.get(reverse("web:me")).status_code == 200


@pytest.mark.parametrize(
    ("make", "there"), [(make_buyer, "web:home"), (make_supplier, "web:desk"), (make_staff, "console:home")]
)
def test_each_role_begins_at_its_own_place(make: Any, there: str) -> None:
    assert make().client().get(reverse("web:start")).headers["Location"] == reverse(there)


def test_a_changed_name_and_language_are_kept() -> None:
    buyer = make_buyer()
    answer = post(buyer.client(), "web:me", name="  Hannah   Park ", language="zh-hans")
    buyer.user.refresh_from_db()
    assert (buyer.user.name, buyer.user.language) == ("Hannah Park", "zh-hans")
    assert answer.cookies["django_language"].value == "zh-hans"


def test_a_profile_without_a_name_is_refused_and_nothing_is_stored() -> None:
    buyer = make_buyer()
    answer = post(buyer.client(), "web:me", name=" ", language="zh-hans")
    buyer.user.refresh_from_db()
    assert answer.status_code == 422
    assert buyer.user.language == "en"


# --- Language -----------------------------------------------------------------------------------------------------


def test_the_chosen_language_outlives_the_session_for_those_who_sign_in() -> None:
    buyer = make_buyer()
    answer = post(buyer.client(), "web:language", language="zh-hans", next="/search/?q=mug")
    buyer.user.refresh_from_db()
    assert answer.headers["Location"] == "/search/?q=mug"
    assert buyer.user.language == "zh-hans"
    assert answer.cookies["django_language"].value == "zh-hans"


@pytest.mark.parametrize("there", ELSEWHERE)
def test_the_language_button_leads_nowhere_else(there: str) -> None:
    assert post(Client(), "web:language", language="en", next=there).headers["Location"] == reverse("web:home")


def test_a_language_that_we_do_not_speak_is_refused() -> None:
    assert post(Client(), "web:language", language="xx").status_code == 400


# --- Company ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_without_a_seat_opens_a_buyers_company(language: str) -> None:
    user = User.objects.create_user("new@example.test", name="Nora New")
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    assert client.get(reverse("web:start")).headers["Location"] == reverse("web:company_new")
    # No country is guessed from the alphabet; one that the reader has named is there.
    assert client.get(reverse("web:company_new")).context["form"]["country"].value() == ""
    client.cookies["destination"] = "NZ"
    assert client.get(reverse("web:company_new")).context["form"]["country"].value() == "NZ"
    post(client, "web:company_new", name="New Imports", country="NZ")
    seat = Seat.objects.select_related("company").get(user=user)
    assert (seat.company.name_en, seat.company.kind, seat.company.country) == ("New Imports", "buyer", "NZ")


def test_a_second_company_is_not_opened() -> None:
    buyer = make_buyer()
    post(buyer.client(), "web:company_new", name="Another", country="NZ")
    assert Seat.objects.filter(user=buyer.user).count() == 1


def test_a_company_without_a_country_is_refused() -> None:
    client = Client()
    client.force_login(User.objects.create_user("new@example.test"))
    for country in ("ZZ", ""):
        answer = post(client, "web:company_new", name="New Imports", country=country)
        assert answer.status_code == 422
        assert "New Imports" in answer.content.decode()


# --- Addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_needs_only_what_every_country_has(language: str) -> None:
    buyer = make_buyer()
    client = buyer.client()
    client.cookies["django_language"] = language
    assert client.get(reverse("web:address_new")).status_code == 200
    answer = post(client, "web:address_new", **ADDRESS, next="/orders/")
    assert answer.headers["Location"] == "/orders/"
    assert Address.objects.visible_to(buyer.actor).get().line1 == "Dock 3"


@pytest.mark.parametrize("there", ELSEWHERE)
def test_after_an_address_nobody_is_led_elsewhere(there: str) -> None:
    answer = post(make_buyer().client(), "web:address_new", **ADDRESS, next=there)
    assert answer.headers["Location"] == reverse("web:me")


def test_a_refused_address_keeps_what_was_typed() -> None:
    answer = post(make_buyer().client(), "web:address_new", **{**ADDRESS, "city": ""})
    assert answer.status_code == 422
    assert "Dock 3" in answer.content.decode()
    assert not Address.objects.exists()


def test_an_address_is_changed_and_removed_by_its_company_only() -> None:
    buyer, other = make_buyer(), make_buyer("Other")
    address = make_address(buyer)
    assert _changed(other, address) == 404
    assert _changed(buyer, address) == 302
    assert post(other.client(), "web:address_remove", address.public_id).status_code == 404
    post(buyer.client(), "web:address_remove", address.public_id)
    assert not Address.objects.visible_to(buyer.actor).exists()
    assert _changed(buyer, address) == 404


def _changed(party: Party, address: Address) -> int:
    return int(post(party.client(), "web:address_edit", address.public_id, **ADDRESS).status_code)


# --- Error pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_address_gets_a_page_with_a_reference(language: str) -> None:
    client = make_buyer().client()
    client.cookies["django_language"] = language
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] in answer.content.decode()


def test_a_wrong_role_is_told_so() -> None:
    answer = make_buyer().client().get(reverse("console:home"))
    assert answer.status_code == 403
    assert "belongs to another role" in answer.content.decode()


def test_a_form_without_its_secret_is_refused_with_words() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("web:language"), {"language": "en"})
    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()


def test_a_fault_of_ours_gets_a_page_that_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caigou.web.market.views.results_page", lambda *_: 1 / 0)
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("web:search"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert answer.headers["X-Request-ID"] in answer.content.decode()


def test_a_person_with_two_seats_changes_from_one_to_the_other() -> None:
    buyer, supplier, stranger = make_buyer(), make_supplier(), make_buyer()
    give_seat(buyer.user.email.upper(), supplier.company, by=SYSTEM)
    client = buyer.client()
    assert supplier.company.name_en in client.get(reverse("web:me")).content.decode()
    assert post(client, "web:seat", company=supplier.company.public_id).headers["Location"] == reverse("web:start")
    assert client.get(reverse("web:start")).headers["Location"] == reverse("web:desk")
    assert post(client, "web:seat", company=stranger.company.public_id).headers["Location"] == reverse("web:me")
    assert client.get(reverse("web:start")).headers["Location"] == reverse("web:desk")
