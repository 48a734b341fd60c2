"""The demo's own files come in through the same door as everybody's, and the guide's example does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from caigou.catalogue.models import Category, Product, Supplier
from caigou.catalogue.reasons import SENTENCES
from caigou.catalogue.services.imports import ensure_supplier, import_file, import_suppliers, load_own_categories
from caigou.catalogue.services.imports.fields import COLUMNS
from caigou.catalogue.tests.making import codes, reconciles, take
from caigou.kernel.actor import SYSTEM
from caigou.kernel.errors import BadInput

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "caigou" / "demo" / "data"
GUIDE = (ROOT / "docs" / "import-format.md").read_text(encoding="utf-8")


def test_the_demo_files_are_taken_in_without_a_refusal() -> None:
    for _twice in range(2):
        suppliers = import_suppliers(DEMO / "suppliers.jsonl")
        categories = load_own_categories()
        run = import_file(DEMO / "catalogue.jsonl", by=SYSTEM)

    assert Supplier.objects.count() == suppliers
    assert Category.objects.count() == categories
    assert codes(run) == []
    assert reconciles(run)
    assert run.products_same == Product.objects.count() >= 40
    assert not Product.objects.filter(category=None).exists()
    assert not Product.objects.filter(title_zh="").exists()


def test_a_supplier_that_changed_keeps_its_identity(tmp_path: Path) -> None:
    file = tmp_path / "suppliers.jsonl"
    file.write_text('{"key": "kiln", "name_en": "Kiln", "country": "CN", "kind": "factory"}\n', encoding="utf-8")
    import_suppliers(file)
    before = Supplier.objects.get(key="kiln")

    file.write_text(
        '{"key": "kiln", "name_en": "Big Kiln", "qualification": "verified_factory", "verified_until": "2027-01-31"}\n'
        '{"key": "mill", "name_en": "Mill", "qualification": "licence_checked"}\n',
        encoding="utf-8",
    )
    import_suppliers(file)

    after = Supplier.objects.get(key="kiln")
    assert (after.pk, after.company_id, str(after)) == (before.pk, before.company_id, "Big Kiln")
    assert after.qualification == "verified_factory"
    assert Supplier.objects.get(key="mill").qualification == "none"


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"key": "x"}', '{"key": "", "name_en": "x"}', '{"key": "x", "name_en": "X", "kind": "shop"}']
)
def test_a_bad_line_of_suppliers_stores_nothing_and_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "suppliers.jsonl"
    file.write_text('{"key": "a", "name_en": "A"}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(BadInput, match="line 2"):
        import_suppliers(file)

    assert not Supplier.objects.exists()


def test_a_supplier_is_made_once() -> None:
    first = ensure_supplier("  Thornbury  Giftware ", country="GB")

    assert ensure_supplier("thornbury giftware") == first
    assert (str(first), first.country, first.qualification) == ("Thornbury Giftware", "GB", "none")


def _example(name: str) -> str:
    found = re.search(rf"`{re.escape(name)}`:\n\n```\w*\n(.*?)```", GUIDE, re.DOTALL)
    assert found, name
    return found[1]


def test_the_example_of_the_guide_gives_the_report_of_the_guide(tmp_path: Path) -> None:
    ensure_supplier("Dehua Lanyu Ceramics")
    file = tmp_path / "mugs.csv"
    file.write_text(_example("mugs.csv"), encoding="utf-8")

    run = take(file, supplier=None)

    report = [f"line {row.line}: {row.severity}: {row.code}: {row.reason} {row.mend}" for row in run.refused.all()]
    figures = (
        f"{run.rows_read} rows read: {run.products_new} new, {run.products_changed} changed, "
        f"{run.products_same} unchanged, {run.rows_refused} refused, {run.rows_noted} notes"
    )
    assert [figures, *report] == _example("report").splitlines()


def test_the_examples_in_both_formats_are_the_same_product(tmp_path: Path) -> None:
    ensure_supplier("Dehua Lanyu Ceramics")
    for name in ("mugs.csv", "mugs.jsonl"):
        (tmp_path / name).write_text(_example(name), encoding="utf-8")
    take(tmp_path / "mugs.csv", supplier=None)

    run = take(tmp_path / "mugs.jsonl", supplier=None)

    assert (run.rows_read, run.products_same) == (1, 1)


def test_the_guide_names_every_field_and_every_code() -> None:
    assert [name for name in sorted(COLUMNS) if f"`{name}`" not in GUIDE] == []
    assert [code for code in SENTENCES if f"`{code}`" not in GUIDE] == []
