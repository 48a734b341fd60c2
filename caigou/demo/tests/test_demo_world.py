"""The goods and suppliers of the demonstration: many, varied, bilingual and free of contradictions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest

from caigou.catalogue.models import EvidenceKind
from caigou.catalogue.pricing import QuoteType
from caigou.demo.tests.written import (
    CATEGORIES,
    HAN,
    PRICE,
    PRODUCTS,
    SUPPLIER_LINES,
    SUPPLIERS,
    Row,
    chinese_tokens,
    english_tokens,
    is_drawn,
)
from caigou.demo.world import MARK

UNITS = {"piece", "set", "pair", "roll", "metre", "pack", "box", "dozen", "bag"}
SUPPLIER_FIELDS = {
    "key", "name_en", "name_zh", "kind", "province", "province_zh", "city", "city_zh", "years", "qualification",
    "verified_until", "contact_name", "about_en", "about_zh",
}  # fmt: skip
#: Where each trade really comes from.
ORIGINS = {
    "Yiwu", "Shantou", "Keqiao", "Shenzhen", "Zhongshan", "Foshan", "Yongkang", "Dehua", "Chaozhou", "Haining",
    "Jinjiang", "Baigou", "Danyang", "Zhuji", "Cangnan", "Ningbo", "Cixi", "Anping", "Caoxian", "Dongguan", "Qingdao",
    "Guangzhou", "Wenzhou",
}  # fmt: skip

plain = [row for row in PRODUCTS if not row.get(MARK)]
awkward = [row for row in PRODUCTS if row.get(MARK)]


def faults(rows: list[Row], broken: Callable[[Row], bool]) -> list[str]:
    """The names of those for which ``broken`` is true: a test over hundreds of goods names what is wrong at once."""
    return [str(row.get("external_id") or row.get("key") or row.get("slug")) for row in rows if broken(row)]


def test_there_are_enough_of_each() -> None:
    assert len(PRODUCTS) >= 600
    assert len(SUPPLIERS) == SUPPLIER_LINES >= 60
    assert len({row["category"] for row in PRODUCTS}) >= 40
    assert {row["supplier"] for row in PRODUCTS} == set(SUPPLIERS)
    assert {row["category"] for row in PRODUCTS} <= set(CATEGORIES)
    assert len({row["external_id"] for row in PRODUCTS}) == len(PRODUCTS)
    assert len(awkward) >= 50


def test_categories_have_two_names_and_a_drawing_and_make_a_tree() -> None:
    assert 180 <= len(CATEGORIES) <= 240
    rows = list(CATEGORIES.values())
    assert faults(rows, lambda row: set(row) != {"slug", "parent", "name_en", "name_zh", "drawing"}) == []
    assert faults(rows, lambda row: not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["slug"])) == []
    assert faults(rows, lambda row: not row["name_en"] or HAN.search(row["name_en"]) is not None) == []
    assert faults(rows, lambda row: not HAN.search(row["name_zh"]) or not is_drawn(row)) == []
    assert faults(rows, lambda row: row["parent"] != "" and row["parent"] not in CATEGORIES) == []
    assert 20 <= sum(row["parent"] == "" for row in rows) <= 30


def test_suppliers_are_whole() -> None:
    rows = list(SUPPLIERS.values())
    chinese = ("name_zh", "province_zh", "city_zh", "about_zh", "contact_name")
    english = ("name_en", "province", "city", "about_en")
    assert faults(rows, lambda row: not set(row) >= SUPPLIER_FIELDS or row["kind"] not in {"factory", "trader"}) == []
    assert faults(rows, lambda row: not 0 < row["years"] < 60) == []
    assert faults(rows, lambda row: not all(HAN.search(row[name]) for name in chinese)) == []
    assert faults(rows, lambda row: any(HAN.search(row[name]) for name in english)) == []
    assert faults(rows, lambda row: not 0.4 <= len(row["about_zh"]) / 100 <= 2 and len(row["about_en"]) < 60) == []


def test_whatever_was_checked_has_an_end_and_only_factories_are_verified() -> None:
    def broken(row: Row) -> bool:
        if row["qualification"] == "none":
            return row["verified_until"] is not None
        until = date.fromisoformat(row["verified_until"])
        factory = row["kind"] == "factory" or row["qualification"] != "verified_factory"
        return not (factory and date(2027, 1, 1) <= until <= date(2028, 12, 31))

    assert faults(list(SUPPLIERS.values()), broken) == []


def test_papers_prove_what_the_supplier_is_called() -> None:
    def broken(row: Row) -> bool:
        papers = row.get("evidence") or []
        kinds = {paper["kind"] for paper in papers}
        wanted = {"none": set(), "licence_checked": {"licence"}, "verified_factory": {"licence", "factory_audit"}}
        ends = all(paper["checked_on"] <= paper["expires_on"] for paper in papers)
        named = all(paper["kind"] in EvidenceKind.values and paper["checked_by"] for paper in papers)
        proof = {"licence_checked": "licence", "verified_factory": "factory_audit"}.get(row["qualification"])
        until = [paper["expires_on"] for paper in papers if paper["kind"] == proof]
        return not (
            wanted[row["qualification"]] <= kinds and ends and named and row["verified_until"] in (until or [None])
        )

    assert faults(list(SUPPLIERS.values()), broken) == []
    assert sum(bool(row.get("evidence")) for row in SUPPLIERS.values()) >= 30


def test_suppliers_are_a_mix_of_true_origins() -> None:
    kinds = Counter(row["kind"] for row in SUPPLIERS.values())
    assert min(kinds.values()) >= 15
    assert len({row["qualification"] for row in SUPPLIERS.values()}) == 3
    assert {row["city"] for row in SUPPLIERS.values()} >= ORIGINS
    assert 5 <= sum(row.get("rating") is None for row in SUPPLIERS.values()) <= 30


def test_goods_are_written_in_both_languages() -> None:
    assert faults(plain, lambda row: not row["title_en"] or HAN.search(row["title_en"]) is not None) == []
    assert faults(plain, lambda row: not HAN.search(row["title_zh"])) == []
    assert faults(PRODUCTS, lambda row: bool(HAN.search(row["description_en"]))) == []
    assert faults(PRODUCTS, lambda row: row["description_zh"] != "" and not HAN.search(row["description_zh"])) == []
    assert faults(PRODUCTS, lambda row: not (row["title_en"] or row["title_zh"])) == []


def test_goods_have_a_unit_a_drawing_and_plausible_times() -> None:
    assert faults(PRODUCTS, lambda row: row["unit"] not in UNITS or row["currency"] != "CNY") == []
    assert faults(PRODUCTS, lambda row: not is_drawn(row) or not 0 <= row["hue"] <= 11) == []
    assert faults(PRODUCTS, lambda row: not (row["lead_days"] is None or 1 <= row["lead_days"] <= 60)) == []
    assert faults(PRODUCTS, lambda row: bool(row.get("hs_code")) and not re.fullmatch(r"\d{6}", row["hs_code"])) == []


def test_attributes_are_bilingual_and_named_once() -> None:
    def broken(row: Row) -> bool:
        said = row["attributes"]
        names = [{one[name] for one in said} for name in ("name_en", "name_zh")]
        whole = all(set(one) == {"name_en", "name_zh", "value_en", "value_zh"} and all(one.values()) for one in said)
        clean = all(HAN.search(one["name_zh"]) and not HAN.search(one["name_en"] + one["value_en"]) for one in said)
        return bool(said) and not (4 <= len(said) <= 8 and whole and clean and {len(n) for n in names} == {len(said)})

    assert faults(PRODUCTS, broken) == []


def test_tiers_start_at_the_minimum_and_fall() -> None:
    def broken(row: Row) -> bool:
        if row.get("quote_type") == QuoteType.PER_VARIANT:
            return bool(row.get("tiers"))
        tiers = row["tiers"]
        prices = [Decimal(tier["price"]) for tier in tiers]
        starts = [tier["from"] for tier in tiers]
        rises = all(a < b for a, b in pairwise(starts)) and all(a > b for a, b in pairwise(prices))
        exact = all(PRICE.fullmatch(tier["price"]) for tier in tiers)
        return not (2 <= len(tiers) <= 4 and exact and rises and starts[0] == row["moq"])

    assert faults(PRODUCTS, broken) == []


def test_quantities_can_be_ordered_exactly() -> None:
    assert faults(PRODUCTS, lambda row: row["moq"] % row["order_multiple"] != 0) == []
    assert faults(PRODUCTS, lambda row: any(t["from"] % row["order_multiple"] for t in row.get("tiers") or ())) == []


def _variants(row: Row) -> list[Row]:
    return row.get("variants") or []


def test_variants_are_told_apart_and_priced_as_the_goods_are_quoted() -> None:
    def broken(row: Row) -> bool:
        found = _variants(row)
        each = row.get("quote_type") == QuoteType.PER_VARIANT
        apart = len({str(one["options"]) for one in found}) == len(found)
        names = len({one["external_id"] for one in found}) == len(found)
        priced = all(("price" in one) == each for one in found)
        return not (apart and names and priced and (found or not each))

    assert faults(PRODUCTS, broken) == []
    ways = Counter(row.get("quote_type") or QuoteType.BY_QUANTITY for row in PRODUCTS)
    assert min(ways[way] for way in QuoteType) >= 50


def test_cartons_can_be_lifted_and_hold_what_they_say() -> None:
    def broken(row: Row) -> bool:
        carton = row["carton"]
        if carton is None:
            return False
        sides = [carton[side] for side in ("length_mm", "width_mm", "height_mm")]
        grams_per_litre = carton["weight_g"] * 1_000_000 / (sides[0] * sides[1] * sides[2])
        multiple = row["order_multiple"]
        fits = carton["pieces"] % multiple == 0 or multiple % carton["pieces"] == 0
        net = (row.get("weight_g") or 0) * carton["pieces"]
        weighs = not net or carton["weight_g"] / 2 <= net <= carton["weight_g"] * 1.05
        light = 500 <= carton["weight_g"] <= 35_000 and 20 <= grams_per_litre <= 1_500
        return not (fits and weighs and light and all(100 <= side <= 3_000 for side in sides))

    assert faults(PRODUCTS, broken) == []


def test_samples_and_customisation_are_offered_by_many_but_not_by_all() -> None:
    samples = Counter("none" if row.get("sample") is None else bool(row["sample"]) for row in PRODUCTS)
    made = sum(bool(row.get("customisation")) for row in PRODUCTS)

    assert min(samples.values()) >= 20
    assert len(PRODUCTS) // 3 < made < len(PRODUCTS)


@pytest.mark.parametrize(
    "left_out", ["carton", "lead_days", "sample", "attributes", "rating", "sold", "description_en"]
)
def test_some_goods_leave_things_unstated(left_out: str) -> None:
    """Pages must be able to say "not stated"; the demo shows each case."""
    assert len(faults(PRODUCTS, lambda row: not row.get(left_out))) >= 1


def test_titles_are_awkward_in_many_ways() -> None:
    titles = [row["title_en"] for row in awkward] + [row["title_zh"] for row in awkward]
    ways: dict[str, Callable[[str], Any]] = {
        "capitals": lambda title: len(title) > 15 and title.isupper() and title.isascii(),
        "stuffing": lambda title: re.search(r"爆款|新款|厂家直销", title),
        "both languages": lambda title: HAN.search(title) and re.search(r"[a-z]{4}", title),
        "slashes or stars": lambda title: "/" in title or "*" in title,
        "inches": lambda title: re.search(r"inch|″|\"|''", title),
        "very long": lambda title: len(title) > 150,
        "very short": lambda title: 0 < len(title) <= 8,
        "traditional": lambda title: re.search(r"[雙燈鍋車陶瓷禮筆電線裝門環電鐘書圍]", title),
    }
    assert [name for name, found in ways.items() if not any(found(title) for title in titles)] == []
    assert any(not row["title_en"] for row in awkward)
    assert any(not row["title_zh"] for row in awkward)


def _alike(field: str, tokens: Callable[[str], set[str]]) -> Iterator[tuple[str, str]]:
    shelves: dict[str, list[Row]] = defaultdict(list)
    for row in PRODUCTS:
        shelves[row["category"]].append(row)
    for goods in shelves.values():
        for one, other in combinations(goods, 2):
            a, b = tokens(one[field]), tokens(other[field])
            if a and b and len(a & b) > min(len(a), len(b)) / 2:
                yield one[field], other[field]


@pytest.mark.parametrize(("field", "tokens"), [("title_en", english_tokens), ("title_zh", chinese_tokens)])
def test_no_two_titles_of_a_category_share_more_than_half_of_their_words(
    field: str, tokens: Callable[[str], set[str]]
) -> None:
    assert list(_alike(field, tokens)) == []


def test_no_shelf_looks_the_same_throughout() -> None:
    shelves: dict[str, list[Row]] = defaultdict(list)
    for row in PRODUCTS:
        shelves[row["category"]].append(row)
    dull = [
        slug
        for slug, goods in shelves.items()
        if len({(row["drawing"], row["hue"], row.get("look", 0)) for row in goods}) < len(goods)
    ]
    assert len(dull) <= len(shelves) // 20
