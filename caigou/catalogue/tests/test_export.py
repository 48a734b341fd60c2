"""What is written out can be taken in again: nothing changes, and an empty house gets the same catalogue."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caigou.accounts.models import Company
from caigou.catalogue.models import ImportRun, Product, Supplier
from caigou.catalogue.services.exports import ExportRefused, export_file, exported_rows
from caigou.catalogue.services.exports.cells import COLUMNS
from caigou.catalogue.services.imports import (
    ensure_supplier,
    import_file,
)
from caigou.catalogue.services.imports import fields as import_fields
from caigou.catalogue.services.imports.formulas import disarmed, restored
from caigou.catalogue.tests.making import codes, product, seller, take, write_json
from caigou.catalogue.tests.test_import_details import BLUE, FULL
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

each_format = pytest.mark.parametrize("ending", ["jsonl", "csv", "jsonl.gz", "csv.gz", "xlsx"])


def exported(path: Path, **options: Any) -> Path:
    export_file(path, **{"by": SYSTEM, **options})
    return path


@each_format
def test_goods_of_another_source_stay_of_it(tmp_path: Path, ending: str) -> None:
    import_file(write_json(tmp_path / "w.jsonl", product()), by=SYSTEM, supplier=seller(), source="import:demo")

    run = import_file(exported(tmp_path / f"a.{ending}"), by=SYSTEM)

    assert (run.products_same, Product.objects.get().source) == (1, "import:demo")


@given(st.text(alphabet="'=+-@ab\t\n", max_size=8))
def test_what_is_disarmed_is_restored(text: str) -> None:
    assert restored(disarmed(text)) == text
    assert disarmed(text)[:1] not in {"=", "+", "-", "@", "\t", "\n"}


_words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=_words, description=_words, value=_words, ending=st.sampled_from(["jsonl", "csv", "xlsx"]))
def test_any_text_survives_the_round_trip(
    tmp_path: Path, title: str, description: str, value: str, ending: str
) -> None:
    Product.objects.all().delete()
    ImportRun.objects.all().delete()
    attributes = [{"name_en": "Note", "name_zh": "", "value_en": value or "x", "value_zh": ""}]
    row = product(title_en=f"a{title}", description_zh=description, attributes=attributes)
    take(write_json(tmp_path / "a.jsonl", row))

    run = import_file(exported(tmp_path / f"b.{ending}"), by=SYSTEM)

    assert (codes(run), run.products_same) == ([], 1)


def test_the_export_has_every_field_of_the_format() -> None:
    elsewhere = {"price"}  # one price is a price list of one step

    assert set(COLUMNS) == import_fields.COLUMNS - elsewhere


def test_one_supplier_is_exported_alone_and_by_itself_only(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product("mine")))
    other = ensure_supplier("Other Mill")
    take(write_json(tmp_path / "b.jsonl", product("theirs")), supplier=other)
    mine = seller()
    me = Actor(user_id=None, company_id=mine.company_id, role="supplier")

    file = exported(tmp_path / "out.jsonl", by=me, supplier=mine)

    assert [json.loads(line)["external_id"] for line in file.read_text(encoding="utf-8").splitlines()] == ["mine"]
    for asked in (other, None):
        with pytest.raises(NotAllowed):
            exported_rows(by=me, supplier=asked)


def test_suppliers_of_one_name_are_told_apart(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product("one")))
    company = Company.objects.create(kind="supplier", name_en="dehua kiln", country="CN")
    twin = Supplier.objects.create(company=company)
    take(write_json(tmp_path / "b.jsonl", product("two")), supplier=twin)

    run = import_file(exported(tmp_path / "out.csv"), by=SYSTEM)

    assert (codes(run), run.products_same) == ([], 2)


def test_what_a_format_can_not_hold_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    options = [{**BLUE, "value_en": "x" * 290, "value_zh": "y" * 290, "name_zh": "z" * 290}]
    many = [{"external_id": str(number), "options": options} for number in range(60)]
    take(write_json(tmp_path / "a.jsonl", product(variants=many)))

    halves = set(Path(tempfile.gettempdir()).glob("openpyxl.*"))
    with pytest.raises(ExportRefused, match="jsonl"):
        exported(tmp_path / "out.xlsx")
    assert set(Path(tempfile.gettempdir()).glob("openpyxl.*")) <= halves
    with pytest.raises(ExportRefused):
        exported(tmp_path / "out.pdf")

    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_an_export_needs_the_same_few_queries_for_any_size(tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    take(write_json(tmp_path / "a.jsonl", *[product(f"M-{n}", **FULL) for n in range(40)]))

    with django_assert_max_num_queries(7):
        assert len(list(exported_rows(by=SYSTEM))) == 40
