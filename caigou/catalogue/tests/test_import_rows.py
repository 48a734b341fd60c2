"""What each bad row is told, and that it costs nobody but itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from caigou.catalogue.models import Category, Product, Severity
from caigou.catalogue.reasons import REFUSED
from caigou.catalogue.tests.making import codes, product, reconciles, seller, take, titles, write_json

pytestmark = pytest.mark.django_db

_MANY = [{"from": number, "price": "5"} for number in range(1, 30)]

BAD_ROWS: list[tuple[str, dict[str, Any]]] = [
    ("missing", {"external_id": ...}),
    ("missing", {"external_id": "   "}),
    ("missing", {"currency": ...}),
    ("missing", {"moq": ...}),
    ("no_title", {"title_en": "", "title_zh": " \u200b "}),
    ("not_text", {"title_en": ["a", "b"]}),
    ("not_text", {"title_en": True}),
    ("field_too_long", {"title_en": "x" * 301}),
    ("not_text", {"external_id": 10**200}),
    ("field_too_long", {"external_id": "7" * 121}),
    ("bad_currency", {"currency": "cny"}),
    ("bad_currency", {"currency": "XXX"}),
    ("bad_currency", {"currency": "\u0421NY"}),
    ("bad_currency", {"currency": "PTS"}),
    ("bad_number", {"moq": 0}),
    ("bad_number", {"moq": -1}),
    ("bad_number", {"moq": 2.5}),
    ("bad_number", {"moq": True}),
    ("bad_number", {"moq": "1,000"}),
    ("bad_number", {"moq": "١٢"}),
    ("bad_number", {"moq": 10_000_001}),
    ("bad_number", {"moq": 10**4000}),
    ("bad_number", {"order_multiple": 0}),
    ("bad_number", {"tiers": [{"from": 0, "price": "1.00"}]}),
    ("missing", {"tiers": [{"price": "1.00"}]}),
    ("no_tiers", {"tiers": []}),
    ("no_tiers", {"tiers": ...}),
    ("bad_tiers", {"tiers": "13.80"}),
    ("bad_tiers", {"tiers": [13]}),
    ("bad_tiers", {"tiers": 13}),
    ("too_many_tiers", {"tiers": _MANY}),
    ("bad_price", {"tiers": [{"from": 1, "price": "13.805"}]}),
    ("bad_price", {"tiers": [{"from": 1, "price": "1.5"}], "currency": "JPY"}),
    ("bad_price", {"tiers": [{"from": 1, "price": "1e3"}]}),
    ("bad_price", {"tiers": [{"from": 1, "price": "NaN"}]}),
    ("bad_price", {"tiers": [{"from": 1, "price": "1,000"}]}),
    ("bad_price", {"tiers": [{"from": 1, "price": 1e300}]}),
    ("bad_price", {"tiers": [{"from": 1, "price": "9223372036854775808"}]}),
    ("bad_price", {"tiers": [{"from": 1, "price": None}]}),
    ("price_not_positive", {"tiers": [{"from": 1, "price": "0.00"}]}),
    ("price_not_positive", {"tiers": [{"from": 1, "price": "-5"}]}),
    ("tiers_not_rising", {"tiers": "100:5|100:4"}),
    ("tiers_not_rising", {"tiers": "100:5|50:4"}),
    ("tier_price_rises", {"tiers": "100:5|200:5.01"}),
]


@pytest.mark.parametrize(("code", "changes"), BAD_ROWS)
def test_a_bad_row_is_refused_with_its_reason_and_the_next_one_is_taken(
    tmp_path: Path, code: str, changes: dict[str, Any]
) -> None:
    file = write_json(tmp_path / "goods.jsonl", product(**{"external_id": "BAD", **changes}), product("GOOD"))

    run = take(file)

    assert codes(run) == [(1, code)]
    assert list(Product.objects.values_list("external_id", flat=True)) == ["GOOD"]
    assert (run.rows_read, run.rows_refused, run.products_new) == (2, 1, 1)
    assert reconciles(run)
    report = run.refused.get()
    assert report.reason
    assert report.mend
    assert "%(" not in report.reason + report.mend
    assert report.raw.startswith("{")


def test_a_reason_is_told_in_the_readers_language(tmp_path: Path) -> None:
    run = take(write_json(tmp_path / "a.jsonl", product(moq=0)))

    with translation.override("en"):
        assert run.refused.get().reason == "moq is “0”; it must be a whole number from 1 to 10000000."
        assert run.refused.get().mend == "Write moq in plain digits, without separators or a unit."


def test_an_external_id_counts_once_in_a_file(tmp_path: Path) -> None:
    run = take(write_json(tmp_path / "a.jsonl", product("A"), product("B"), product("A", title_en="Other")))

    assert codes(run) == [(3, "duplicate")]
    assert "line 1" in run.refused.get().reason
    assert titles() == ["Stoneware mug", "Stoneware mug"]


def test_suppliers_of_rows_are_found_by_key_and_by_name_in_both_languages(tmp_path: Path) -> None:
    kiln = seller("Dehua Kiln")
    kiln.key = "dehua"
    kiln.save()
    kiln.company.name_zh = "德化窑"
    kiln.company.save()
    rows = [
        product(str(number), supplier=name)
        for number, name in enumerate(["dehua", "dehua kiln", "德化窑", "Nobody", ""], start=1)
    ]

    run = take(write_json(tmp_path / "a.jsonl", *rows), supplier=None)

    assert codes(run) == [(4, "unknown_supplier"), (5, "no_supplier")]
    assert set(Product.objects.values_list("supplier", flat=True)) == {kiln.pk}


def test_a_file_of_one_seller_takes_no_goods_of_another(tmp_path: Path) -> None:
    seller("Other Kiln")

    run = take(write_json(tmp_path / "a.jsonl", product(supplier="Other Kiln"), product("B", supplier="dehua kiln")))

    assert codes(run) == [(1, "foreign_supplier")]
    assert Product.objects.get().external_id == "B"


def test_two_suppliers_may_use_the_same_external_id(tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.jsonl", product("A"))

    take(file, supplier=seller("One"))
    take(file, supplier=seller("Two"))

    assert Product.objects.filter(external_id="A").count() == 2


def test_a_product_of_a_shared_source_stays_with_its_supplier(tmp_path: Path) -> None:
    file = write_json(tmp_path / "a.jsonl", product("A"))

    take(file, supplier=seller("One"), source="fair-2026")
    run = take(file, supplier=seller("Two"), source="fair-2026")

    assert codes(run) == [(1, "taken_by_other")]
    assert (run.rows_refused, run.products_total) == (1, 0)
    assert reconciles(run)
    assert str(Product.objects.get().supplier) == "One"


def test_what_is_nice_to_know_is_left_out_with_a_note(tmp_path: Path) -> None:
    row = product(
        category="no-such",
        lead_days="soon",
        hue=99,
        carton={"pieces": 24, "length_mm": -1, "weight_g": "9 kg"},
        attributes=[{"name_en": "Material"}],
    )

    run = take(write_json(tmp_path / "a.jsonl", row))

    kept = Product.objects.get()
    assert (run.products_new, run.rows_refused, run.rows_noted) == (1, 0, 6)
    assert set(run.refused.values_list("severity", flat=True)) == {Severity.NOTED}
    assert (kept.category, kept.lead_days, kept.hue, kept.attributes) == (None, None, 0, [])
    assert (kept.carton_pieces, kept.carton_length_mm, kept.carton_weight_g) == (24, None, None)
    assert reconciles(run)


def test_a_full_row_is_kept_field_by_field(tmp_path: Path) -> None:
    mugs = Category.objects.create(slug="mugs", name_en="Mugs", name_zh="马克杯")
    attribute = {"name_en": "Material", "name_zh": "材质", "value_en": "Stoneware", "value_zh": "炻瓷"}
    row = product(
        description_en="Two\r\nlines", category="mugs", unit="set", lead_days=25, drawing="mug", hue=7,
        carton={"pieces": 24, "length_mm": 460, "width_mm": 340, "height_mm": 280, "weight_g": 10300},
        attributes=[attribute],
    )  # fmt: skip

    run = take(write_json(tmp_path / "a.jsonl", row))

    kept = Product.objects.get()
    assert codes(run) == []
    assert (kept.title_en, kept.title_zh, kept.description_en) == ("Stoneware mug", "陶瓷马克杯", "Two\nlines")
    assert (kept.category, kept.unit, kept.lead_days, kept.drawing, kept.hue) == (mugs, "set", 25, "mug", 7)
    assert (kept.moq, kept.order_multiple, kept.currency) == (240, 24, "CNY")
    assert (kept.carton_pieces, kept.carton_length_mm, kept.carton_weight_g) == (24, 460, 10300)
    assert kept.attributes == [attribute]
    assert [(tier.from_quantity, tier.unit_price.minor) for tier in kept.tiers] == [(240, 13_80), (720, 12_60)]


def test_a_json_number_is_an_exact_price(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product(tiers=[{"from": 1, "price": 0.29}, {"from": 9, "price": 0}][:1])))

    assert Product.objects.get().tiers[0].unit_price.minor == 29


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x.example","free")', "@SUM(A1)", "<img src=x onerror=alert(1)>"])
def test_formulas_and_markup_are_kept_as_the_text_that_they_are(tmp_path: Path, text: str) -> None:
    take(write_json(tmp_path / "a.jsonl", product(title_en=text)))

    assert titles() == [text]


def test_texts_are_normalised_and_freed_of_control_characters(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(product(title_en="  Cafe\u0301\u0007 \u202emug\ud83d\ufeff\u0000 ")), encoding="ascii")

    take(file)

    assert titles() == ["Café mug"]


def test_every_refusal_is_met_by_a_test_of_this_folder() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_import_*.py"))

    assert [code for code in REFUSED if f'"{code}"' not in texts] == []


def test_a_number_of_json_where_a_text_belongs_is_kept_digit_by_digit(tmp_path: Path) -> None:
    row = product("7", title_en=...)
    path = tmp_path / "goods.jsonl"
    path.write_text(json.dumps(row)[:-1] + ', "external_id": 7.10, "title_en": 12.50}', encoding="utf-8")
    assert take(path).products_new == 1
    assert Product.objects.values_list("external_id", "title_en").get() == ("7.10", "12.50")


def test_units_and_categories_are_known_by_what_a_suppliers_file_calls_them(tmp_path: Path) -> None:
    """A Chinese supplier writes 个 and the name of its category; buyers read pieces and find it on its shelf."""
    Category.objects.create(slug="mugs", path="mugs", name_en="Mugs and cups", name_zh="马克杯")
    for slug in ("a", "b"):
        Category.objects.create(slug=slug, path=slug, name_en=f"Other {slug}", name_zh="其他")
    said = [("个", "马克杯"), ("PCS", "mugs and Cups"), ("Kgs.", "MUGS"), ("桶", "其他")]
    rows = [product(f"M-{n}", unit=unit, category=category) for n, (unit, category) in enumerate(said)]

    run = take(write_json(tmp_path / "a.jsonl", *rows))

    kept = Product.objects.order_by("external_id").values_list("unit", "category__slug")
    assert list(kept) == [("piece", "mugs"), ("piece", "mugs"), ("kilogram", "mugs"), ("桶", None)]
    assert codes(run) == [(4, "unknown_category")]
