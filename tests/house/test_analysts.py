"""A second process helps to analyse, and whatever becomes of it, nothing is lost: real processes, really killed."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from socket import SO_RCVTIMEO, SOL_SOCKET, socket
from typing import Any

import pytest
from django.db import connection

from caigou.catalogue.events import ProductsChanged
from caigou.cli.nursery import Nursery
from caigou.cli.processes import alive
from caigou.search import analysts
from caigou.search.analysis import index_text
from caigou.search.analysts import Analyst, analyse
from caigou.search.documents import documents_of
from caigou.search.handlers import on_products_changed
from caigou.search.models import Pending
from caigou.search.ports import Document
from caigou.search.services import Query, find, index_pending, reindex
from caigou.search.tests.goods import product, supplier
from tests.support import processes

pytestmark = pytest.mark.commits

GOODS = 12


@pytest.fixture
def goods(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> list[int]:
    """Ids of a dozen vases; a chunk is two of them, and six are many."""
    settings.CAIGOU_INDEX = tmp_path / "index"
    for name, few in (("CHUNK", 2), ("MANY", GOODS // 2)):
        monkeypatch.setattr(analysts, name, few)
    reindex()
    seller = supplier()
    return [
        product(f"Glass vase {number} cm", f"玻璃花瓶{number} 洗衣篮 贝雷帽", seller=seller, tiers={1: 100, 50: 90}).pk
        for number in range(GOODS)
    ]


class Staff:
    """What the worker has: a nursery and an analyst, whose process says who it is before it works."""

    def __init__(self, line_work: Callable[[socket], None] = analyse) -> None:
        borrowed = connection.connection  # the child must neither use nor end what it inherits here

        def work(line: socket) -> None:
            connection.connection = None
            line_work(line)
            assert borrowed is not None

        self.nursery = Nursery("caigou-analyst", work)
        self.analyst = Analyst(self.nursery.bear, self.nursery.end)
        analysts.hire(self.analyst)

    @property
    def nursery_pid(self) -> int:
        return self.nursery._process.pid

    def pids(self) -> list[int]:
        path = Path(f"/proc/{self.nursery_pid}/task/{self.nursery_pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def be_impatient(self) -> None:
        """Wait for an answer of the analyst that there is a second at most."""
        assert self.analyst._wire is not None
        with socket(fileno=os.dup(self.analyst._wire.fileno())) as line:
            line.setsockopt(SOL_SOCKET, SO_RCVTIMEO, struct.pack("@ll", 1, 0))

    def leave(self) -> None:
        analysts.hire(None)
        self.analyst.dismiss()
        self.nursery._wire.close()
        assert self.nursery._process.wait(5) in {0, -signal.SIGKILL}


@pytest.fixture
def staff(goods: list[int]) -> Iterator[Staff]:
    made = Staff()
    yield made
    made.leave()


def contents(documents: Iterator[Document]) -> dict[int, Any]:
    """What an engine reads of documents; the texts are in the words."""
    texts = ("title_en", "title_zh", "description", "attributes", "external_id")
    return {
        one.id: {name: value for name, value in asdict(one).items() if name not in texts}
        | {"words": index_text(one), "categories": list(one.categories)}
        for one in documents
    }


def test_what_the_analyst_makes_is_what_the_worker_makes(staff: Staff, goods: list[int]) -> None:
    coming = staff.analyst.documents_of(goods)
    next(coming)
    del coming  # what was begun and broken off is not taken for the next answer
    made = list(staff.analyst.documents_of(goods))
    assert any(one.words for one in made), "the analyst did a part"
    assert contents(iter(made)) == contents(documents_of(goods))
    assert len(made) == len(goods)


def test_many_changes_are_indexed_with_help_few_without_and_then_the_analyst_goes(
    staff: Staff, goods: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_products_changed(ProductsChanged(goods[:3]))
    assert index_pending() == 3
    assert staff.pids() == []
    on_products_changed(ProductsChanged(goods))
    assert index_pending() == GOODS
    assert find(Query(text="vase")).total == GOODS
    assert len(staff.pids()) == 1, "kept for a moment: an import goes on"
    monkeypatch.setattr(analysts, "KEPT", 0.0)
    index_pending()
    assert processes.wait_for(lambda: staff.pids() == [])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_an_analyst_that_is_killed_or_hangs_loses_nothing(
    staff: Staff, goods: list[int], number: signal.Signals
) -> None:
    on_products_changed(ProductsChanged(goods))
    coming = staff.analyst.documents_of(goods)
    seen = [next(coming)]
    assert processes.wait_for(lambda: len(staff.pids()) == 1)
    staff.be_impatient()
    os.kill(staff.pids()[0], number)
    seen += coming
    assert {one.id for one in seen} == set(goods)
    assert processes.wait_for(lambda: staff.pids() == []), "one that hangs is ended"
    assert index_pending() == GOODS
    assert staff.pids() == [], "for a minute it goes without"
    assert find(Query(text="vase")).total == GOODS
    assert not Pending.objects.exists()


def test_with_an_analyst_that_fails_and_without_a_nursery_the_worker_goes_on(goods: list[int]) -> None:
    def fails(line: socket) -> None:
        line.recv(10)

    staff = Staff(fails)
    try:
        assert contents(staff.analyst.documents_of(goods)) == contents(documents_of(goods))
        os.kill(staff.nursery_pid, signal.SIGKILL)
        assert processes.wait_for(lambda: not alive(staff.nursery_pid))
        staff.analyst._not_before = 0.0
        assert set(contents(staff.analyst.documents_of(goods))) == set(goods)
    finally:
        staff.leave()
