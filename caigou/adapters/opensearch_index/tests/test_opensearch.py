"""What is OpenSearch's own: the alias, the right to write, strangers' indexes, other makes and other versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opensearchpy.exceptions import TransportError

from caigou.adapters.opensearch_index import index as module
from caigou.adapters.opensearch_index import queries, schema
from caigou.adapters.opensearch_index.index import OpenSearchIndex
from caigou.adapters.opensearch_index.server import PATIENT, Refused
from caigou.adapters.opensearch_index.writing import LEASE, Right
from caigou.kernel.clock import frozen, now
from caigou.search.analysis import understand
from caigou.search.ports import Document, IndexBusy, IndexNotReady, IndexUnreachable, Query, Step
from caigou.search.tests import opensearch

MUGS = [Document(id=n, title_en=f"Mug {n}", title_zh="马克杯", steps=[Step(1, n)]) for n in range(1, 30)]


@pytest.fixture
def index(tmp_path: Path) -> OpenSearchIndex:
    made = OpenSearchIndex(opensearch.url_of(tmp_path))
    made.rebuild(MUGS)
    return made


def another(folder: Path) -> OpenSearchIndex:
    """Open the same index as another process does."""
    return OpenSearchIndex(opensearch.url_of(folder))


def total(index: OpenSearchIndex) -> int:
    return index.search(Query()).total


# --- one writer -------------------------------------------------------------------------------------------------------
def test_a_second_writer_is_told_that_another_one_writes(
    index: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    second = another(tmp_path)

    def meanwhile() -> Iterator[Document]:
        with pytest.raises(IndexBusy, match="Another process is writing"):
            second.write(MUGS[:1])
        with pytest.raises(IndexBusy):
            second.rebuild(MUGS)
        yield from MUGS[:2]

    assert index.rebuild(meanwhile()) == 2
    second.write(MUGS[:1])


def test_a_writer_killed_halfway_leaves_the_old_index_and_its_right_ends_by_itself(
    index: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    killed = another(tmp_path)
    assert Right(killed._server, f"{opensearch.name_of(tmp_path)}-lock").take()
    killed._generations.fresh(make="half")
    assert total(index) == len(MUGS)
    assert len(opensearch.indexes_of(tmp_path)) == 2
    with pytest.raises(IndexBusy):
        index.write(MUGS[:1])
    with frozen(now() + timedelta(seconds=LEASE + 1)):
        index.write([Document(id=99, title_en="Teapot")])
        assert index.search(Query(text="teapot")).ids == (99,)
        index.rebuild(MUGS[:1])
    assert total(index) == 1
    assert len(opensearch.indexes_of(tmp_path)) == 1


def test_a_rebuild_that_slept_past_its_right_does_not_undo_another_s(index: OpenSearchIndex, tmp_path: Path) -> None:
    second = another(tmp_path)

    def slowly() -> Iterator[Document]:
        yield from MUGS[:1]
        with frozen(now() + timedelta(seconds=LEASE + 1)):
            second.rebuild(MUGS[:3])

    with pytest.raises(IndexBusy):
        index.rebuild(slowly())
    assert total(index) == total(second) == 3
    assert len(opensearch.indexes_of(tmp_path)) == 1


# --- the index and the alias ------------------------------------------------------------------------------------------
def test_an_index_of_another_make_is_not_ready_and_is_replaced(
    index: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "make_of", lambda _major: "another code or lexicon")
    newer = another(tmp_path)
    assert (newer.is_ready(), newer.generation()) == (False, 0)
    with pytest.raises(IndexNotReady):
        newer.search(Query())
    with pytest.raises(IndexNotReady):
        newer.write(MUGS[:1])
    newer.rebuild(MUGS[:4])
    assert (total(newer), newer.generation()) == (4, 2)


def test_the_make_knows_the_server_s_version_because_scores_depend_on_it() -> None:
    assert schema.make_of(2) != schema.make_of(3) == schema.make_of(3)
    asked = understand("white hanging heart")
    told = {major: queries.words(asked, None, major)["bool"]["should"] for major in (2, 3)}
    [older], [newer] = ([one["constant_score"] for one in told[at] if "constant_score" in one] for at in (2, 3))
    assert older["boost"] == pytest.approx(2.2 * newer["boost"])


def test_an_index_that_somebody_deleted_is_not_made_by_a_write(index: OpenSearchIndex, tmp_path: Path) -> None:
    assert total(index) == len(MUGS)
    opensearch.drop(tmp_path)
    with pytest.raises(IndexNotReady):
        index.search(Query())
    with pytest.raises(IndexNotReady):
        index.write(MUGS[:1])
    assert (index.is_ready(), index.generation(), opensearch.indexes_of(tmp_path)) == (False, 0, [])
    index.rebuild(MUGS)
    assert total(index) == len(MUGS)


def test_a_stranger_s_index_of_the_alias_s_name_gives_way(tmp_path: Path) -> None:
    index, name = another(tmp_path), opensearch.name_of(tmp_path)
    opensearch.ask("PUT", f"/{name}", {"mappings": {"properties": {"id": {"type": "long"}}}})
    assert not index.is_ready()
    index.rebuild(MUGS[:2])
    assert total(index) == 2
    assert list(opensearch.ask("GET", f"/{name}/_alias")) == [f"{name}-g000001"]


def test_nothing_of_a_product_is_stored_but_what_finds_it(index: OpenSearchIndex, tmp_path: Path) -> None:
    [hit] = opensearch.ask("POST", f"/{opensearch.name_of(tmp_path)}/_search", {"size": 1})["hits"]["hits"]
    assert "_source" not in hit


def test_a_change_and_a_deletion_become_visible_together(
    index: OpenSearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one request that shows them, and nothing shows a part of them before."""
    [told] = opensearch.ask("GET", f"/{opensearch.name_of(tmp_path)}/_settings").values()
    assert told["settings"]["index"]["refresh_interval"] == "-1"
    sent: list[dict[str, Any]] = []
    bulk = index._server._client.bulk

    def watched(**said: Any) -> Any:
        sent.append(said)
        return bulk(**said)

    monkeypatch.setattr(index._server._client, "bulk", watched)
    index.write([Document(id=50, title_en="Vase")], gone=[1, 2])
    assert len(sent) == 1
    assert sent[0]["params"] == {"refresh": "true", "require_alias": "true"}
    assert total(index) == len(MUGS) - 1


def test_how_long_we_wait_is_ours_and_no_parameter_of_the_server_s(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client has two parameters for it; the server wants a unit behind its own, the test's does not."""
    waits: list[tuple[str, object, bool]] = []
    ask = index._server._client.transport.perform_request

    def watched(method: str, url: str, params: Any = None, **said: Any) -> Any:
        waits.append((url.rpartition("/")[2], (params or {}).get("request_timeout"), "timeout" in (params or {})))
        return ask(method, url, params=params, **said)

    monkeypatch.setattr(index._server._client.transport, "perform_request", watched)
    index.rebuild(MUGS[:2])
    index.search(Query())
    patient = {url for url, seconds, _sent in waits if seconds == PATIENT}
    assert patient >= {"_bulk", "_refresh", "_aliases"}
    assert "_search" not in patient
    assert not [url for url, _seconds, is_sent in waits if is_sent]


def test_no_question_has_more_clauses_than_opensearch_takes() -> None:
    """It takes 1,024 unless told otherwise; these are the phrases of the lexicon that can be said in most ways."""
    phrases = ("table and chair set", "floor mat for car", "throw pillow cover", "tempered glass film", "gift box")
    for text in (" ".join(phrases), "汽车脚垫抱枕套钢化膜礼盒桌椅套装" * 30, "mug " * 5_000):
        asked = queries.words(understand(text), None, 3)
        assert json.dumps(asked).count('"term"') < 1_024, text


# --- refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_answer_is_out_of_reach(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """An index whose parts are lost answers 503: it isn't ready, and the worker builds another."""

    def refusing(**_said: object) -> None:
        raise TransportError(status, "search_phase_execution_exception", {})

    monkeypatch.setattr(index._server._client, "search", refusing)
    with pytest.raises(IndexUnreachable):
        index.search(Query())
    assert not index.is_ready()
    assert index.rebuild(MUGS) == len(MUGS)


def test_a_fault_in_one_question_is_no_damage(index: OpenSearchIndex) -> None:
    with pytest.raises(Refused, match="400"):
        index._server.search(index._generations.name, {"query": {"no_such_query": {}}})
    with pytest.raises(Refused, match="400"):
        index._server.searches(index._generations.name, [{"query": {"no_such_query": {}}}])
    with pytest.raises(Refused, match="strict"):
        index._server.bulk(index._generations.name, [{"index": {"_id": "1"}}, {"surprise": 1}], is_alias=True)
    assert index.is_ready()
