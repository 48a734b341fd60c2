"""Judged sets: goods, queries, and how well each good answers each query. Ours, an operator's own, and public ones.

Public sets are read from a folder that whoever measures has fetched; nothing of them stands in this repository.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

from bench.judged.check import Judged, half_of, judged
from bench.relevance.catalogue import demo_documents, imported_documents
from caigou.search.completing import completions_of
from caigou.search.lexicon import PIECES
from caigou.search.ports import Document
from caigou.search.text import has_han

#: So many queries of a half of a larger set are asked: those whose id has the lowest CRC-32, so nobody chooses.
MOST_QUERIES = 1_000


@dataclass(frozen=True)
class JudgedSet:
    """Goods and judged queries. ``goods`` makes the documents anew each time; their ``external_id`` is what is judged.

    They change with nothing but ``file``, where that is given, so an index of them may be kept between runs.
    """

    name: str
    goods: Callable[[], Iterable[Document]]
    queries: list[Judged]
    file: Path | None = None


def unknown_goods(queries: Iterable[Judged], documents: Iterable[Document]) -> list[str]:
    """Return the judged goods that aren't there: a misspelt id would make every figure too low, unseen."""
    known = {document.external_id for document in documents}
    return sorted({good for query in queries for good in query.goods} - known)


def demo() -> JudgedSet:
    """Our own frozen set over the goods of the demonstration (bench/judged)."""
    return JudgedSet("demo", demo_documents, judged())


def demo_across() -> JudgedSet:
    """Our set's English queries asked of goods from which all English is taken: does the lexicon carry them across?"""
    queries = [query for query in judged() if query.kind == "en"]
    return JudgedSet("demo-zh", lambda: map(_without_english, demo_documents()), queries)


def _without_english(document: Document) -> Document:
    return replace(
        document,
        title_en="",
        description="\n".join(filter(has_han, document.description.split("\n"))),
        attributes=PIECES.join(filter(has_han, document.attributes.split(PIECES))),
    )


def own(folder: Path) -> JudgedSet:
    """A set in the documented format: ``goods.jsonl``, if need be ``suppliers.jsonl``, and ``queries.jsonl``."""
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [_query(json.loads(line)) for line in lines if line.strip()]
    return JudgedSet(folder.name, lambda: imported_documents(folder), queries)


def _query(row: Mapping[str, object]) -> Judged:
    """Return a line of ``queries.jsonl``; ``half`` and ``kind`` may be left out."""
    known = {"half": half_of(str(row["id"])), "kind": "all", **row}
    return Judged(**known)  # type: ignore[arg-type]  # a line with other fields raises TypeError, which tells which


def wands(folder: Path) -> JudgedSet:
    """Wayfair's WANDS: 42,994 pieces of furniture, 480 queries (MIT licence). Exact = 3, Partial = 1."""
    grades = {"Exact": 3, "Partial": 1}
    goods_of: dict[str, dict[str, int]] = {}
    for row in _rows(folder / "label.csv", delimiter="\t"):
        if grade := grades.get(row["label"], 0):
            goods_of.setdefault(row["query_id"], {})[row["product_id"]] = grade
    texts = {row["query_id"]: row["query"] for row in _rows(folder / "query.csv", delimiter="\t")}

    def goods() -> Iterator[Document]:
        for number, row in enumerate(_rows(folder / "product.csv", delimiter="\t"), start=1):
            yield Document(
                id=number,
                external_id=row["product_id"],
                title_en=row["product_name"],
                description=row["product_description"] or "",
                attributes=" ; ".join(filter(None, (row["product_class"], row["category hierarchy"]))),
                completions=completions_of(title_en=row["product_name"], title_zh=""),
            )

    return JudgedSet("wands", goods, _sampled(texts, goods_of), file=folder / "product.csv")


def homedepot(folder: Path) -> JudgedSet:
    """Home Depot's search relevance (Kaggle, 2016), ``train.csv``: 54,667 titles, 11,795 queries.

    Each pair has the mean of several judgements from 1 (irrelevant) to 3 (perfect): 3 counts as grade 3, from 2 on as
    2, above 1.5 as 1. Some six goods are judged for a query, so every figure is too low, for all engines alike.
    """
    titles: dict[str, str] = {}
    goods_of: dict[str, dict[str, int]] = {}
    for row in _rows(folder / "train.csv", encoding="latin-1"):
        titles[row["product_uid"]] = row["product_title"]
        relevance = float(row["relevance"])
        grade = 3 if relevance == 3 else 2 if relevance >= 2 else int(relevance > 1.5)
        if grade:
            goods_of.setdefault(row["search_term"], {})[row["product_uid"]] = grade

    def goods() -> Iterator[Document]:
        for uid, title in titles.items():
            yield Document(
                id=int(uid),
                external_id=uid,
                title_en=title,
                completions=completions_of(title_en=title, title_zh=""),
            )

    return JudgedSet(
        "homedepot", goods, _sampled({text: text for text in goods_of}, goods_of), file=folder / "train.csv"
    )


def _sampled(texts: Mapping[str, str], goods_of: Mapping[str, dict[str, int]]) -> list[Judged]:
    """Return the queries that have an answer, at most ``MOST_QUERIES`` of each half."""
    queries = [
        Judged(id=name, half=half_of(name), kind="en", q=texts[name], goods=goods)
        for name, goods in goods_of.items()
        if max(goods.values()) > 1
    ]
    queries.sort(key=lambda query: (crc32(query.id.encode()), query.id))
    return [one for half in ("tuning", "unseen") for one in [q for q in queries if q.half == half][:MOST_QUERIES]]


def _rows(path: Path, *, delimiter: str = ",", encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as lines:
        yield from csv.DictReader(lines, delimiter=delimiter)


#: What ``--set`` takes: sets of ours, and those that are read from ``--folder``.
OURS: Mapping[str, Callable[[], JudgedSet]] = {"demo": demo, "demo-zh": demo_across}
READ: Mapping[str, Callable[[Path], JudgedSet]] = {"own": own, "wands": wands, "homedepot": homedepot}
