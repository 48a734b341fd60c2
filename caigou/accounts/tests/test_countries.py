"""Addresses of ten countries and China (F3): what carriers there need is asked for, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from caigou.accounts.address_rules import RULES, address_lines, rules_of
from caigou.accounts.countries import country_choices
from caigou.accounts.current import actor_on
from caigou.accounts.models import Address
from caigou.accounts.phones import read_phone, written
from caigou.accounts.services.addresses import save_address
from caigou.accounts.tests.doors import member
from caigou.kernel.actor import Actor
from caigou.kernel.errors import BadInput

#: One complete address a country as people there write it, and what is kept of its phone, postcode and region.
GOOD: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "US": (
        {"phone": "(212) 555-0100", "city": "Austin", "region": "texas", "postcode": "733011234"},
        ("+12125550100", "73301-1234", "TX"),
    ),
    "GB": ({"phone": "020 7946 0958", "city": "London", "postcode": "sw1a1aa"}, ("+442079460958", "SW1A 1AA", "")),
    "DE": ({"phone": "030 901820", "city": "Hamburg", "postcode": "20 457"}, ("+4930901820", "20457", "")),
    "FR": ({"phone": "01 42 68 53 00", "city": "Paris", "postcode": "75008"}, ("+33142685300", "75008", "")),
    "AU": (
        {"phone": "03 9000 0000", "city": "Brunswick", "region": "vic", "postcode": "3056"},
        ("+61390000000", "3056", "VIC"),
    ),
    "BR": (
        {"phone": "11 91234-5678", "city": "São Paulo", "region": "São Paulo", "postcode": "01310100"},
        ("+5511912345678", "01310-100", "SP"),
    ),
    "NG": ({"phone": "0803 123 4567", "city": "Ikeja", "region": "lagos"}, ("+2348031234567", "", "Lagos")),
    "KE": ({"phone": "0712 345678", "city": "Nairobi", "postcode": "00100"}, ("+254712345678", "00100", "")),
    "AE": ({"phone": "050 123 4567", "city": "Deira", "region": "Dubai"}, ("+971501234567", "", "Dubai")),
    "JP": (
        {"phone": "03-1234-5678", "city": "千代田区", "region": "東京都", "postcode": "1000001"},
        ("+81312345678", "100-0001", "東京都"),
    ),
    "CN": ({"phone": "138 0013 8000", "city": "义乌市", "region": "浙江"}, ("+8613800138000", "", "浙江")),
    "NZ": ({"phone": "+64 9 300 0000", "city": "Auckland"}, ("+6493000000", "", "")),
    "SG": ({"phone": "6123 4567", "city": "Singapore", "postcode": "018956"}, ("+6561234567", "018956", "")),
}

#: What a carrier of the country couldn't use, and the field that says so.
BAD = [
    ("US", {"postcode": ""}, "postcode"),
    ("US", {"postcode": "7330"}, "postcode"),
    ("US", {"region": ""}, "region"),
    ("US", {"region": "Bavaria"}, "region"),
    ("GB", {"postcode": "12345"}, "postcode"),
    ("DE", {"postcode": "2045"}, "postcode"),
    ("FR", {"postcode": "ABCDE"}, "postcode"),
    ("AU", {"postcode": "30567"}, "postcode"),
    ("AU", {"region": ""}, "region"),
    ("BR", {"postcode": "1310-100"}, "postcode"),
    ("BR", {"region": "Texas"}, "region"),
    ("NG", {"region": ""}, "region"),
    ("KE", {"postcode": "1"}, "postcode"),
    ("AE", {"region": "Texas"}, "region"),
    ("JP", {"postcode": "100000"}, "postcode"),
    ("JP", {"region": ""}, "region"),
    ("CN", {"postcode": "31000"}, "postcode"),
    ("US", {"phone": "12"}, "phone"),
    ("US", {"phone": "call me"}, "phone"),
    ("US", {"phone": "212 555 0100 ext. 5"}, "phone"),
    ("NZ", {"phone": "1"}, "phone"),
    ("DE", {"postcode": "２０４５７"}, "postcode"),
]


def complete(country: str, **changes: str) -> dict[str, Any]:
    values = {"name": "Ada Moreau", "line1": "12 Wharf Road", "country": country, "region": "", "postcode": ""}
    return values | GOOD[country][0] | changes


@pytest.fixture
def ada() -> Actor:
    return actor_on(member("ada@example.com").seats.get())


@pytest.mark.django_db
@pytest.mark.parametrize("country", GOOD)
def test_an_address_is_taken_as_people_there_write_it(ada: Actor, country: str) -> None:
    address = save_address(complete(country), by=ada)
    address.refresh_from_db()
    assert (address.phone, address.postcode, address.region) == GOOD[country][1]


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "wrong", "field"), BAD, ids=str)
def test_what_a_carrier_could_not_use_is_refused_beside_its_field(
    ada: Actor, country: str, wrong: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        save_address(complete(country, **wrong), by=ada)
    assert refused.value.fields.keys() == {field}
    assert not Address.objects.exists()


@pytest.mark.django_db
def test_all_that_is_missing_is_said_at_once(ada: Actor) -> None:
    with pytest.raises(BadInput) as refused:
        save_address(complete("US", postcode="", region="", phone="1"), by=ada)
    assert refused.value.fields.keys() == {"postcode", "region", "phone"}


@pytest.mark.django_db
def test_moving_to_another_country_leaves_nothing_of_the_old_one_behind(ada: Actor) -> None:
    address = save_address(complete("US"), by=ada)
    moved = save_address(complete("DE", region="TX"), by=ada, address=address)
    assert (moved.region, moved.postcode) == ("", "20457")


def test_no_country_needs_a_field_of_china() -> None:
    """F3: nobody is asked for province, prefecture and district, nor for a Chinese number, to have goods sent."""
    assert all(rules_of(code).region != "required" for code in ("GB", "DE", "FR", "KE", "NZ"))
    assert read_phone("+254 712 345678", "CN") == "+254712345678"


def test_ten_countries_and_china_have_rules_whose_examples_hold() -> None:
    assert len(RULES.keys() - {"CN"}) == 10
    for code, rules in RULES.items():
        assert rules.read_postcode(rules.example) == rules.example, code


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("US", ["12 Wharf Road", "Austin, TX 73301-1234"]),
        ("GB", ["12 Wharf Road", "London", "SW1A 1AA"]),
        ("DE", ["12 Wharf Road", "20457 Hamburg"]),
        ("BR", ["12 Wharf Road", "São Paulo - SP", "01310-100"]),
        ("AE", ["12 Wharf Road", "Deira", "Dubai"]),
        ("AU", ["12 Wharf Road", "Brunswick VIC 3056"]),
    ],
)
def test_an_address_is_written_as_in_its_country(country: str, lines: list[str]) -> None:
    given, (_phone, postcode, region) = GOOD[country]
    kept = {"line1": "12 Wharf Road", "line2": "", "city": given["city"], "country": country}
    assert address_lines(kept | {"region": region, "postcode": postcode}) == lines


def test_a_kept_number_is_written_with_spaces() -> None:
    assert written("+2348031234567") == "+234 803 123 4567"


def test_chinese_readers_look_countries_up_by_pinyin() -> None:
    some = ("阿富汗", "澳大利亚", "德国", "法国", "美国", "日本", "越南", "中国")
    with override("zh-hans"):
        names = [name for _code, name in country_choices()]
    assert [name for name in names if name in some] == list(some)
