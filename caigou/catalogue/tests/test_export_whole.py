"""The demonstration's whole catalogue, and a few goods that are harder, written out and taken in again."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from openpyxl import load_workbook

from caigou.catalogue.models import Product
from caigou.catalogue.services.imports import import_file, import_suppliers, load_own_categories
from caigou.catalogue.tests.making import codes, product, take, write_json
from caigou.catalogue.tests.test_export import each_format, exported
from caigou.catalogue.tests.test_import_details import BLUE, FULL, GREEN
from caigou.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: The demonstration's files, by path: the catalogue knows no floor above it.
DEMO = Path(__file__).resolve().parents[2] / "demo" / "data"


@pytest.fixture(scope="module")
def made(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The goods, made once for this file, in a transaction around those of its tests; how many they are."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _make(tmp_path_factory.mktemp("world"))
        transaction.set_rollback(True)


@pytest.fixture
def world(made: int, db: None) -> int:
    """How many goods there are; whatever a test does to them is rolled back after it."""
    return made


def _make(folder: Path) -> int:
    load_own_categories()
    for path in (DEMO / "suppliers.jsonl", *sorted((DEMO / "suppliers").glob("*.jsonl"))):
        import_suppliers(path)
    file = folder / "world.jsonl"
    goods = (DEMO / "catalogue.jsonl", *sorted((DEMO / "goods").glob("*.jsonl")))
    file.write_text("\n".join(path.read_text(encoding="utf-8") for path in goods), encoding="utf-8")
    import_file(file, by=SYSTEM)
    hard = [
        product("=1+1", title_en='=HYPERLINK("http://x","y")', title_zh="-5度", description_en="'@x\n+two\n\nlines"),
        product("'=a", title_en='\'tis, "quoted"; semicolon\ttab', **{n: FULL[n] for n in FULL if n != "look"}),
        product("each", tiers=..., variants=[{"external_id": "=", "options": [BLUE, GREEN], "price": "0.01"}]),
        product("draft", tiers=..., status="draft", sample=False, title_zh="x" * 200),
        product("yen", currency="JPY", tiers=[{"from": 1, "price": "80"}], sample={"price": "0"}, status="withdrawn"),
        product("dinar", currency="KWD", tiers=[{"from": 1, "price": "0.125"}], sample={"days": 3}),
    ]
    run = take(write_json(folder / "hard.jsonl", *hard))
    assert codes(run) == []
    return Product.objects.count()


@each_format
def test_an_export_changes_nothing_when_it_is_taken_in(tmp_path: Path, world: int, ending: str) -> None:
    run = import_file(exported(tmp_path / f"a.{ending}"), by=SYSTEM)

    assert codes(run) == []
    assert (run.products_same, run.products_new, run.products_changed) == (world, 0, 0)


@each_format
def test_an_empty_house_gets_the_same_catalogue_from_an_export(tmp_path: Path, world: int, ending: str) -> None:
    before = exported(tmp_path / "before.jsonl").read_text(encoding="utf-8")
    file = exported(tmp_path / f"a.{ending}")
    Product.objects.all().delete()

    run = import_file(file, by=SYSTEM)

    assert (codes(run), run.products_new) == ([], world)
    assert exported(tmp_path / "after.jsonl").read_text(encoding="utf-8") == before


def test_a_spreadsheet_finds_no_formula_in_an_export(tmp_path: Path, world: int) -> None:
    with exported(tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    sheet = load_workbook(exported(tmp_path / "a.xlsx")).active
    typed = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r\n") and cell] == []
    assert {cell.data_type for cell in typed} == {"s", "n"}
    assert [cell.value for cell in typed if str(cell.value)[:1] in set("=+-@")] == []
    assert "'=1+1" in cells
