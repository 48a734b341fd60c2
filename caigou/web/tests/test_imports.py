"""A supplier hands in its own list: any columns, pictures beside it, nobody else's goods; and takes its goods out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook
from PIL import Image
from pytest_django import Settings

from caigou.catalogue.models import ColumnMapping, ImportRun, ImportStatus, Product, Supplier
from caigou.jobs import calls, outbox
from tests.support.factories import Party, make_product, make_supplier

pytestmark = pytest.mark.django_db

ROWS: list[list[Any]] = [
    ["货号", "品名", "起订量", "单价", "箱长(cm)", "图片"],
    ["LY-1", "粗陶马克杯", 240, 13.8, 45.5, "a.jpg"],
]
ANSWERS = {
    "is_0": "external_id", "is_1": "title_zh", "is_2": "moq", "is_3": "price", "is_4": "carton_length_mm",
    "times_4": "10", "is_5": "pictures", "all_currency": "CNY", "name": "报价单",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path) -> None:
    settings.CAIGOU_UPLOADS = tmp_path / "uploads"
    settings.CAIGOU_INDEX = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def seller() -> Party:
    return make_supplier()


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pictures() -> bytes:
    photo, out = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(photo, "JPEG")
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("a.jpg", photo.getvalue())
    return out.getvalue()


def hand_in(party: Party, content: bytes, name: str = "报价单.xlsx", **values: Any) -> Any:
    files = {"file": SimpleUploadedFile(name, content), **values}
    return party.client().post(reverse("web:imports"), files)


def work() -> None:
    outbox.deliver_due()
    calls.make_due()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_suppliers_own_sheet_and_pictures_become_goods(seller: Party, tmp_path: Path, language: str) -> None:
    client = seller.client()
    client.cookies["django_language"] = language
    answer = hand_in(seller, workbook(ROWS), pictures=SimpleUploadedFile("p.zip", pictures()))
    run = ImportRun.objects.get()
    assert answer.headers["Location"] == reverse("web:import", args=[run.public_id])
    work()

    page = client.get(reverse("web:import", args=[run.public_id])).content.decode()
    columns = reverse("web:import_columns", args=[run.public_id])
    assert f'href="{columns}"' in page
    form = client.get(columns).content.decode()
    assert "粗陶马克杯" in form
    assert '<option value="carton_length_mm" selected>' in form
    assert client.post(columns, ANSWERS).status_code == 302
    work()

    run.refresh_from_db()
    product = Product.objects.get()
    assert (run.status, run.rows_refused, run.rows_noted) == (ImportStatus.DONE, 0, 0)
    assert (product.title_zh, product.moq, product.carton_length_mm) == ("粗陶马克杯", 240, 455)
    assert product.supplier.company == seller.company
    assert product.pictures.count() == 1
    assert product.cover
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [run.stored_as], "no photo stays as it came"
    assert client.get(columns).status_code == 302


@pytest.mark.slow
def test_the_next_sheet_is_read_without_a_question(seller: Party) -> None:
    hand_in(seller, workbook(ROWS))
    work()
    run = ImportRun.objects.get()
    seller.client().post(reverse("web:import_columns", args=[run.public_id]), ANSWERS)
    work()

    hand_in(seller, workbook([ROWS[0], ["LY-2", "碗", 1, 2, 3, None]]), name="b.xlsx")
    work()

    assert ImportRun.objects.filter(status=ImportStatus.DONE).count() == 2
    assert "报价单" in seller.client().get(reverse("web:imports")).content.decode()


@pytest.mark.parametrize("changes", [{"is_0": ""}, {"is_1": "external_id"}, {"all_currency": ""}, {"name": ""},
                                     {"is_0": "password"}, {"is_3": "tier"}])  # fmt: skip
def test_an_answer_that_makes_no_product_says_what_is_missing(seller: Party, changes: dict[str, str]) -> None:
    hand_in(seller, workbook(ROWS))
    work()
    columns = reverse("web:import_columns", args=[ImportRun.objects.get().public_id])

    answer = seller.client().post(columns, {**ANSWERS, **changes})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode() or "error" in answer.content.decode()
    assert not ColumnMapping.objects.exists()
    assert ImportRun.objects.get().status == ImportStatus.COLUMNS


def test_of_a_sheet_with_very_many_columns_those_that_say_something_can_be_named(seller: Party) -> None:
    """Three controls for each of 400 columns were more fields than a form may send: the answer was always refused."""
    header = [*(f"c{number}" for number in range(400)), "货号", "品名", "单价"]
    row = ["" for _column in header[:-3]] + ["LY-1", "粗陶马克杯", "13.8"]
    hand_in(seller, "\n".join([",".join(header), ",".join(row)]).encode(), name="a.csv")
    work()
    columns = reverse("web:import_columns", args=[ImportRun.objects.get().public_id])
    shown = seller.client().get(columns)
    as_shown = {bound.html_name: bound.value() or "" for bound in shown.context["form"]}

    answer = seller.client().post(columns, {**as_shown, "name": "wide", "all_currency": "CNY", "all_moq": "1"})
    work()

    assert "253 columns more" in shown.content.decode()
    assert answer.status_code == 302
    assert Product.objects.get().title_zh == "粗陶马克杯"


def test_other_suppliers_see_nothing_of_it(seller: Party) -> None:
    hand_in(seller, workbook(ROWS))
    work()
    run = ImportRun.objects.get()
    other = make_supplier().client()

    for route in ("web:import", "web:import_columns", "web:import_refused"):
        assert other.get(reverse(route, args=[run.public_id])).status_code == 404
    assert run.file_name not in other.get(reverse("web:imports")).content.decode()
    assert other.post(reverse("web:import_columns", args=[run.public_id]), ANSWERS).status_code == 404


def test_nobody_imports_for_somebody_else(seller: Party) -> None:
    other = Supplier.objects.get(company=make_supplier(name="Other Mill").company)
    line = f"external_id,supplier,title_en,currency,moq,price\nX,{other.company.name_en},Mug,CNY,1,5\n"

    hand_in(seller, line.encode(), name="a.csv")
    work()

    assert list(ImportRun.objects.get().refused.values_list("code", flat=True)) == ["foreign_supplier"]
    assert not Product.objects.exists()


def test_a_file_of_another_kind_is_refused_and_nothing_is_kept(seller: Party, tmp_path: Path) -> None:
    assert hand_in(seller, b"MZ", name="goods.exe").status_code == 422
    zipped = SimpleUploadedFile("p.rar", b"Rar!")
    assert hand_in(seller, workbook(ROWS), pictures=zipped).status_code == 422
    assert not (tmp_path / "uploads").exists()


@pytest.mark.parametrize("ending", ["xlsx", "csv", "jsonl"])
def test_a_supplier_takes_its_own_goods_out_and_puts_them_back(seller: Party, ending: str) -> None:
    mine = make_product(seller)
    make_product(make_supplier(name="Other Mill"))

    answer = seller.client().get(reverse("web:goods_export"), {"format": ending})

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="goods.{ending}"'
    hand_in(seller, content, name=f"goods.{ending}")
    work()
    run = ImportRun.objects.get()
    assert (run.rows_read, run.rows_refused, run.products_new) == (1, 0, 0)
    assert Product.objects.filter(supplier=mine.supplier).count() == 1


def test_an_unknown_format_of_export_is_no_page(seller: Party) -> None:
    assert seller.client().get(reverse("web:goods_export"), {"format": "pdf"}).status_code == 404


def test_the_list_asks_as_often_for_three_as_for_twenty(seller: Party) -> None:
    counts = []
    supplier = Supplier.objects.get(company=seller.company)
    for more in (3, 17):
        for _turn in range(more):
            ImportRun.objects.create(file_name="goods.csv", sha256="0" * 64, supplier=supplier, by=seller.user)
        client = seller.client()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("web:imports"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
