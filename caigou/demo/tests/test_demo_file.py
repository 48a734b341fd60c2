"""The demo catalogue as data: complete, plausible and free of contradictions before anything is built from it."""

import json
import re
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parents[1] / "data"
DRAWINGS = Path(__file__).resolve().parents[2] / "ui" / "drawings"
HAN = re.compile(r"[\u4e00-\u9fff]")
PRICE = re.compile(r"[1-9]\d*\.\d{2}|0\.\d[1-9]|0\.[1-9]0")
UNITS = {"piece", "set", "pair", "roll", "metre", "pack"}
PRODUCT_FIELDS = {
    "external_id", "supplier", "title_en", "title_zh", "description_en", "description_zh", "category", "unit",
    "currency", "moq", "order_multiple", "carton", "lead_days", "tiers", "attributes", "drawing", "hue",
}  # fmt: skip
SUPPLIER_FIELDS = {
    "key", "name_en", "name_zh", "kind", "province", "province_zh", "city", "city_zh", "years", "qualification",
    "verified_until", "contact_name", "about_en", "about_zh",
}  # fmt: skip
ADDRESS_FIELDS = {"name", "phone", "line1", "line2", "city", "region", "postcode", "country"}
REACHES = ("asked", "offered", "accepted", "placed", "paid", "shipped", "completed", "cancelled")

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    text = (DEMO / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        return list(json.loads(text))
    return [json.loads(line) for line in text.splitlines()]


PRODUCTS = rows("catalogue.jsonl")
SUPPLIERS = {row["key"]: row for row in rows("suppliers.jsonl")}
CATEGORIES = {row["slug"]: row for row in rows("categories.jsonl")}
PEOPLE = {row["key"]: row for row in rows("people.json")}
STORIES = rows("stories.json")

each_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda row: row["external_id"])
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda row: row["key"])


def is_drawn(row: Row) -> bool:
    return (DRAWINGS / f"{row['drawing']}.svg").is_file()


def english_tokens(title: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", title.lower()))


def chinese_tokens(title: str) -> set[str]:
    """Pairs of neighbouring characters, and Latin words whole."""
    runs = re.findall(r"[\u4e00-\u9fff]+", title)
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    return pairs | english_tokens(title)


def test_there_are_enough_of_each() -> None:
    assert len(PRODUCTS) == 60
    assert len(SUPPLIERS) == 10
    assert len(CATEGORIES) >= 20
    assert {row["supplier"] for row in PRODUCTS} == set(SUPPLIERS)
    assert {row["category"] for row in PRODUCTS} == set(CATEGORIES)
    assert len({row["external_id"] for row in PRODUCTS}) == len(PRODUCTS)


def test_categories_have_two_names_and_a_drawing() -> None:
    for row in CATEGORIES.values():
        assert set(row) == {"slug", "name_en", "name_zh", "drawing"}
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row["slug"])
        assert row["name_en"]
        assert HAN.search(row["name_zh"])
        assert is_drawn(row)


@pytest.mark.parametrize("supplier", SUPPLIERS.values(), ids=lambda row: row["key"])
def test_a_supplier_is_whole(supplier: Row) -> None:
    assert set(supplier) == SUPPLIER_FIELDS
    assert supplier["kind"] in {"factory", "trader"}
    assert 0 < supplier["years"] < 60
    assert all(HAN.search(supplier[f]) for f in ("name_zh", "province_zh", "city_zh", "about_zh", "contact_name"))
    assert not any(HAN.search(supplier[f]) for f in ("name_en", "province", "city", "about_en"))
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ [\u4e00-\u9fff]{2,3}", supplier["contact_name"])


@pytest.mark.parametrize("supplier", SUPPLIERS.values(), ids=lambda row: row["key"])
def test_whatever_was_checked_has_an_end_and_only_factories_are_verified(supplier: Row) -> None:
    assert supplier["qualification"] in {"none", "licence_checked", "verified_factory"}
    if supplier["qualification"] == "verified_factory":
        assert supplier["kind"] == "factory"
    if supplier["qualification"] == "none":
        assert supplier["verified_until"] is None
    else:
        assert date(2027, 1, 1) <= date.fromisoformat(supplier["verified_until"]) <= date(2028, 12, 31)


def test_suppliers_are_a_mix() -> None:
    assert {row["kind"] for row in SUPPLIERS.values()} == {"factory", "trader"}
    assert len({row["qualification"] for row in SUPPLIERS.values()}) == 3
    assert len({row["city"] for row in SUPPLIERS.values()}) >= 8


@each_product
def test_a_product_is_whole(product: Row) -> None:
    assert set(product) == PRODUCT_FIELDS
    assert product["unit"] in UNITS
    assert product["currency"] == "CNY"
    assert product["title_en"] == product["title_en"].strip() != ""
    assert not HAN.search(product["title_en"])
    assert HAN.search(product["title_zh"])
    assert HAN.search(product["description_zh"])
    assert not HAN.search(product["description_en"])
    assert is_drawn(product)
    assert 0 <= product["hue"] <= 11
    assert product["lead_days"] is None or 1 <= product["lead_days"] <= 60


@each_product
def test_attributes_are_bilingual_and_named_once(product: Row) -> None:
    attributes = product["attributes"]
    assert 4 <= len(attributes) <= 6
    assert len({a["name_en"] for a in attributes}) == len({a["name_zh"] for a in attributes}) == len(attributes)
    for attribute in attributes:
        assert set(attribute) == {"name_en", "name_zh", "value_en", "value_zh"}
        assert all(attribute.values())
        assert HAN.search(attribute["name_zh"])
        assert not HAN.search(attribute["name_en"] + attribute["value_en"])


@each_product
def test_tiers_start_at_the_minimum_and_fall(product: Row) -> None:
    tiers = product["tiers"]
    assert 2 <= len(tiers) <= 4
    assert all(PRICE.fullmatch(tier["price"]) for tier in tiers)
    quantities = [tier["from"] for tier in tiers]
    prices = [Decimal(tier["price"]) for tier in tiers]
    assert quantities[0] == product["moq"]
    assert all(a < b for a, b in pairwise(quantities))
    assert all(a > b for a, b in pairwise(prices))


@each_product
def test_quantities_and_carton_agree(product: Row) -> None:
    moq, multiple, carton = product["moq"], product["order_multiple"], product["carton"]
    assert multiple >= 1
    assert moq % multiple == 0, "the least order must itself be a valid quantity"
    if carton is None:
        return
    assert set(carton) == {"pieces", "length_mm", "width_mm", "height_mm", "weight_g"}
    assert carton["pieces"] % multiple == 0 or multiple % carton["pieces"] == 0
    assert all(150 <= carton[side] <= 3000 for side in ("length_mm", "width_mm", "height_mm"))
    assert 1_000 <= carton["weight_g"] <= 30_000, "one person lifts it"
    grams_per_litre = carton["weight_g"] * 1_000_000 / (carton["length_mm"] * carton["width_mm"] * carton["height_mm"])
    assert 40 <= grams_per_litre <= 800, "neither air nor lead"


@each_product
def test_the_carton_weighs_at_least_its_goods(product: Row) -> None:
    carton = product["carton"]
    for attribute in product["attributes"]:
        stated = re.match(r"([\d,]+) g\b", attribute["value_en"])
        if carton and stated and attribute["name_en"] == "Weight" and not attribute["value_en"].startswith("about"):
            if "/m²" in attribute["value_en"]:
                continue
            goods = int(stated[1].replace(",", "")) * carton["pieces"]
            assert goods < carton["weight_g"] < goods * 1.6 + 4_000


def test_some_products_leave_things_unstated() -> None:
    """Pages must be able to say "not stated"; the demo shows each case."""
    assert any(not row["description_en"] for row in PRODUCTS)
    assert any(row["lead_days"] is None for row in PRODUCTS)
    assert any(row["carton"] is None for row in PRODUCTS)


def test_some_titles_are_awkward() -> None:
    titles = [row["title_en"] for row in PRODUCTS]
    assert any(len(title) > 180 for title in titles)
    assert any("×" in title for title in titles)
    assert any("ml / " in title and "oz" in title for title in titles)
    assert any('"' in title for title in titles)


@pytest.mark.parametrize(("field", "tokens"), [("title_en", english_tokens), ("title_zh", chinese_tokens)])
def test_no_two_titles_share_more_than_half_of_their_words(field: str, tokens: Any) -> None:
    alike = []
    for one, other in combinations(PRODUCTS, 2):
        a, b = tokens(one[field]), tokens(other[field])
        if len(a & b) > min(len(a), len(b)) / 2:
            alike.append((one[field], other[field]))
    assert alike == []


def test_each_person_has_a_seat_and_a_reserved_address() -> None:
    assert [row["role"] for row in PEOPLE.values()].count("supplier") == len(SUPPLIERS)
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
    assert set(sellers) == set(SUPPLIERS)
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
