"""The measures of a ranking are those of trec_eval, and each judged set is read as its makers meant it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.judged.check import Judged, half_of
from bench.relevance.goals import goals_of
from bench.relevance.judged_sets import homedepot, own, unknown_goods, wands
from bench.relevance.metrics import averaged, measured
from bench.relevance.run import figures
from caigou.search.ports import Document

#: Grades, the order in which goods were found, and what trec_eval (by pytrec-eval-terrier 0.5.11, relevance from grade
#: 2 on) says of it: nDCG@10, MRR@10, success@5, recall@5, recall@100.
KNOWN: Sequence[tuple[dict[str, int], list[str], tuple[float, ...]]] = (
    ({"a": 3, "b": 2, "c": 1}, ["b", "x", "a", "c"], (0.8254, 1.0, 1.0, 1.0, 1.0)),
    ({"a": 3, "b": 2, "c": 1}, ["x", "c"], (0.1325, 0.0, 0.0, 0.0, 0.0)),
    ({"a": 2, "b": 2}, [*"uvwxyz", "a"], (0.2044, 0.1429, 0.0, 0.0, 0.5)),
    ({"a": 3}, [], (0.0, 0.0, 0.0, 0.0, 0.0)),
)


@pytest.mark.parametrize(("grades", "ranking", "wanted"), KNOWN)
def test_the_measures_are_those_of_trec_eval(
    grades: dict[str, int], ranking: list[str], wanted: tuple[float, ...]
) -> None:
    assert tuple(measured(ranking, grades).values()) == pytest.approx(wanted, abs=0.0001)


def test_nothing_beyond_its_depth_counts() -> None:
    late = measured([*map(str, range(10)), "a"], {"a": 3})
    assert (late["ndcg@10"], late["mrr@10"], late["recall@100"]) == (0, 0, 1)
    assert measured([*map(str, range(100)), "a"], {"a": 3})["recall@100"] == 0


def test_halves_and_kinds_are_averaged_apart() -> None:
    def query(name: str, half: str, kind: str) -> Judged:
        return Judged(id=name, half=half, kind=kind, q=name, goods={"a": 3})

    told = figures(
        [(query("1", "tuning", "en"), ["a"]), (query("2", "tuning", "zh"), []), (query("3", "unseen", "en"), ["a"])]
    )
    assert {half: {kind: row["ndcg@10"] for kind, row in kinds.items()} for half, kinds in told.items()} == {
        "tuning": {"all": 0.5, "en": 1.0, "zh": 0.0},
        "unseen": {"all": 1.0, "en": 1.0},
    }


def test_a_goal_looks_at_the_unseen_half_and_at_how_far_ahead_of_plain_bm25_we_are() -> None:
    def told(ours: float) -> dict[str, object]:
        def halves(unseen: float) -> dict[str, object]:
            return {"tuning": {"all": {"ndcg@10": 0.9}}, "unseen": {"all": {"ndcg@10": unseen}}}

        return {"set": "homedepot", "finders": {"Caigou": halves(ours), "plain BM25": halves(0.4)}}

    assert [goal["held"] for goal in goals_of(told(0.44)).values()] == [True]
    assert [goal["held"] for goal in goals_of(told(0.43)).values()] == [False]
    assert averaged([{"ndcg@10": 0.5, "mrr@10": 1, "success@5": 1, "recall@5": 1, "recall@100": 1}])["ndcg@10"] == 0.5


def test_an_own_set_needs_only_id_query_and_goods(tmp_path: Path) -> None:
    lines = [
        {"id": "1", "q": "mug", "goods": {"M-1": 3}},
        {"id": "2", "half": "unseen", "kind": "zh", "q": "杯", "goods": {}},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    first, second = own(tmp_path).queries
    assert (first.half, first.kind, first.goods) == (half_of("1"), "all", {"M-1": 3})
    assert (second.half, second.kind) == ("unseen", "zh")
    (tmp_path / "queries.jsonl").write_text('{"id": "1", "query": "mug", "goods": {}}', encoding="utf-8")
    with pytest.raises(TypeError, match="query"):
        own(tmp_path)


def test_a_judged_good_that_is_not_there_is_named() -> None:
    query = Judged(id="1", half="tuning", kind="en", q="mug", goods={"M-1": 3, "M-2": 2})
    assert unknown_goods([query], [Document(id=1, external_id="M-1")]) == ["M-2"]
    assert unknown_goods([query], [Document(id=1, external_id="M-1"), Document(id=2, external_id="M-2")]) == []


def test_wands_is_read_with_its_three_labels(tmp_path: Path) -> None:
    _write(tmp_path / "query.csv", "\t", ["query_id", "query", "query_class"], ["0", "salon chair", "Massage Chairs"])
    _write(
        tmp_path / "product.csv", "\t",
        ["product_id", "product_name", "product_class", "category hierarchy", "product_description"],
        ["7", "barber chair", "Chairs", "Furniture / Salon", "a big \"chair\""], ["8", "bed", "", "", ""],
    )  # fmt: skip
    _write(
        tmp_path / "label.csv", "\t", ["id", "query_id", "product_id", "label"],
        ["0", "0", "7", "Exact"], ["1", "0", "8", "Irrelevant"], ["2", "0", "9", "Partial"],
    )  # fmt: skip
    made = wands(tmp_path)
    assert [(query.q, query.goods) for query in made.queries] == [("salon chair", {"7": 3, "9": 1})]
    chair, bed = made.goods()
    assert (chair.external_id, chair.title_en, chair.attributes) == ("7", "barber chair", "Chairs ; Furniture / Salon")
    assert bed.attributes == ""


def test_home_depots_means_become_grades_and_each_title_is_one_good(tmp_path: Path) -> None:
    columns = ["id", "product_uid", "product_title", "search_term", "relevance"]
    rows = [["2", "100001", "Angle – café", "angle bracket", "3"], ["3", "100001", "Angle", "l bracket", "1.67"]]
    rows += [["4", "100002", "Deck paint", "angle bracket", "1.33"], ["5", "100003", "Brace", "angle bracket", "2.33"]]
    _write(tmp_path / "train.csv", ",", columns, *rows, encoding="latin-1", errors="replace")
    made = homedepot(tmp_path)
    # A query of which nothing answers it, only something related, measures nothing.
    assert [(query.q, query.goods) for query in made.queries] == [("angle bracket", {"100001": 3, "100003": 2})]
    assert [document.external_id for document in made.goods()] == ["100001", "100002", "100003"]


def _write(path: Path, separator: str, *rows: list[str], encoding: str = "utf-8", errors: str = "strict") -> None:
    with path.open("w", encoding=encoding, errors=errors, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
