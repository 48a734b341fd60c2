"""Somebody else's columns: named once by a person, in their unit, and found again for the next file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override

from caigou.accounts.models import Company
from caigou.catalogue.models import ColumnMapping, ImportRun, ImportStatus, Product, Supplier
from caigou.catalogue.services.imports import read_with, request_import, run_import_call, save_mapping
from caigou.catalogue.services.imports.columns import guess, mapped
from caigou.catalogue.tests.making import codes, seller, write_csv
from caigou.catalogue.tests.test_import_workbooks import workbook
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import BadInput, IllegalMove, NotAllowed

pytestmark = pytest.mark.django_db

HEADER = "货号,英文名,起订量,单价 100-499,单价500以上,箱长(cm),毛重(kg),材质,备注"
LINES = ["LY-1,Mug,100,13.80,12.60,45.55,12.345,炻瓷,x", "LY-2,Bowl,100,9,8,about,1,瓷,"]
COLUMNS: dict[str, dict[str, Any]] = {
    "货号": {"field": "external_id"},
    "英文名": {"field": "title_en"},
    "起订量": {"field": "moq"},
    "单价_100-499": {"field": "tier", "from": 100},
    "单价500以上": {"field": "tier", "from": 500},
    "箱长(cm)": {"field": "carton_length_mm", "times": "10"},
    "毛重(kg)": {"field": "carton_weight_g", "times": "1000"},
    "材质": {"field": "attribute"},
}
CONSTANTS = {"currency": "CNY", "lead_days": "15"}


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "CAIGOU_UPLOADS", str(tmp_path))
    monkeypatch.setattr("caigou.jobs.calls.keep", lambda _key: None)
    return tmp_path


def handed_in(uploads: Path, name: str = "list.csv", supplier: Supplier | None = None) -> ImportRun:
    file = write_csv(uploads / "stored", *LINES, header=HEADER)
    run = request_import(file.name, name, by=SYSTEM, supplier=supplier or seller())
    return work(run)


def work(run: ImportRun) -> ImportRun:
    run_import_call({"run": run.pk}, "key")
    run.refresh_from_db()
    return run


def test_columns_that_nobody_knows_wait_for_their_names(uploads: Path) -> None:
    run = handed_in(uploads)

    assert (run.status, run.finished_at) == (ImportStatus.COLUMNS, None)
    assert run.preview["header"][:3] == ["货号", "英文名", "起订量"]
    assert run.preview["rows"][0][:2] == ["LY-1", "Mug"]
    assert run.preview["guess"] == {name: said for name, said in COLUMNS.items() if name != "材质"}


def test_named_columns_are_read_in_our_fields_and_units(uploads: Path) -> None:
    run = handed_in(uploads)
    saved = save_mapping("Kiln's list", COLUMNS, CONSTANTS, supplier=seller(), by=SYSTEM)

    run = work(read_with(run.pk, saved, by=SYSTEM))

    mug = Product.objects.get(external_id="LY-1")
    assert (run.status, codes(run)) == (ImportStatus.DONE, [(3, "left_out")])
    assert (mug.currency, mug.moq, mug.lead_days) == ("CNY", 100, 15)
    assert (mug.carton_length_mm, mug.carton_weight_g) == (456, 12_345)
    assert [(tier.from_quantity, tier.unit_price.amount) for tier in mug.tiers] == [(100, "13.80"), (500, "12.60")]
    assert mug.attributes == [{"name_en": "", "name_zh": "材质", "value_en": "", "value_zh": "炻瓷"}]


def test_what_no_column_says_is_named_in_words_and_not_in_code(uploads: Path) -> None:
    """A supplier reads 币种, never ``currency``."""
    for language, words in (("en", "No column says Currency, Smallest order (MOQ)."), ("zh-hans", "币种、")):
        with override(language), pytest.raises(BadInput) as refused:
            save_mapping("x", {"货号": {"field": "external_id"}, "品名": {"field": "title_zh"},
                               "价": {"field": "price"}}, {}, supplier=seller(), by=SYSTEM)  # fmt: skip
        assert words in str(refused.value)
        assert list(refused.value.fields) == ["currency", "moq"]


def test_the_next_file_of_the_same_layout_needs_no_names(uploads: Path) -> None:
    saved = save_mapping("Kiln's list", COLUMNS, CONSTANTS, supplier=seller(), by=SYSTEM)

    run = handed_in(uploads)

    assert (run.status, run.products_new, run.mapping) == (ImportStatus.DONE, 2, saved.public_id)


def test_a_mapping_serves_workbooks_too(uploads: Path) -> None:
    save_mapping("Kiln's list", COLUMNS, CONSTANTS, supplier=seller(), by=SYSTEM)
    cells = ["LY-1", "Mug", 100, 13.8, 12.6, 45.55, "=12+1", "炻瓷", None]
    file = workbook(uploads / "stored", cells, ["LY-2", *cells[1:6], 12.3, None, "=9"], header=HEADER.split(","))

    run = work(request_import(file.name, "list.xlsx", by=SYSTEM, supplier=seller()))

    assert codes(run) == [(2, "formula")]
    assert Product.objects.get().carton_weight_g == 12_300


def test_a_mapping_is_its_owners_alone(uploads: Path) -> None:
    other = Supplier.objects.create(company=Company.objects.create(kind="supplier", name_en="Mill", country="CN"))
    save_mapping("Mill's list", COLUMNS, CONSTANTS, supplier=other, by=SYSTEM)

    assert handed_in(uploads).status == ImportStatus.COLUMNS

    me = Actor(role="supplier", company_id=seller().company_id)
    with pytest.raises(NotAllowed):
        save_mapping("x", COLUMNS, CONSTANTS, supplier=other, by=me)
    with pytest.raises(NotAllowed):
        save_mapping("x", COLUMNS, CONSTANTS, supplier=None, by=me)


def test_the_platforms_mapping_serves_every_supplier(uploads: Path) -> None:
    save_mapping("Guild's list", COLUMNS, CONSTANTS, supplier=None, by=SYSTEM)

    assert handed_in(uploads).status == ImportStatus.DONE


def test_names_can_be_given_once_and_twice_by_the_same_click(uploads: Path) -> None:
    run = handed_in(uploads)
    saved = save_mapping("a", COLUMNS, CONSTANTS, supplier=seller(), by=SYSTEM)
    for _twice in range(2):
        read_with(run.pk, saved, by=SYSTEM)
    work(run)

    with pytest.raises(IllegalMove):
        read_with(run.pk, saved, by=SYSTEM)


def test_a_mapping_of_the_same_name_is_replaced(uploads: Path) -> None:
    for constants in (CONSTANTS, {"currency": "USD"}):
        save_mapping(" a ", COLUMNS, constants, supplier=seller(), by=SYSTEM)

    assert ColumnMapping.objects.get().constants == {"currency": "USD"}


@pytest.mark.parametrize(
    ("changes", "constants"),
    [
        ({}, {}),
        ({"货号": {"field": "attribute"}}, CONSTANTS),
        ({"备注": {"field": "moq"}}, CONSTANTS),
        ({"备注": {"field": "password"}}, CONSTANTS),
        ({"箱长(cm)": {"field": "carton_length_mm", "times": "ten"}}, CONSTANTS),
        ({"箱长(cm)": {"field": "carton_length_mm", "times": "0"}}, CONSTANTS),
        ({"起订量": {"field": "moq", "times": "10"}}, CONSTANTS),
        ({"单价500以上": {"field": "tier", "from": 0}}, CONSTANTS),
        ({"单价500以上": {"field": "tier"}}, CONSTANTS),
        ({}, {"currency": "C" * 500}),
    ],
)
def test_a_mapping_that_makes_no_product_is_refused(changes: dict[str, Any], constants: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        save_mapping("a", {**COLUMNS, **changes}, constants, supplier=None, by=SYSTEM)
    assert not ColumnMapping.objects.exists()


def test_a_row_states_more_than_the_whole_file() -> None:
    said = mapped({"a": "7", "b": " "}, {"a": {"field": "moq"}, "b": {"field": "unit"}}, {"moq": "1", "unit": "set"})

    assert said == {"moq": "7", "unit": "set"}


def test_one_price_beside_a_price_from_a_quantity_on_holds_from_the_moq_to_there(uploads: Path) -> None:
    """单价 and 1000+ in columns of their own: whoever buys 240 doesn't pay what 1,000 cost."""
    columns = {"货号": "external_id", "品名": "title_zh", "单价": "price", "起订量": "moq"}
    said: dict[str, dict[str, Any]] = {name: {"field": field} for name, field in columns.items()}
    said["1000+"] = {"field": "tier", "from": 1000}
    save_mapping("x", said, {"currency": "CNY"}, supplier=seller(), by=SYSTEM)
    rows = ["Q-1,杯,6.60,240,6.00", "Q-2,碗,6.60,1000,6.00", "Q-3,盘,6.60,240,", "Q-4,壶,5.90,240,6.00"]
    file = write_csv(uploads / "stored", *rows, header="货号,品名,单价,起订量,1000+")

    run = work(request_import(file.name, "list.csv", by=SYSTEM, supplier=seller()))

    assert codes(run) == [(5, "tier_price_rises")]
    found = {
        product.external_id: [(tier.from_quantity, tier.unit_price.amount) for tier in product.tiers]
        for product in Product.objects.all()
    }
    assert found == {
        "Q-1": [(240, "6.60"), (1000, "6.00")],
        "Q-2": [(1000, "6.00")],
        "Q-3": [(240, "6.60")],
    }


@pytest.mark.parametrize(
    ("figures", "times"),
    [
        (["52", "40.5"], "10"),
        (["52", ""], "10"),
        (["520", "40"], None),
        (["52 cm", "40"], None),
        (["", ""], None),
        (["0", "0"], None),
        (["52", "NaN"], None),
        ([], None),
    ],
)
def test_figures_tell_the_unit_of_a_carton_where_its_column_does_not(figures: list[str], times: str | None) -> None:
    found = guess(["sku", "外箱长", "净重"], [["A", figure, "0.3"] for figure in figures])

    assert found["外箱长"].get("times") == times
    assert found["净重"] == {"field": "weight_g"}
    assert guess(["箱长(mm)"], [["180"]])["箱长(mm)"] == {"field": "carton_length_mm"}
    assert guess(["sku", "毛重"], [["A"], ["B", "14.2", "x"]])["毛重"].get("times") == "1000"


def test_our_own_columns_are_guessed_in_any_writing() -> None:
    found = guess(["item_no.", "moq", "unit_price", "g.w._(kgs)", "箱规", "价格", "hs_code"])

    assert found == {
        "item_no.": {"field": "external_id"},
        "moq": {"field": "moq"},
        "unit_price": {"field": "price"},
        "g.w._(kgs)": {"field": "carton_weight_g", "times": "1000"},
        "hs_code": {"field": "hs_code"},
    }
