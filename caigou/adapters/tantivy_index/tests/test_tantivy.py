"""What is tantivy's own: the folder, the one writer, damage and other makes of the index."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caigou.adapters.tantivy_index import index as module
from caigou.adapters.tantivy_index import searching
from caigou.adapters.tantivy_index.index import TantivyIndex
from caigou.adapters.tantivy_index.schema import RANKS, ladder, make_of
from caigou.catalogue.pricing import Tier, tier_for
from caigou.kernel.money import Money
from caigou.search.ports import Document, IndexBusy, IndexNotReady, Query, Step

MUGS = [Document(id=n, title_en=f"Mug {n}", title_zh="马克杯", steps=[Step(1, n)]) for n in range(1, 30)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> TantivyIndex:
    made = TantivyIndex(folder)
    made.rebuild(MUGS)
    return made


def test_a_second_writer_is_told_that_another_one_writes(
    index: TantivyIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    second = TantivyIndex(folder)

    def meanwhile() -> Iterator[Document]:
        with pytest.raises(IndexBusy, match="Another process is writing"):
            second.write(MUGS[:1])
        with pytest.raises(IndexBusy):
            second.rebuild(MUGS)
        yield from MUGS[:2]

    assert index.rebuild(meanwhile()) == 2
    second.write(MUGS[:1])


@pytest.mark.slow
def test_a_writer_killed_halfway_leaves_the_old_index_and_no_lock(index: TantivyIndex, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False, capture_output=True)
    assert done.returncode == -9
    assert index.search(Query()).total == len(MUGS)
    index.write([Document(id=99, title_en="Teapot")])
    assert index.search(Query(text="teapot")).ids == (99,)
    index.rebuild(MUGS[:1])
    assert index.search(Query()).total == 1


KILLED = """
import os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from caigou.adapters.tantivy_index.index import TantivyIndex
from caigou.search.ports import Document
def documents():
    for n in range(5):
        yield Document(id=n, title_en="Cup")
    os.kill(os.getpid(), signal.SIGKILL)
TantivyIndex(Path(sys.argv[1])).rebuild(documents())
"""


def test_an_index_of_another_make_is_not_ready_and_is_replaced(index: TantivyIndex, folder: Path) -> None:
    pointer = folder / "current.json"
    told = json.loads(pointer.read_text())
    assert told["make"] == make_of()
    pointer.write_text(json.dumps({**told, "make": "an older lexicon"}))
    assert not index.is_ready()
    with pytest.raises(IndexNotReady):
        index.search(Query())
    with pytest.raises(IndexNotReady):
        index.write(MUGS[:1])
    index.rebuild(MUGS)
    assert index.is_ready()


@pytest.mark.parametrize("damage", ["pointer", "meta", "segments", "folder"])
def test_a_damaged_index_is_not_ready_until_it_is_rebuilt(folder: Path, index: TantivyIndex, damage: str) -> None:
    generation = folder / "g000001"
    if damage == "pointer":
        (folder / "current.json").write_text("{")
    elif damage == "meta":
        (generation / "meta.json").write_text('{"segments": 7}')
    elif damage == "segments":
        for path in generation.glob("*.*"):
            if path.suffix in {".term", ".idx", ".fast", ".store"}:
                path.write_bytes(os.urandom(40))
    else:
        for path in generation.iterdir():
            path.unlink()
        generation.rmdir()
    fresh = TantivyIndex(folder)  # a process that starts now
    with pytest.raises(IndexNotReady):
        fresh.search(Query(text="mug"))
    assert not fresh.is_ready()
    assert not TantivyIndex(folder).is_ready()
    fresh.rebuild(MUGS)
    assert index.search(Query(text="mug")).total == len(MUGS)


def test_a_commit_that_the_disk_refuses_is_told_and_not_taken_for_done(index: TantivyIndex, folder: Path) -> None:
    def meanwhile() -> Iterator[Document]:
        yield Document(id=99, title_en="Teapot")
        shutil.rmtree(folder / "g000001")

    with pytest.raises(IndexNotReady):
        index.write(meanwhile())
    assert not index.is_ready()


def test_a_fault_in_one_query_does_not_condemn_the_index(index: TantivyIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(_text: str) -> None:
        raise ValueError("our own mistake")

    monkeypatch.setattr(searching, "understand", faulty)
    with pytest.raises(ValueError, match="our own mistake"):
        index.search(Query(text="mug"))
    monkeypatch.undo()
    assert index.is_ready()


@pytest.mark.parametrize("moq", [1, 10, 99, 100, 101, 500, 5000])
@pytest.mark.parametrize(
    "steps", [[Step(10, 9), Step(100, 8), Step(500, 7)], [Step(500, 7), Step(1, 9)], [Step(100, 5)]]
)
def test_the_ladder_says_what_the_catalogue_says(moq: int, steps: list[Step]) -> None:
    tiers = [Tier(step.from_quantity, Money(step.minor, "CNY")) for step in steps]
    made = ladder(Document(id=1, moq=moq, steps=steps))
    for quantity in (1, 9, 10, 11, 99, 100, 101, 499, 500, 501, 4999, 5000, 10**6):
        said = [step.minor for step in made if step.from_quantity <= quantity][-1]
        tier = tier_for(tiers, max(moq, quantity))
        assert tier is not None
        assert said == tier.unit_price.minor


def test_a_ladder_of_more_steps_than_the_index_has_keeps_the_first(index: TantivyIndex) -> None:
    steps = [Step(n, 1000 - n) for n in range(1, RANKS + 5)]
    index.write([Document(id=77, title_en="Vase", steps=steps)])
    assert index.search(Query(text="vase", quantity=RANKS, price_max=1000 - RANKS)).ids == (77,)


@pytest.mark.slow
def test_threads_search_while_another_process_could_write(index: TantivyIndex, folder: Path) -> None:
    writer = TantivyIndex(folder)
    stop = threading.Event()

    def look() -> int:
        looks = 0
        while not stop.is_set():
            hits = index.search(Query(text="mug 马克杯", size=50))
            assert len(hits.ids) == len(set(hits.ids)) == hits.total
            looks += 1
        return looks

    with ThreadPoolExecutor(6) as pool:
        looking = [pool.submit(look) for _thread in range(6)]
        for number in range(100, 112):
            writer.write([Document(id=number, title_en="Mug", title_zh="马克杯")])
            if number % 4 == 0:
                writer.rebuild(
                    [*MUGS, *(Document(id=one, title_en="Mug", title_zh="马克杯") for one in range(100, number))]
                )
        stop.set()
        assert all(future.result() for future in looking)


def test_an_index_written_in_many_parts_is_worth_joining_once_it_is_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOSE", 3)
    folder = tmp_path / "index"
    index = TantivyIndex(folder)
    assert not index.scattered()
    index.rebuild([Document(id=number) for number in range(6)])
    monkeypatch.setattr(module, "QUIET", 0.0)
    assert not index.scattered()
    for number in range(10, 13):
        index.write([Document(id=number)])
    monkeypatch.setattr(module, "QUIET", 60.0)
    assert not index.scattered()  # somebody may write more
    monkeypatch.setattr(module, "QUIET", 0.0)
    assert index.scattered()
    monkeypatch.setattr(module, "JOINED_UP_TO", 8)
    assert not index.scattered()  # too large
    monkeypatch.setattr(module, "JOINED_UP_TO", 9)
    index.rebuild([Document(id=number) for number in range(9)])
    assert not index.scattered()
