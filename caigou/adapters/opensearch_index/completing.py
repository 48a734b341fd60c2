"""Completions of what a person begins to type: the values of a field that begin so, with how many goods have each."""

from __future__ import annotations

from typing import Any

from caigou.adapters.opensearch_index.queries import Clause
from caigou.search.ports import Completion

#: Longer beginnings complete nothing: OpenSearch takes patterns of 1,000 signs, and each may need two.
_LONGEST = 400


def completing(prefix: str, limit: int, found: Clause) -> dict[str, Any]:
    """Return the question for those of the goods ``found`` that have a completion beginning with ``prefix``."""
    begun: Clause = {"prefix": {"completions": {"value": prefix}}} if len(prefix) <= _LONGEST else {"match_none": {}}
    pattern = "".join(_literal(sign) for sign in prefix[:_LONGEST]) + ".*"
    return {
        "size": 0,
        "query": {"bool": {"filter": [begun, found]}},
        "aggs": {"completions": {"terms": {"field": "completions", "size": limit, "include": pattern}}},
    }


def completed(told: dict[str, Any]) -> tuple[Completion, ...]:
    """Return what the answer says: most goods first, then by the alphabet, as OpenSearch orders them."""
    buckets = told["aggregations"]["completions"]["buckets"]
    return tuple(Completion(str(one["key"]), int(one["doc_count"])) for one in buckets)


def _literal(sign: str) -> str:
    """Return what matches just this sign in a pattern: a backslash takes every meaning from what isn't a letter."""
    return sign if sign.isalnum() else f"\\{sign}"
