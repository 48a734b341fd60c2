"""Ask every finder every query of a judged set, and average by half and kind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.judged.check import Judged
from bench.relevance.engines import OURS, OVER, Finder, embedded, over_opensearch, plain_bm25, postgresql, through_port
from bench.relevance.judged_sets import JudgedSet, unknown_goods
from bench.relevance.metrics import averaged, measured

HALVES = ("tuning", "unseen")
#: Indexes of goods that only change with their file are kept here from run to run.
KEPT = Path(__file__).parents[2] / "var" / "bench" / "relevance"

#: A query and the goods that it found, the best first.
Answer = tuple[Judged, list[str]]


def measure(
    judged: JudgedSet, database: str, *, half: str | None = None, plain: bool = True, meaning: bool = False
) -> dict[str, Any]:
    """Return the figures of every finder: for each half, for ``all`` and each kind of query, the averages.

    ``half`` leaves the other half unasked; ``plain=False`` leaves out what ours is compared with; ``meaning`` adds
    ours with goods near in meaning. ``worst`` has the queries of the tuning half from the one that is answered worst;
    none of the unseen half is ever told.
    """
    queries = [query for query in judged.queries if half in (None, query.half)]
    told: dict[str, Any] = {"set": judged.name, "queries": len(queries), "finders": {}, "worst": []}
    with _finders(judged, database, plain=plain, meaning=meaning) as (finders, name_of):
        tops: dict[str, list[set[str]]] = {}
        for finder in finders:
            began = time.process_time()
            answers = [(query, [name_of[one] for one in finder.find(query.q)]) for query in queries]
            took = (time.process_time() - began) / max(len(queries), 1)
            told["finders"][finder.name] = {**figures(answers), "cpu_ms": round(took * 1_000, 2)}
            told["worst"] = told["worst"] or _worst(answers)
            tops[finder.name] = [set(ranking[:10]) for _query, ranking in answers]
        if OVER in tops:
            told["top_ten_in_common"] = _in_common(tops[OURS], tops[OVER])
    return told


def _in_common(ones: Sequence[set[str]], others: Sequence[set[str]]) -> float:
    """Return which part of the first ten goods two finders have in common, over the queries of which any finds some."""
    shares = [
        len(one & other) / max(len(one), len(other)) for one, other in zip(ones, others, strict=True) if one | other
    ]
    return round(fmean(shares), 3)


def figures(answers: Sequence[Answer]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the averages by half and, within it, of ``all`` and of each kind."""
    found: dict[str, dict[str, list[dict[str, float]]]] = {half: {} for half in HALVES}
    for query, ranking in answers:
        for group in dict.fromkeys(("all", query.kind)):
            found[query.half].setdefault(group, []).append(measured(ranking, query.goods))
    return {
        half: {group: {"queries": len(of), **averaged(of)} for group, of in groups.items()}
        for half, groups in found.items()
        if groups
    }


def _worst(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    judged = [
        {
            "ndcg@10": round(measured(ranking, query.goods)["ndcg@10"], 3),
            "kind": query.kind,
            "q": query.q,
            "found": ranking[:3],
            "wanted": [good for good, grade in query.goods.items() if grade == max(query.goods.values())][:3],
        }
        for query, ranking in answers
        if query.half == "tuning"
    ]
    return sorted(judged, key=lambda one: one["ndcg@10"])


@contextlib.contextmanager
def _finders(
    judged: JudgedSet, database: str, *, plain: bool, meaning: bool
) -> Iterator[tuple[list[Finder], dict[int, str]]]:
    """Yield what is compared, ours first, and the judged name of each good by its id."""
    with tempfile.TemporaryDirectory() as folder:
        documents = list(judged.goods())
        if unknown := unknown_goods(judged.queries, documents):
            raise SystemExit(f"{judged.name}: {len(unknown)} judged goods aren't among the goods: {unknown[:5]}")
        index = embedded(documents, _kept(judged.file) if judged.file else Path(folder))
        finders = [through_port(OURS, index)]
        if url := os.environ.get("SEARCH_URL"):
            finders.append(over_opensearch(documents, url))
        if meaning:
            from bench.relevance.meaning import with_meaning

            finders += with_meaning(finders[0], index, documents)
        if plain:
            finders += [plain_bm25(documents), *postgresql(database, documents)]
        yield finders, {document.id: document.external_id for document in documents}


def _kept(file: Path) -> Path:
    """Return the folder of an index of ``file``'s goods; one of another make in it is rebuilt, as everywhere."""
    stat = file.stat()
    sign = f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    folder = KEPT / f"{file.stem}-{hashlib.sha256(sign.encode()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
