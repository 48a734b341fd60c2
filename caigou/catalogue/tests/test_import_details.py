"""Variants, samples, customisation and the other fields of a listing: taken whole, or refused or noted with reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from caigou.catalogue.models import Category, Evidence, Product, Supplier, Variant
from caigou.catalogue.pricing import QuoteType
from caigou.catalogue.services.imports import import_categories, import_suppliers, load_own_categories
from caigou.catalogue.tests.making import codes, product, take, write_csv, write_json
from caigou.kernel.money import Money

pytestmark = pytest.mark.django_db

BLUE = {"name_en": "Colour", "name_zh": "颜色", "value_en": "Lake blue", "value_zh": "湖蓝"}
GREEN = {"name_en": "Colour", "name_zh": "颜色", "value_en": "Celadon", "value_zh": "青瓷"}
FULL: dict[str, Any] = {
    "quote_type": "by_total",
    "variants": [
        {"external_id": "LB", "options": [BLUE], "stock": 1200, "weight_g": 400},
        {"external_id": "CG", "options": [GREEN], "stock": None},
    ],
    "weight_g": 410,
    "sample": {"price": "30.00", "most": 2, "days": 5},
    "customisation": [
        {
            "kind": "logo",
            "moq": 500,
            "setup_fee": "300.00",
            "unit_surcharge": "0.40",
            "days": 7,
            "note_en": "One",
        },
        {"kind": "packaging", "moq": 1000},
    ],
    "hs_code": "6912.00",
    "rating": {"average": "4.7", "count": 36},
    "sold": 1200,
    "source_url": "https://goods.example/mug",
    "look": 3,
}


def test_every_field_of_a_listing_is_taken(tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.jsonl", product(**FULL))

    run = take(file)

    one = Product.objects.get()
    assert codes(run) == []
    assert (one.quote_type, one.weight_g, one.hs_code, one.sold, one.look) == ("by_total", 410, "691200", 1200, 3)
    assert (one.sample_offered, one.sample_price_minor, one.sample_most, one.sample_days) == (True, 30_00, 2, 5)
    assert (one.rating_tenths, one.rating_count, one.source_url) == (47, 36, "https://goods.example/mug")
    assert one.own_logo
    assert one.customisation[0] == {
        "kind": "logo", "moq": 500, "setup_fee_minor": 300_00, "unit_surcharge_minor": 40, "days": 7,
        "note_en": "One", "note_zh": "",
    }  # fmt: skip
    assert [(v.external_id, v.options, v.stock, v.weight_g) for v in one.variants.all()] == [
        ("LB", [BLUE], 1200, 400),
        ("CG", [GREEN], None, None),
    ]
    assert take(file).products_same == 1


def test_columns_of_a_spreadsheet_say_the_same_as_json(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product(**FULL)))
    header = (
        "external_id,title_en,title_zh,currency,moq,order_multiple,tiers,quote_type,variants,weight_g,sample_offered,"
        "sample_price,sample_most,sample_days,customisation,hs_code,rating_average,rating_count,sold,source_url,look"
    )
    variants = json.dumps(FULL["variants"]).replace('"', '""')
    made = json.dumps(FULL["customisation"]).replace('"', '""')
    line = (
        f'M-1,Stoneware mug,陶瓷马克杯,CNY,240,24,240:13.80|720:12.60,by_total,"{variants}",410,是,30,2,5,"{made}",'
        "691200,4.7,36,1200,https://goods.example/mug,3"
    )

    run = take(write_csv(tmp_path / "a.csv", line, header=header))

    assert (codes(run), run.products_same) == ([], 1)


def test_variants_and_customisation_can_be_written_by_hand(tmp_path: Path) -> None:
    header = "external_id,title_en,currency,moq,variants,customisation"
    lines = ["M-1,Mug,CNY,24,LB: Colour=Lake blue;尺码=大 @ 13.80 | Colour=Celadon @14.2,logo:500|packaging"]

    run = take(write_csv(tmp_path / "a.csv", *lines, header=header))

    one = Product.objects.get()
    blue, green = one.variants.all()
    assert codes(run) == []
    assert one.quote == one.quote.__class__(
        QuoteType.PER_VARIANT, 24, variants={blue.pk: Money(13_80, "CNY"), green.pk: Money(14_20, "CNY")}
    )
    assert (blue.external_id, blue.options[1]["value_zh"], green.external_id) == ("LB", "大", "Celadon")
    assert [(kind["kind"], kind["moq"]) for kind in one.customisation] == [("logo", 500), ("packaging", None)]


def test_a_variant_keeps_its_identity_and_one_that_is_gone_goes(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product(**FULL)))
    before = Variant.objects.get(external_id="CG")

    changed = [{"external_id": "CG", "options": [GREEN], "stock": 7}, {"external_id": "X", "options": [BLUE]}]
    run = take(write_json(tmp_path / "b.jsonl", product(**{**FULL, "variants": changed})))

    after = Variant.objects.get(external_id="CG")
    assert (after.pk, after.public_id, after.stock, after.position) == (before.pk, before.public_id, 7, 0)
    assert list(Variant.objects.order_by("position").values_list("external_id", flat=True)) == ["CG", "X"]
    assert run.products_changed == 1


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("bad_quote_type", {"quote_type": "per_kilo"}),
    ("bad_variants", {"variants": 5}),
    ("bad_variants", {"variants": "[" * 10_000}),
    ("bad_variants", {"variants": ["LB"]}),
    ("bad_variants", {"variants": [{"external_id": "LB", "options": []}]}),
    ("bad_variants", {"variants": [{"external_id": "LB", "options": [{"name_en": "Colour"}]}]}),
    ("bad_variants", {"variants": [{"external_id": "LB", "options": [BLUE] * 5}]}),
    ("bad_variants", {"variants": "LB: blue"}),
    ("too_many_variants", {"variants": [{"external_id": str(n), "options": [BLUE]} for n in range(301)]}),
    ("variant_twice", {"variants": [{"external_id": "LB", "options": [BLUE]}] * 2}),
    ("variant_without_price", {"quote_type": "per_variant", "variants": [{"external_id": "LB", "options": [BLUE]}]}),
    ("no_variants", {"quote_type": "per_variant"}),
    ("price_not_positive", {"variants": [{"external_id": "LB", "options": [BLUE], "price": "0"}]}),
    ("bad_price", {"variants": [{"external_id": "LB", "options": [BLUE], "price": "1,5"}]}),
]


@pytest.mark.parametrize(("code", "changes"), REFUSED)
def test_variants_that_cannot_be_sold_as_they_stand_are_refused(
    tmp_path: Path, code: str, changes: dict[str, Any]
) -> None:
    run = take(write_json(tmp_path / "a.jsonl", product("bad", **changes), product("good")))

    assert codes(run) == [(1, code)]
    assert run.products_new == 1


NOTED: list[tuple[str, dict[str, Any]]] = [
    ("sample", {"sample": {"price": "free"}}),
    ("sample", {"sample_offered": "perhaps"}),
    ("sample_price", {"sample": {"price": "-1"}}),
    ("sample_price", {"sample_offered": False, "sample_price": "5"}),
    ("sample_days", {"sample": {"price": "5", "days": "soon"}}),
    ("customisation", {"customisation": [{"kind": "weapons"}]}),
    ("customisation", {"customisation": [{"kind": "logo", "setup_fee": "-3"}]}),
    ("customisation", {"customisation": [{"kind": "logo", "moq": 0}]}),
    ("customisation", {"customisation": "logo:many"}),
    ("customisation", {"customisation": [{"kind": "logo"}] * 13}),
    ("hs_code", {"hs_code": "69A2"}),
    ("hs_code", {"hs_code": "6" * 5_000}),
    ("rating", {"rating": {"average": "5.1", "count": 3}}),
    ("rating", {"rating": {"average": "4.1", "count": 0}}),
    ("rating", {"rating_average": "4.1"}),
    ("sold", {"sold": -1}),
    ("source_url", {"source_url": "javascript:alert(1)"}),
    ("status", {"status": "sealed"}),
    ("look", {"look": 4}),
    ("tiers", {"variants": [{"external_id": "L", "options": [BLUE], "price": "2"}], "quote_type": "per_variant"}),
    ("variants", {"variants": [{"external_id": "L", "options": [BLUE], "price": "2"}]}),
    ("pictures", {"pictures": ["/etc/passwd"]}),
    ("pictures", {"pictures": 3}),
]


@pytest.mark.parametrize(("field", "changes"), NOTED)
def test_what_is_nice_to_know_is_left_out_with_a_note(tmp_path: Path, field: str, changes: dict[str, Any]) -> None:
    run = take(write_json(tmp_path / "a.jsonl", product(**changes)))

    assert run.products_new == 1
    assert [(row.code, row.params["field"]) for row in run.refused.all()] == [("left_out", field)]


@pytest.mark.parametrize(
    ("said", "offered", "price"),
    [
        ({}, None, None),
        ({"sample": None}, None, None),
        ({"sample": False}, False, None),
        ({"sample": {"price": "0.00"}}, True, 0),
        ({"sample_offered": "no"}, False, None),
        ({"sample_price": "30"}, True, 3000),
    ],
)
def test_a_sample_is_offered_or_not_or_not_stated(
    tmp_path: Path, said: dict[str, Any], offered: bool | None, price: int | None
) -> None:
    take(write_json(tmp_path / "a.jsonl", product(**said)))

    one = Product.objects.get()
    assert (one.sample_offered, one.sample_price_minor) == (offered, price)


def test_only_a_draft_may_be_without_a_price(tmp_path: Path) -> None:
    run = take(write_json(tmp_path / "a.jsonl", product("a", tiers=[], status="draft"), product("b", tiers=[])))

    assert codes(run) == [(2, "no_tiers")]
    assert Product.objects.get().status == "draft"


def test_a_status_in_the_file_is_only_for_new_products(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product(status="withdrawn")))
    take(write_json(tmp_path / "b.jsonl", product(status="listed", title_en="Another mug")))

    assert Product.objects.get().status == "withdrawn"


def test_suppliers_bring_their_papers_and_ratings_once(tmp_path: Path) -> None:
    paper = {"kind": "licence", "number": "9144", "checked_by": "Caigou", "checked_on": "2026-01-02",
             "expires_on": "2028-01-01"}  # fmt: skip
    file = write_json(
        tmp_path / "s.jsonl",
        {"key": "kiln", "name_en": "Kiln", "rating": {"average": "4.6", "count": 212}, "evidence": [paper]},
        {"key": "mill", "name_en": "Mill", "rating": None, "evidence": []},
    )
    for _twice in range(2):
        import_suppliers(file)

    assert list(Supplier.objects.order_by("key").values_list("rating_tenths", "rating_count")) == [(46, 212), (None, 0)]
    assert list(Evidence.objects.values_list("supplier__key", "kind", "number")) == [("kiln", "licence", "9144")]


def test_our_own_tree_has_about_two_hundred_categories_below_their_groups(django_assert_num_queries: Any) -> None:
    count = load_own_categories()

    assert count == Category.objects.count() >= 180
    assert not Category.objects.filter(parent=None, children=None).exists(), "every group has something below it"
    assert Category.objects.get(slug="mugs-and-cups").path.endswith("/mugs-and-cups")
    with django_assert_num_queries(3 * (1 + 2) + 2):  # each start: nothing to write
        load_own_categories()


def test_a_category_below_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = write_json(tmp_path / "c.jsonl", {"slug": "a", "parent": "b", "name_en": "A", "name_zh": "甲"})

    with pytest.raises(Exception, match="line 1"):
        import_categories(file)


def test_a_field_that_nobody_knows_is_noted_once(tmp_path: Path) -> None:
    rows = [product(f"M-{n}", weigth_g=5, **{"x" * 500: 1}) for n in range(3)]

    run = take(write_json(tmp_path / "a.jsonl", *rows))

    assert [(row.line, row.code, row.params["value"][:8]) for row in run.refused.all()] == [
        (1, "unknown_column", "weigth_g"),
        (1, "unknown_column", "xxxxxxxx"),
    ]
    assert run.products_new == 3
