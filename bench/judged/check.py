"""Is the judged set whole: known goods, halves by hash, no query twice, every kind there, and frozen as it was written.

``python -m bench.judged.check`` prints what is wrong, or how many queries stand in each kind and half.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caigou.demo.world import goods_lines

FOLDER: Final = Path(__file__).parent
SET: Final = FOLDER / "demo.jsonl"
FROZEN: Final = FOLDER / "FROZEN"
KINDS: Final = ("en", "zh", "en-zh", "pinyin", "typo", "traditional", "homophone", "units", "code")
GRADES: Final = frozenset({1, 2, 3})
LEAST_OF_A_KIND: Final = 15
LEAST_ENGLISH: Final = 110
LEAST_IN_ALL: Final = 240


@dataclass(frozen=True)
class Judged:
    """One query and the goods that answer it: external id to grade, 3 = exactly meant, 2 = would do, 1 = related."""

    id: str
    half: str
    kind: str
    q: str
    goods: dict[str, int]


def judged(path: Path = SET) -> list[Judged]:
    """Return the queries of the set in its order; raises ``TypeError`` for a line with other fields."""
    return [Judged(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def half_of(query_id: str) -> str:
    """Return the half that the hash of the id gives."""
    return "unseen" if zlib.crc32(query_id.encode()) % 2 else "tuning"


def faults(queries: list[Judged], goods: frozenset[str]) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with the queries."""
    for query in queries:
        yield from (f"{query.id}: {fault}" for fault in _faults_of(query, goods))
    for name, seen in (
        ("id", Counter(query.id for query in queries)),
        ("query", Counter(_folded(query.q) for query in queries)),
    ):
        yield from (f"the {name} {value!r} stands {times} times" for value, times in seen.items() if times > 1)
    kinds = Counter(query.kind for query in queries)
    least = {kind: LEAST_ENGLISH if kind == "en" else LEAST_OF_A_KIND for kind in KINDS}
    yield from (f"only {kinds[kind]} queries of {kind}" for kind in KINDS if kinds[kind] < least[kind])
    if len(queries) < LEAST_IN_ALL:
        yield f"only {len(queries)} queries"


def thawed(content: bytes, frozen: str) -> str | None:
    """Return what is wrong with the file's hash against the line of ``FROZEN`` (version, SHA-256), or nothing."""
    _version, wanted = frozen.split()
    found = hashlib.sha256(content).hexdigest()
    return None if found == wanted else f"demo.jsonl was changed: {found}, frozen {wanted}"


def demo_ids() -> frozenset[str]:
    """Return the external ids of all goods of the demonstration."""
    return frozenset(json.loads(line)["external_id"] for line in goods_lines())


def _faults_of(query: Judged, goods: frozenset[str]) -> Iterator[str]:
    if query.half != half_of(query.id):
        yield f"the half is {query.half}, its hash says {half_of(query.id)}"
    if query.kind not in KINDS:
        yield f"no such kind: {query.kind}"
    if 3 not in query.goods.values():
        yield "no good is exactly what was meant"
    yield from (f"no such good: {good}" for good in query.goods if good not in goods)
    yield from (f"{good} has the grade {grade}" for good, grade in query.goods.items() if grade not in GRADES)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def main() -> int:
    """Print the faults, or the counts by kind and half; return the process's exit code."""
    queries = judged()
    wrong = list(faults(queries, demo_ids()))
    if changed := thawed(SET.read_bytes(), FROZEN.read_text(encoding="ascii")):
        wrong.append(changed)
    if wrong:
        print("\n".join(wrong))
        return 1
    counts = Counter((query.kind, query.half) for query in queries)
    for kind in KINDS:
        print(f"{kind:12} {counts[kind, 'tuning']:4} tuning {counts[kind, 'unseen']:4} unseen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
