"""Facets of figures: between which borders they are counted, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from caigou.search.ports import LEAD_BUCKETS, MOQ_BUCKETS, RATING_BUCKETS, Query

_LARGEST = 2**40

#: The borders of each facet of figures; what lies from one border to below the next is counted as one.
Borders = Mapping[str, tuple[int, ...]]


def borders(query: Query) -> Borders:
    """Return the borders for ``query``: a limit that a person set is one of them."""
    return _borders(query.moq_max, query.lead_max, query.rating_min)


@lru_cache(maxsize=200)
def _borders(moq_max: int | None, lead_max: int | None, rating_min: int | None) -> Borders:
    return {
        "moq": _up_to(MOQ_BUCKETS, moq_max),
        "lead": _up_to(LEAD_BUCKETS, lead_max),
        "rating": (*sorted({*RATING_BUCKETS, *_given(rating_min)}), _LARGEST),
    }


def summed(facet: str, edges: tuple[int, ...], counts: Mapping[int, int]) -> dict[str, int]:
    """Sum up ``counts``, by lower border: "up to 50" holds what "up to 10" holds, "from 4.0" what "from 4.5"."""
    pairs = [(high - 1, counts.get(low, 0)) for low, high in pairwise(edges)]
    if facet == "rating":
        pairs = [(low, counts.get(low, 0)) for low in reversed(edges[:-1])]
    running, found = 0, {}
    for limit, many in pairs:
        running += many
        if running:
            found[str(limit)] = running
    return found


def _up_to(usual: tuple[int, ...], chosen: int | None) -> tuple[int, ...]:
    return (0, *(limit + 1 for limit in sorted({*usual, *_given(chosen)})))


def _given(limit: int | None) -> tuple[int, ...]:
    return () if limit is None else (max(0, min(limit, _LARGEST - 1)),)
