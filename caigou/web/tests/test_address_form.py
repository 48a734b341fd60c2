"""The address form speaks the language of the country, with and without JavaScript (F3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from caigou.accounts.models import Address
from tests.support.factories import Party, make_address, make_buyer

pytestmark = pytest.mark.django_db

PARIS = {"name": "Ada", "phone": "01 42 68 53 00", "line1": "8 rue Royale", "city": "Paris", "country": "FR"}


@pytest.fixture
def buyer() -> Party:
    return make_buyer()


def send(buyer: Party, values: dict[str, str], **headers: str) -> Any:
    return buyer.client().post(reverse("web:address_new"), values, headers=headers)


@pytest.mark.parametrize(
    ("country", "there", "not_there"),
    [
        ("US", ["ZIP code", "California (CA)"], []),
        ("JP", ["Prefecture", "Such as 100-0001"], []),
        ("FR", ["Postcode"], ['name="region"']),
        ("AE", ["Emirate"], ['name="postcode"']),
    ],
)
def test_another_country_shows_its_own_fields_and_keeps_what_was_typed(
    buyer: Party, country: str, there: list[str], not_there: list[str]
) -> None:
    answer = send(buyer, PARIS | {"country": country, "recast": "yes"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "8 rue Royale" in html
    assert all(words in html for words in there)
    assert not any(words in html for words in not_there)
    assert not Address.objects.exists()


def test_with_javascript_only_the_part_of_the_place_comes(buyer: Party) -> None:
    html = send(buyer, PARIS | {"country": "US", "recast": "yes"}, HX_Request="true").content.decode()
    assert "ZIP code" in html
    assert "<html" not in html


def test_a_region_of_another_country_is_not_carried_along(buyer: Party) -> None:
    elsewhere = PARIS | {"country": "US", "region": "VIC", "recast": "yes"}
    assert "VIC" not in send(buyer, elsewhere).content.decode()


def test_a_word_stands_beside_each_field_that_a_carrier_could_not_use(buyer: Party) -> None:
    answer = send(buyer, PARIS | {"postcode": "7500"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Write it like 75008." in html
    assert "8 rue Royale" in html


def test_an_address_that_moves_to_a_country_without_regions_loses_its_region(buyer: Party) -> None:
    address = make_address(buyer)
    answer = buyer.client().post(reverse("web:address_edit", args=[address.public_id]), PARIS | {"postcode": "75008"})
    address.refresh_from_db()
    assert answer.status_code == 302
    assert (address.country, address.region, address.phone) == ("FR", "", "+33142685300")


def test_the_form_begins_with_the_place_that_prices_are_shown_for(buyer: Party) -> None:
    client = buyer.client()
    client.cookies["destination"] = "JP"
    assert "Prefecture" in client.get(reverse("web:address_new")).content.decode()
