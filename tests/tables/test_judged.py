"""The judged set of bench/judged is whole and as it was frozen, and its checker sees each way of breaking it."""

from __future__ import annotations

from dataclasses import replace

from bench.judged.check import FROZEN, SET, demo_ids, faults, judged, thawed


def test_the_judged_set_is_whole_and_frozen() -> None:
    assert list(faults(judged(), demo_ids())) == []
    assert thawed(SET.read_bytes(), FROZEN.read_text(encoding="ascii")) is None


def test_each_way_of_breaking_the_set_is_seen() -> None:
    queries, goods = judged(), demo_ids()
    first, second = queries[:2]
    other_half = {"tuning": "unseen", "unseen": "tuning"}[first.half]
    for sentence, broken in (
        ("its hash says", [replace(first, half=other_half), *queries[1:]]),
        ("no such kind", [replace(first, kind="latin"), *queries[1:]]),
        ("no such good: NOBODY", [replace(first, goods={**first.goods, "NOBODY": 1}), *queries[1:]]),
        ("has the grade 4", [replace(first, goods=dict.fromkeys(first.goods, 4)), *queries[1:]]),
        ("no good is exactly", [replace(first, goods=dict.fromkeys(first.goods, 1)), *queries[1:]]),
        ("the id", [replace(first, id=second.id, half=second.half), *queries[1:]]),
        ("the query", [replace(first, q=f" {second.q.upper()}"), *queries[1:]]),
        ("only 0 queries of pinyin", [query for query in queries if query.kind != "pinyin"]),
        ("only 200 queries", queries[:200]),
    ):
        assert any(sentence in fault for fault in faults(broken, goods)), sentence
    changed = thawed(SET.read_bytes() + b"\n", FROZEN.read_text(encoding="ascii"))
    assert changed is not None
    assert "was changed" in changed
