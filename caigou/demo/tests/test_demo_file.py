"""The people and histories of the demonstration: complete, plausible and possible before anything is built of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from caigou.demo.tests.written import HAN, PRICE, PRODUCTS, SUPPLIERS

DEMO = Path(__file__).resolve().parents[1] / "data"
ADDRESS_FIELDS = {"name", "phone", "line1", "line2", "city", "region", "postcode", "country"}
REACHES = ("asked", "offered", "accepted", "placed", "paid", "shipped", "completed", "cancelled")

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return list(json.loads((DEMO / name).read_text(encoding="utf-8")))


PEOPLE = {row["key"]: row for row in rows("people.json")}
STORIES = rows("stories.json")

each_story = pytest.mark.parametrize("story", STORIES, ids=lambda row: row["key"])


def test_each_person_has_a_seat_and_a_reserved_address() -> None:
    assert [row["role"] for row in PEOPLE.values()].count("supplier") >= 10
    assert len({row["email"] for row in PEOPLE.values()}) == len(PEOPLE)
    for person in PEOPLE.values():
        assert re.fullmatch(r"[a-z]+@[a-z]+\.example", person["email"])
        assert person["role"] in {"buyer", "supplier", "staff"}
        assert person["language"] in {"en", "zh-hans"}
        assert set(person["company"]) == {"name_en", "name_zh", "country"}
        assert len(person["addresses"]) == (2 if person["role"] == "buyer" else 0)
        assert all(set(address) == ADDRESS_FIELDS for address in person["addresses"])


def test_suppliers_persons_are_their_contacts() -> None:
    sellers = {row["supplier"]: row for row in PEOPLE.values() if row["role"] == "supplier"}
    assert set(sellers) <= set(SUPPLIERS)
    for key, person in sellers.items():
        assert person["name"] == SUPPLIERS[key]["contact_name"]
        assert person["company"]["name_en"] == SUPPLIERS[key]["name_en"]
        assert person["company"]["name_zh"] == SUPPLIERS[key]["name_zh"]
        assert person["language"] == "zh-hans"


def test_stories_reach_every_state() -> None:
    assert {story["reaches"] for story in STORIES} == set(REACHES)


@each_story
def test_a_story_can_be_played(story: Row) -> None:
    product = next(row for row in PRODUCTS if row["external_id"] == story["product"])
    buyer = PEOPLE[story["buyer"]]
    assert buyer["role"] == "buyer"
    assert story["language"] == buyer["language"]
    assert 0 <= story["address"] < len(buyer["addresses"])
    assert story["quantity"] >= product["moq"]
    assert story["quantity"] % product["order_multiple"] == 0
    assert (story["shipment"] is not None) == (story["reaches"] in {"shipped", "completed"})
    assert (story["offer"] is None) == (story["reaches"] == "asked")


@each_story
def test_a_storys_offer_fits_its_question(story: Row) -> None:
    offer = story["offer"]
    if offer is None:
        return
    product = next(row for row in PRODUCTS if row["external_id"] == story["product"])
    assert PRICE.fullmatch(offer["unit_price"])
    assert offer["currency"] == product["currency"]
    assert offer["moq"] <= story["quantity"]
    assert story["quantity"] % offer["order_multiple"] == 0
    assert offer["moq"] % offer["order_multiple"] == 0
    assert offer["deliver_days"] > (product["lead_days"] or 0)
    assert 1 <= offer["valid_hours"] <= 24 * 14
    assert HAN.search(offer["note"])
    assert offer["unit_price"].rstrip("0").rstrip(".") in offer["note"], "the note names the same price"
