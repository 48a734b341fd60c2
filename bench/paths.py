"""The addresses that are asked for: found anew in each run, from the goods that are there."""

from __future__ import annotations

import json
import random
import re
import urllib.request
from collections.abc import Sequence
from itertools import cycle, islice
from urllib.parse import urlencode

from bench.synthetic import SEED, different_queries, queries

#: With filters and facets, as a buyer narrows a search down.
_FILTERS = (
    {"moq": "500"},
    {"moq": "1000", "province": "Zhejiang"},
    {"qualification": "verified_factory"},
    {"quantity": "500", "price_max": "80.00", "currency": "CNY"},
    {"kind": "factory", "province": "Guangdong"},
)
_PRODUCTS = 400
_QUESTIONS = 30_000


class Feed:
    """The addresses of one page, handed out in turn: no round of load asks for what the round before asked for."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = cycle(addresses)

    def take(self, count: int) -> list[str]:
        """Return the next ``count`` addresses."""
        return list(islice(self._addresses, count))


def feeds_of(base: str) -> dict[str, Feed]:
    """Return the addresses of each page, the yardstick first."""
    products = _products(base)
    by_rank, different = searches()
    addresses = {
        "yardstick": yardsticks(),
        "search_api": by_rank,
        "search_api_cold": different,
        "product_api": [f"/api/v1/products/{product}" for product in products],
        "results_page": [_search("/search/", *asked) for asked in enumerate(queries(_QUESTIONS))],
        "product_page": [f"/p/{product}/" for product in products],
    }
    return {name: Feed(found) for name, found in addresses.items()}


def yardsticks() -> list[str]:
    """Return the addresses of the yardstick."""
    return [f"/bench/24?from={place}" for place in _places()]


def searches() -> tuple[list[str], list[str]]:
    """Return the searches of the API: as people ask, and such that none comes twice."""
    by_rank, different = (
        [_search("/api/v1/search", *asked) for asked in enumerate(words)]
        for words in (queries(_QUESTIONS), different_queries(_QUESTIONS))
    )
    return by_rank, different


def _search(path: str, number: int, words: str) -> str:
    return f"{path}?{urlencode({'q': words, **_FILTERS[number % len(_FILTERS)]})}"


def _places() -> list[int]:
    dice = random.Random(SEED)
    return [dice.randrange(1, 40_000) for _ in range(_PRODUCTS)]


def _products(base: str) -> list[str]:
    """Return the ids of goods that searches find."""
    found: list[str] = []
    for words in queries(60):
        with urllib.request.urlopen(f"{base}/api/v1/search?{urlencode({'q': words})}", timeout=20) as answer:
            found += [item["id"] for item in json.load(answer)["items"]]
    assert all(re.fullmatch(r"[a-z0-9]+", product) for product in found)
    return sorted(set(found))[:_PRODUCTS]
