"""An import as a whole: twice is once, interrupted goes on, events tell what changed, and who may start it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from caigou.accounts.models import Company, Seat, User
from caigou.catalogue.events import CatalogueImported, ImportRequested, ProductsChanged
from caigou.catalogue.models import ImportRun, ImportStatus, PriceTier, Product, ProductStatus, RefusedRow, Supplier
from caigou.catalogue.services import imports
from caigou.catalogue.services.imports import parts as parts_module
from caigou.catalogue.services.imports import run as run_module
from caigou.catalogue.tests.making import product, reconciles, seller, take, write_csv, write_json
from caigou.jobs import calls, outbox
from caigou.jobs.models import Call
from caigou.kernel.actor import SYSTEM, Actor
from caigou.kernel.errors import NotAllowed
from caigou.kernel.events import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Every event that an import publishes."""
    events: list[Event] = []
    monkeypatch.setattr(run_module, "publish", events.append)
    return events


def _state() -> list[Any]:
    """All that a catalogue says, without the database's own numbering and the times."""
    tiers = list(PriceTier.objects.order_by("product__external_id", "from_quantity").values_list("unit_price_minor"))
    return [*Product.objects.order_by("external_id").values_list("external_id", "public_id", "title_en", "moq"), tiers]


def _many(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [product(f"M-{number:04}", **changes) for number in range(count)]


def test_the_same_file_again_changes_nothing_and_tells_nobody(tmp_path: Path, told: list[Event]) -> None:
    file = write_json(tmp_path / "a.jsonl", *_many(3))
    first = take(file)
    before = list(Product.objects.order_by("pk").values())
    del told[:]

    second = take(file)

    assert (first.products_new, second.products_new, second.products_same) == (3, 0, 3)
    assert list(Product.objects.order_by("pk").values()) == before
    assert told == [CatalogueImported(run_id=second.pk)]


def test_a_changed_row_changes_its_product_and_only_that_is_told(tmp_path: Path, told: list[Event]) -> None:
    take(write_json(tmp_path / "a.jsonl", *_many(3)))
    Product.objects.filter(external_id="M-0001").update(status=ProductStatus.WITHDRAWN)
    before = Product.objects.get(external_id="M-0001")
    untouched = set(PriceTier.objects.exclude(product=before).values_list("pk", flat=True))
    kept = set(before.price_tiers.values_list("pk", flat=True))
    del told[:]

    rows = _many(3)
    rows[1]["title_en"] = "New title"
    run = take(write_json(tmp_path / "b.jsonl", *rows))

    after = Product.objects.get(external_id="M-0001")
    assert (run.products_new, run.products_changed, run.products_same) == (0, 1, 2)
    assert (after.pk, after.public_id, after.title_en) == (before.pk, before.public_id, "New title")
    assert after.status == ProductStatus.WITHDRAWN
    assert after.updated_at > before.updated_at
    assert set(PriceTier.objects.values_list("pk", flat=True)) == untouched | kept
    assert told == [ProductsChanged(product_ids=[before.pk]), CatalogueImported(run_id=run.pk)]


def test_a_new_price_list_replaces_the_old_one(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product(tiers="1:9|10:8|100:7")))

    run = take(write_json(tmp_path / "b.jsonl", product(tiers="1:9|50:6.5")))

    assert run.products_changed == 1
    assert [(t.from_quantity, t.unit_price.amount) for t in Product.objects.get().tiers] == [(1, "9.00"), (50, "6.50")]


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    take(write_json(tmp_path / "a.jsonl", product("A", order_multiple=...)))

    run = take(write_csv(tmp_path / "a.csv", "A,Stoneware mug,陶瓷马克杯,CNY,240,240:13.8|720:12.6"))

    assert run.products_same == 1


def test_an_import_that_was_interrupted_goes_on_and_ends_up_in_the_same_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "BATCH", 10)
    rows = _many(45)
    rows[3]["moq"] = 0
    rows[30]["moq"] = -1
    rows[40]["external_id"] = rows[0]["external_id"]
    file = write_json(tmp_path / "a.jsonl", *rows)

    def break_down(done: int, _total: int | None) -> None:
        if done >= 20:
            raise ConnectionError("the machine stopped here")

    with pytest.raises(ConnectionError):
        take(file, progress=break_down)
    broken = ImportRun.objects.get()
    halfway = (broken.status, broken.rows_read, broken.rows_refused)
    run = take(file)

    assert halfway == (ImportStatus.RUNNING, 21, 1)
    assert run.pk == broken.pk
    assert (run.status, run.rows_read, run.products_new, run.rows_refused) == (ImportStatus.DONE, 45, 42, 3)
    assert list(RefusedRow.objects.values_list("line", "code")) == [
        (4, "bad_number"),
        (31, "bad_number"),
        (41, "duplicate"),
    ]
    assert reconciles(run)
    assert take(file).products_same == 42


def test_a_batch_that_fails_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "BATCH", 10)
    file = write_json(tmp_path / "a.jsonl", *_many(25))
    write = parts_module._write_tiers
    batches = []

    def fail_in_the_second(ladders: Any) -> None:
        write(ladders)
        batches.append(ladders)
        if len(batches) == 2:
            raise ConnectionError("after the write, before the commit")

    monkeypatch.setattr(parts_module, "_write_tiers", fail_in_the_second)
    with pytest.raises(ConnectionError):
        take(file)

    assert Product.objects.count() == 10
    assert ImportRun.objects.get().rows_read == 10
    assert take(file).products_new == 25
    assert Product.objects.count() == 25


def test_two_processes_can_not_do_the_same_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "BATCH", 10)
    file = write_json(tmp_path / "a.jsonl", *_many(30))

    def the_other_one_goes_on(done: int, _total: int | None) -> None:
        if done == 10:
            take(file)

    with pytest.raises(imports.ImportTakenOver):
        take(file, progress=the_other_one_goes_on)

    run = ImportRun.objects.get()
    assert (run.status, run.rows_read, run.products_new) == (ImportStatus.DONE, 30, 30)


def test_progress_tells_the_rows_done_and_how_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "BATCH", 10)
    seen: list[tuple[int, int | None]] = []

    take(write_json(tmp_path / "a.jsonl", *_many(25)), progress=lambda done, total: seen.append((done, total)))

    assert seen == [(10, 25), (20, 25), (25, 25)]


def test_an_import_needs_the_same_few_queries_for_any_batch(tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    file = write_json(tmp_path / "a.jsonl", *_many(500))

    with django_assert_max_num_queries(40):
        take(file)


def _person(kind: str) -> Actor:
    company = Company.objects.create(kind=kind, name_en=kind, country="CN")
    user = User.objects.create_user(f"{kind}@example.com")
    Seat.objects.create(user=user, company=company)
    role: Any = company.role
    return Actor(role=role, user_id=user.pk, company_id=company.pk)


def test_a_buyer_may_not_import(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        take(write_json(tmp_path / "a.jsonl", product()), by=_person("buyer"))


def test_a_supplier_imports_its_own_goods_only(tmp_path: Path) -> None:
    by = _person("supplier")
    own = Supplier.objects.create(company=Company.objects.get(kind="supplier"))
    file = write_json(tmp_path / "a.jsonl", product())

    for other in (seller("Other"), None):
        with pytest.raises(NotAllowed):
            take(file, by=by, supplier=other)
    run = take(file, by=by, supplier=own)

    assert run.by_id == by.user_id
    assert Product.objects.get().supplier == own


def test_who_has_lost_the_seat_meanwhile_names_no_source_of_others(tmp_path: Path, settings: Any) -> None:
    """Staff may name any source; a file that waited while its seller was dismissed is none of theirs."""
    settings.CAIGOU_UPLOADS = tmp_path
    by = _person("supplier")
    own = Supplier.objects.create(company=Company.objects.get(kind="supplier"))
    write_json(tmp_path / "x7", product(source="supplier:somebody-else"))
    run = imports.request_import("x7", "a.jsonl", by=by, supplier=own)
    Seat.objects.all().delete()

    imports.run_import_call({"run": run.pk}, "key")

    assert Product.objects.get().source == f"supplier:{own.public_id}"


def test_staff_import_for_anyone(tmp_path: Path) -> None:
    assert take(write_json(tmp_path / "a.jsonl", product()), by=_person("operator")).products_new == 1


def test_an_uploaded_file_is_taken_in_by_the_worker(tmp_path: Path, settings: Any) -> None:
    settings.CAIGOU_UPLOADS = tmp_path
    write_json(tmp_path / "x7", product("A"), product("B", moq=0))

    run = imports.request_import("x7", "C:\\goods\\目录.jsonl", by=SYSTEM, supplier=seller())
    assert (run.status, run.file_name) == (ImportStatus.WAITING, "目录.jsonl")
    imports.on_import_requested(ImportRequested(run_id=run.pk))
    call = Call.objects.get(function=imports.IMPORT_CALL)
    calls.functions()[call.function](call.payload, call.key)
    imports.run_import_call(call.payload, call.key)  # the worker died before it could say so

    run.refresh_from_db()
    assert (run.status, run.rows_read, run.products_new, run.rows_refused) == (ImportStatus.DONE, 2, 1, 1)


def test_asking_for_an_import_tells_the_worker(tmp_path: Path, settings: Any) -> None:
    settings.CAIGOU_UPLOADS = tmp_path
    write_json(tmp_path / "x7", product("A"))

    run = imports.request_import("x7", "a.jsonl", by=SYSTEM, supplier=seller())
    outbox.deliver_due()
    calls.make_due()

    run.refresh_from_db()
    assert run.status == ImportStatus.DONE


@pytest.mark.parametrize("stored_as", ["../a.jsonl", "/etc/passwd", ""])
def test_no_file_outside_the_uploads_is_read(tmp_path: Path, settings: Any, stored_as: str) -> None:
    settings.CAIGOU_UPLOADS = tmp_path / "uploads"
    write_json(tmp_path / "a.jsonl", product())

    with pytest.raises(ValueError, match="uploads folder"):
        imports.request_import(stored_as, "a.jsonl", by=SYSTEM)


def test_an_uploaded_file_that_is_gone_fails_with_the_reason(tmp_path: Path, settings: Any) -> None:
    settings.CAIGOU_UPLOADS = tmp_path
    file = write_json(tmp_path / "x7", product("A"))
    run = imports.request_import("x7", "a.jsonl", by=SYSTEM, supplier=seller())
    file.unlink()

    imports.run_import_call({"run": run.pk}, "key")

    run.refresh_from_db()
    assert (run.status, run.error) == (ImportStatus.FAILED, "missing_file")
