"""The staff console: imports from the upload to the report, orders, books, the search index."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from caigou.catalogue.models import ImportRun, ImportStatus, Product, RefusedRow, Supplier
from caigou.console.checks import QUESTIONS
from caigou.jobs import calls, outbox
from caigou.jobs.models import Call
from caigou.ledger.books import check_books
from caigou.payments.models import Recharge
from caigou.search.services import index
from tests.support.factories import Party, make_buyer, make_deal, make_product, make_staff, make_supplier

pytestmark = pytest.mark.django_db

LANGUAGES = ("en", "zh-hans")
ROUTES = ("console:home", "console:imports", "console:orders", "console:books", "console:search", "console:work")

GOOD = "external_id,title_en,moq,currency,tiers\nM1,Blue mug,100,CNY,100:13.80|500:12.60\n"
BAD = "=cmd|' /C calc'!A0,Red mug,many,CNY,100:13.80\n"


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path) -> None:
    settings.CAIGOU_UPLOADS = tmp_path / "uploads"
    settings.CAIGOU_INDEX = tmp_path / "index"


@pytest.fixture
def staff() -> Party:
    return make_staff()


def get(client: Client, route: str, *args: str, language: str = "en", **parameters: Any) -> str:
    client.cookies["django_language"] = language
    answer = client.get(reverse(route, args=args), parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def upload(staff: Party, content: str | bytes, name: str = "goods.csv", **values: Any) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return staff.client().post(reverse("console:imports"), {"file": SimpleUploadedFile(name, data), **values})


def work() -> None:
    """What the worker does: hear of the upload, then take the file in."""
    outbox.deliver_due()
    calls.make_due()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", ROUTES)
def test_every_page_opens_with_nothing_there(staff: Party, route: str, language: str) -> None:
    get(staff.client(), route, language=language)


@pytest.mark.parametrize("make", [make_buyer, make_supplier])
@pytest.mark.parametrize("route", ROUTES)
def test_the_console_is_for_staff(make: Any, route: str) -> None:
    assert make().client().get(reverse(route)).status_code == 403


def test_strangers_are_sent_to_the_door() -> None:
    assert Client().get(reverse("console:home")).status_code == 302


# --- Imports ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_taken_in_by_the_worker_and_reported(staff: Party, language: str) -> None:
    answer = upload(staff, GOOD + BAD, new_supplier="Hongda Trading", country="CN")
    run = ImportRun.objects.get()
    assert answer.headers["Location"] == reverse("console:import", args=[run.public_id])
    assert run.status == ImportStatus.WAITING
    follows = f'data-follow="import.{run.public_id}"'
    assert follows in get(staff.client(), "console:import", run.public_id)

    work()

    run.refresh_from_db()
    assert (run.status, run.products_new, run.rows_refused) == (ImportStatus.DONE, 1, 1)
    assert Product.objects.get().supplier.company.name_en == "Hongda Trading"
    shown = get(staff.client(), "console:import", run.public_id, language=language)
    assert "Red mug" in shown
    assert follows not in shown


def test_the_stored_name_is_nobodys_choice(staff: Party, tmp_path: Path) -> None:
    upload(staff, GOOD, name="../../etc/passwd.csv", new_supplier="Hongda")
    run = ImportRun.objects.get()
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [run.stored_as]
    assert run.file_name == "passwd.csv"
    assert "passwd" not in run.stored_as


def test_the_report_runs_no_formula(staff: Party) -> None:
    upload(staff, GOOD + BAD, new_supplier="Hongda")
    work()
    answer = staff.client().get(reverse("console:import_refused", args=[ImportRun.objects.get().public_id]))
    assert "attachment" in answer.headers["Content-Disposition"]
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, row = list(csv.reader(io.StringIO(body)))
    assert head[0] == "Line"
    assert row[0] == "3"
    assert row[4].startswith("'=cmd")


def test_a_file_of_another_kind_is_refused_and_not_kept(staff: Party, tmp_path: Path) -> None:
    answer = upload(staff, b"MZ", name="goods.exe", new_supplier="Hongda Trading")
    assert answer.status_code == 422
    assert "Hongda Trading" in answer.content.decode()
    assert not (tmp_path / "uploads").exists()


def test_a_file_that_is_too_large_is_refused(staff: Party, settings: Settings) -> None:
    settings.CAIGOU_UPLOAD_MAX_MB = 0
    answer = upload(staff, GOOD, new_supplier="Hongda")
    assert answer.status_code == 422
    assert "larger than 0 MB" in answer.content.decode()


def test_a_chosen_and_a_new_supplier_at_once_are_refused(staff: Party) -> None:
    supplier = make_supplier()
    chosen = Supplier.objects.get(company=supplier.company)
    assert upload(staff, GOOD, new_supplier="Hongda", supplier=chosen.pk).status_code == 422
    assert not ImportRun.objects.exists()


def test_the_rows_of_a_report_are_paged_in_a_constant_number_of_queries(staff: Party) -> None:
    run = ImportRun.objects.create(file_name="goods.csv", sha256="0" * 64, rows_read=60, rows_refused=60)
    counts = []
    for more in (3, 57):
        for line in range(more):
            RefusedRow.objects.create(run=run, line=line, code="missing", params={"field": "moq"}, raw="M1,Blue")
        client = staff.client()
        with CaptureQueriesContext(connection) as queries:
            get(client, "console:import", run.public_id)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "Page 1 of 2" in get(staff.client(), "console:import", run.public_id)


def test_the_list_of_imports_asks_as_often_for_three_as_for_twenty(staff: Party) -> None:
    counts = []
    for more in (3, 17):
        for _turn in range(more):
            ImportRun.objects.create(file_name="goods.csv", sha256="0" * 64, by=staff.user)
        client = staff.client()
        with CaptureQueriesContext(connection) as queries:
            get(client, "console:imports")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Orders, books, index -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_see_all_orders_and_filter_by_state(staff: Party, language: str) -> None:
    deal = make_deal()
    paid = deal.place_paid()
    assert paid.number in get(staff.client(), "console:orders", language=language, status="paid")
    assert paid.number not in get(staff.client(), "console:orders", language=language, status="shipped")


def test_orders_ask_as_often_for_one_as_for_ten(staff: Party) -> None:
    buyer, supplier = make_buyer(), make_supplier()
    counts = []
    for more in (1, 9):
        for _turn in range(more):
            make_deal(buyer=buyer, supplier=supplier).place()
        client = staff.client()
        with CaptureQueriesContext(connection) as queries:
            get(client, "console:orders")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_books_show_balance_and_cover_to_the_minor_unit(staff: Party, language: str) -> None:
    make_deal().place_paid()
    shown = get(staff.client(), "console:books", language=language)
    assert "2,904.00" in shown
    assert 'data-tone="bad"' not in shown


def test_every_check_is_put_into_words() -> None:
    assert set(QUESTIONS) == set(check_books(chain=True).findings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_is_built_anew_once_however_often_it_is_asked_for(staff: Party, language: str) -> None:
    make_product()
    for _turn in range(2):
        assert staff.client().post(reverse("console:rebuild")).status_code == 302
    assert Call.objects.filter(function="search.reindex").count() == 1
    get(staff.client(), "console:search", language=language)

    work()

    assert index().is_ready()
    assert index().generation() == 1


def test_what_is_stuck_needs_a_person(staff: Party) -> None:
    Call.objects.create(function="search.reindex", payload={}, attempts=50, last_error="IndexBusy: another one writes")
    shown = get(staff.client(), "console:home")
    assert "1 job is stuck" in shown
    assert reverse("console:work") in shown
    assert "IndexBusy" in get(staff.client(), "console:work")


def test_a_recharge_whose_end_is_unknown_needs_a_person(staff: Party) -> None:
    recharge = Recharge.objects.create(
        company=make_buyer().company, gateway="sandbox", currency="CNY", amount_minor=500_00, status="unknown"
    )
    assert "Recharge of ¥500.00 is unclear" in get(staff.client(), "console:home")
    assert recharge.public_id in get(staff.client(), "console:work")
