"""Both search engines answer the judged queries alike: the same counts and unknown words, nearly the same order."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from bench.judged.check import judged
from caigou.demo.world import goods_lines
from caigou.search import analysis
from caigou.search.ports import Document, Hits, Query
from caigou.search.tests.engines import opened
from caigou.search.tests.test_demo_goods import documents_of_rows

#: What docs/search.md asks for.
LEAST = 0.85
TEN = 10


def demo_goods() -> list[Document]:
    """All goods of the demonstration, with different qualities, since those order them, too."""
    rows = [json.loads(line) for line in goods_lines()]
    return documents_of_rows(rows, quality=lambda number: number % 7 / 10)


@pytest.mark.slow
def test_the_first_ten_of_both_engines_are_mostly_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    goods = demo_goods()
    words = {document.id: analysis.index_words(document) for document in goods}  # cut once for both
    monkeypatch.setattr(analysis, "index_words", lambda document: words[document.id])
    monkeypatch.setattr(analysis, "understand", cache(analysis.understand))
    embedded, other = opened("tantivy", tmp_path), opened("opensearch", tmp_path)
    embedded.rebuild(goods)
    other.rebuild(goods)
    answers = []
    for query in judged():
        asked = Query(text=query.q, size=TEN)
        one, two = embedded.search(asked), other.search(asked)
        assert (one.total, one.facets, one.unknown) == (two.total, two.facets, two.unknown), query.id
        answers.append((one, two))
    shares = [_shared(one, two) for one, two in answers]
    chosen = [_shared(one, two) for one, two in answers if one.total > TEN]
    firsts = [one.ids[:1] == two.ids[:1] for one, two in answers]
    with capsys.disabled():
        sys.stdout.write(
            f"\nfirst ten of both engines: {mean(shares):.1%} the same over {len(shares)} judged queries, "
            f"{mean(chosen):.1%} over the {len(chosen)} that find more; {mean(firsts):.1%} have the same first\n"
        )
    assert mean(shares) >= LEAST
    assert mean(chosen) >= LEAST


def _shared(one: Hits, two: Hits) -> float:
    return len({*one.ids} & {*two.ids}) / max(len(one.ids), len(two.ids)) if one.ids or two.ids else 1.0
