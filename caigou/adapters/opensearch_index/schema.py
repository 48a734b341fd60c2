"""The fields of the index and how a product becomes its row of them. No text is stored: pages come from PostgreSQL."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from typing import Any

from caigou.search import analysis
from caigou.search.ladder import ladder
from caigou.search.lexicon import lexicon
from caigou.search.ports import Document

#: Raised when the fields below change.
VERSION = 1
#: No quantity or price that is asked for may exceed it: OpenSearch's ``long`` ends at 2⁶³ - 1.
LARGEST = 2**62

KEYWORDS = ("kind", "qualification", "country", "province", "city", "currency")
#: Keywords of which a product may have several, or none.
MANY = ("category", "has", "completions")
SAMPLE, OWN_LOGO = "sample", "own_logo"
NUMBERS = ("id", "moq", "verified_until", "lead", "rating", "updated", "price")


@cache
def make_of(major: int) -> str:
    """Name everything on which content and scores depend; ``major`` is the server's version. Another means rebuild."""
    parts = (str(major), str(VERSION), str(analysis.VERSION), lexicon().digest)
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]


def build(*, make: str, generation: int) -> dict[str, Any]:
    """Return what OpenSearch is told when it makes the index.

    One shard, so that one BM25 scores all goods; a copy of it on another machine as soon as there is one. Nothing is
    seen before we say so (``refresh_interval``): a change and a deletion become visible together.
    """
    number = {"type": "long"}
    fields: dict[str, Any] = dict.fromkeys(NUMBERS, number)
    fields |= {name: {"type": "keyword"} for name in (*KEYWORDS, *MANY)}
    fields["words"] = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    fields["quality"] = {"type": "double"}
    fields["steps"] = {"type": "nested", "properties": {"from": number, "until": number, "price": number}}
    return {
        "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "-1"}},
        "mappings": {
            "dynamic": "strict",
            "_source": {"enabled": False},
            "_meta": {"make": make, "generation": generation},
            "properties": fields,
        },
    }


def row(document: Document) -> dict[str, Any]:
    """Return the index's row of ``document``."""
    made: dict[str, Any] = {
        "id": document.id,
        "words": analysis.index_text(document),
        "moq": document.moq,
        "verified_until": document.verified_until.toordinal() if document.verified_until else 0,
        "updated": int(document.updated_at.timestamp()) if document.updated_at else 0,
        "quality": document.quality,
        "category": list(document.categories),
        "completions": list(document.completions),
        "has": [name for name, offered in ((SAMPLE, document.sample), (OWN_LOGO, document.own_logo)) if offered],
    }
    made |= {name: value for name in KEYWORDS if (value := getattr(document, name))}
    if document.lead_days is not None:
        made["lead"] = document.lead_days
    if document.rating is not None:
        made["rating"] = document.rating
    return made | _prices(document)


def _prices(document: Document) -> dict[str, Any]:
    """Return each step as "from this quantity, until below that one, this price": a filter on them is exact."""
    steps = ladder(document)
    if not steps:
        return {}
    ends = [later.from_quantity for _step, later in pairwise(steps)]
    told = [
        {"from": step.from_quantity, "until": until, "price": step.minor}
        for step, until in zip(steps, [*ends, LARGEST + 1], strict=True)
    ]
    return {"price": steps[0].minor, "steps": told}
