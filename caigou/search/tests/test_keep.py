"""The index follows PostgreSQL: changes, lost indexes, repeats, and nothing forgotten in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from caigou.catalogue.events import ProductChanged, ProductsChanged
from caigou.catalogue.models import Product, ProductStatus
from caigou.jobs import calls
from caigou.jobs.outbox import channel_of, publish
from caigou.jobs.worker import work_once
from caigou.search.calls import join_scattered
from caigou.search.handlers import on_product_changed, on_products_changed
from caigou.search.models import Pending
from caigou.search.ports import IndexBusy
from caigou.search.services import Query, find, index, index_pending, keeping, reindex
from caigou.search.tests.engines import ENGINES, chosen, lost
from caigou.search.tests.goods import product, supplier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, settings: Any, folder: Path) -> str:
    chosen(request.param, folder, settings)
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def mug() -> Product:
    made = product("Blue mug", "蓝色马克杯", seller=supplier(), tiers={10: 500})
    index_pending()
    return made


def titles(text: str) -> list[str]:
    return [found.title_en for found in find(Query(text=text)).products]


def change(mug: Product, **fields: object) -> None:
    Product.objects.filter(pk=mug.pk).update(**fields)
    on_product_changed(ProductChanged(mug.pk))


def test_the_first_round_of_the_worker_builds_the_index(mug: Product) -> None:
    assert index().is_ready()
    assert titles("马克杯") == ["Blue mug"]


def test_a_changed_product_is_found_after_the_next_round(mug: Product) -> None:
    change(mug, title_en="Green teapot", title_zh="绿色茶壶")
    assert index_pending() == 1
    assert titles("mug") == []
    assert titles("茶壶") == ["Green teapot"]
    assert not Pending.objects.exists()
    assert index_pending() == 0


def test_a_withdrawn_product_disappears_and_comes_back_when_listed_again(mug: Product) -> None:
    change(mug, status=ProductStatus.WITHDRAWN)
    index_pending()
    assert find(Query(text="mug")).total == 0
    change(mug, status=ProductStatus.LISTED)
    index_pending()
    assert find(Query(text="mug")).total == 1


def test_a_deleted_product_disappears(mug: Product) -> None:
    on_products_changed(ProductsChanged([mug.pk, 987654]))
    mug.delete()
    assert index_pending() == 2
    assert find(Query()).total == 0


def test_a_batch_of_an_import_is_found(mug: Product) -> None:
    seller = supplier()
    made = [product(f"Vase {number}", seller=seller, tiers={1: 100}).pk for number in range(7)]
    on_products_changed(ProductsChanged(made))
    on_products_changed(ProductsChanged(made))
    index_pending()
    assert find(Query(text="vase")).total == 7


def test_changes_beyond_one_batch_are_all_done(mug: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BATCH", 3)
    seller = supplier()
    on_products_changed(ProductsChanged([product("Vase", seller=seller, tiers={1: 1}).pk for _number in range(10)]))
    assert index_pending() == 10
    assert find(Query(text="vase")).total == 10


def test_a_lost_index_is_rebuilt_from_postgresql(mug: Product, engine: str, folder: Path) -> None:
    lost(engine, folder)
    assert find(Query(text="mug")).rebuilding
    assert index_pending() == 1
    assert titles("mug") == ["Blue mug"]


def test_a_worker_killed_before_it_removed_the_rows_does_it_once_more(
    mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(mug, title_en="Red mug")
    rows = list(Pending.objects.values_list("product_id", flat=True))
    keeping.index_products(rows)  # written, but the rows are still there
    assert titles("red mug") == ["Red mug"]
    assert index_pending() == 1
    assert find(Query(text="mug")).total == 1


def test_a_change_during_indexing_is_not_lost(mug: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    change(mug, title_en="Red mug")
    write = keeping.index_products

    def and_then_it_changes_again(product_ids: list[int]) -> None:
        write(product_ids)
        monkeypatch.setattr(keeping, "index_products", write)
        change(mug, title_en="Yellow mug")

    monkeypatch.setattr(keeping, "index_products", and_then_it_changes_again)
    index_pending()
    assert titles("mug") == ["Yellow mug"]
    assert not Pending.objects.exists()


def test_while_another_process_writes_the_changes_wait(mug: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_ids: list[int]) -> None:
        raise IndexBusy

    change(mug, title_en="Red mug")
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "index_products", busy)
        assert index_pending() == 0
    assert Pending.objects.count() == 1
    assert index_pending() == 1


def test_a_change_during_a_rebuild_waits_and_then_is_found(mug: Product) -> None:
    def progress(_done: int, _total: int) -> None:
        change(mug, title_en="Red mug")  # after the rebuild has read the old title

    assert reindex(progress) == 1
    assert titles("mug") == ["Red mug"]  # the page shows PostgreSQL's title at once
    assert find(Query(text="red")).total == 0
    index_pending()
    assert find(Query(text="red")).total == 1


def test_reindex_tells_how_far_it_is() -> None:
    seller = supplier()
    for number in range(3):
        product(f"Vase {number}", seller=seller, tiers={1: 1})
    steps: list[tuple[int, int]] = []
    report: Callable[[int, int], None] = lambda done, total: steps.append((done, total))  # noqa: E731
    assert reindex(report) == 3
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_published_change_reaches_the_page_through_the_worker_s_round(mug: Product) -> None:
    Product.objects.filter(pk=mug.pk).update(title_en="Copper lantern", title_zh="铜灯笼")
    publish(ProductChanged(mug.pk))
    work_once()
    assert titles("灯笼") == ["Copper lantern"]
    assert titles("mug") == []


def test_an_index_in_many_parts_is_joined_once_and_only_when_nothing_waits(
    mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert join_scattered() == 0
    monkeypatch.setattr(type(index()), "scattered", lambda self: self.generation() == 1)
    change(mug, title_en="Green mug")
    assert join_scattered() == 0
    index_pending()
    assert [join_scattered(), join_scattered()] == [1, 0]
    assert index().generation() == 1
    calls.make_due()
    assert index().generation() == 2
    assert titles("mug") == ["Green mug"]
    assert join_scattered() == 0


@pytest.mark.parametrize("batch", [False, True], ids=["one", "batch"])
def test_a_change_asks_for_the_clock_that_indexes_it(mug: Product, batch: bool) -> None:
    """Else it would wait for the next round, two seconds at most."""
    connection.run_on_commit.clear()
    if batch:
        on_products_changed(ProductsChanged(product_ids=[mug.pk]))
    else:
        on_product_changed(ProductChanged(product_id=mug.pk))
    told: Any = connection.run_on_commit[-1][1]
    assert (channel_of("clocks"), "") in told.waiting
