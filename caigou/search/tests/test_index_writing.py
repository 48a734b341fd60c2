"""Every search engine keeps the contract of ``caigou.search.ports.Index``: writing and building anew."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from caigou.search.ports import Document, Index, IndexNotReady, Query, Step
from caigou.search.tests.engines import GOODS, LANTERN, MUG, TODAY, found, kept


def test_a_change_replaces_and_a_deletion_removes_in_one_commit(index: Index) -> None:
    index.write([Document(id=MUG, title_en="Blue vase", steps=[Step(1, 100)])], gone=[LANTERN, 12345])
    assert found(index, "mug") == []
    assert found(index, "vase") == [MUG]
    assert LANTERN not in found(index)
    assert index.search(Query(today=TODAY)).total == len(GOODS) - 1


def test_writing_twice_changes_nothing_more(index: Index) -> None:
    for _again in range(2):
        index.write(GOODS[:3])
        index.write(GOODS[3:5])
    assert index.search(Query(today=TODAY)).total == len(GOODS)


def test_the_last_of_two_documents_with_one_id_counts(index: Index) -> None:
    index.write([Document(id=70, title_en="Red vase"), Document(id=70, title_en="Green vase")])
    assert found(index, "red vase") == []
    assert found(index, "green vase") == [70]


def test_what_is_put_and_deleted_at_once_is_put(index: Index) -> None:
    index.write([Document(id=MUG, title_en="Blue vase")], gone=[MUG, LANTERN])
    assert found(index, "vase") == [MUG]
    assert index.search(Query(today=TODAY)).total == len(GOODS) - 1


def test_documents_that_can_not_all_be_made_change_nothing(index: Index) -> None:
    def broken() -> Iterator[Document]:
        yield from (Document(id=number, title_en="Vase") for number in range(1_000, 1_250))
        raise ValueError("a fault in a product, not in the index")

    with pytest.raises(ValueError, match="a fault in a product"):
        index.write(broken(), gone=[MUG, LANTERN])
    assert index.is_ready()
    assert found(index, "vase") == []
    assert index.search(Query(today=TODAY)).total == len(GOODS)
    index.write([Document(id=70, title_en="Red vase")])
    assert found(index, "vase") == [70]


def test_without_an_index_nothing_is_answered_or_written(empty: Index) -> None:
    assert not empty.is_ready()
    assert empty.generation() == 0
    with pytest.raises(IndexNotReady):
        empty.search(Query())
    with pytest.raises(IndexNotReady):
        empty.write(GOODS)
    with pytest.raises(IndexNotReady):
        empty.completions("mug", 5)
    with pytest.raises(IndexNotReady):
        empty.explain(Query(text="mug"), MUG)


def test_an_empty_catalogue_is_a_sound_index(empty: Index) -> None:
    assert empty.rebuild([]) == 0
    assert empty.is_ready()
    hits = empty.search(Query(text="mug", sort="price", quantity=5))
    assert (hits.ids, hits.total) == ((), 0)


def test_a_rebuild_switches_in_one_step(index: Index) -> None:
    before = index.generation()

    def half() -> Iterator[Document]:
        yield GOODS[0]
        assert index.search(Query(today=TODAY)).total == len(GOODS)  # a reader still has the old one, whole
        yield GOODS[1]

    assert index.rebuild(half()) == 2
    assert index.generation() == before + 1
    assert index.search(Query(today=TODAY)).total == 2


def test_a_rebuild_that_fails_leaves_the_old_index(index: Index) -> None:
    def broken() -> Iterator[Document]:
        yield GOODS[0]
        raise RuntimeError("the database went away")

    before = index.generation()
    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert index.generation() == before
    assert index.search(Query(today=TODAY)).total == len(GOODS)
    index.write(GOODS[:1])


def test_many_rebuilds_leave_nothing_behind_that_is_not_needed(
    request: pytest.FixtureRequest, index: Index, tmp_path: Path
) -> None:
    for _again in range(4):
        index.rebuild(GOODS[:2])
    assert index.search(Query(today=TODAY)).total == 2
    assert kept(request.node.callspec.params["empty"], tmp_path / "index") <= 2


@pytest.mark.slow
def test_a_reader_in_another_process_sees_each_commit_and_each_rebuild(
    request: pytest.FixtureRequest, index: Index, tmp_path: Path
) -> None:
    name = request.node.callspec.params["empty"]
    command = [sys.executable, "-c", READER, name, str(tmp_path / "index")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        told = reader.stdout

        def seen() -> int:
            print(file=reader.stdin, flush=True)
            return int(told.readline())

        totals = [seen()]
        index.write([Document(id=90, title_en="One more")])
        totals.append(seen())
        index.write(gone=[90, MUG])
        totals.append(seen())
        index.rebuild(GOODS[:3])
        totals.append(seen())
        reader.stdin.close()
    assert totals == [8, 9, 7, 3]


READER = """
import sys
from pathlib import Path
from caigou.search.ports import Query
from caigou.search.tests.engines import opened
index = opened(sys.argv[1], Path(sys.argv[2]))
for _line in sys.stdin:
    print(index.search(Query()).total, flush=True)
"""
