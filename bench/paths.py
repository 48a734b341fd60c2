"""The addresses that are asked for: found anew in each run, from the goods that are there."""

from __future__ import annotations

import json
import random
import re
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from bench.synthetic import SEED, queries

#: With filters and facets, as a buyer narrows a search down.
_FILTERS = (
    {"moq": "500"},
    {"moq": "1000", "province": "Zhejiang"},
    {"qualification": "verified_factory"},
    {"quantity": "500", "price_max": "80.00", "currency": "CNY"},
    {"kind": "factory", "province": "Guangdong"},
)
_HOW_MANY = 400


def paths_of(home: Path, base: str) -> dict[str, list[str]]:
    """Return some hundred different addresses of each page, the yardstick first."""
    asked = [(words, _FILTERS[number % len(_FILTERS)]) for number, words in enumerate(queries(_HOW_MANY))]
    products = _products(base)
    return {
        "yardstick": [f"/bench/24?from={place}" for place in _places()],
        "search_api": ["/api/v1/search?" + urlencode({"q": words, **filters}) for words, filters in asked],
        "product_api": [f"/api/v1/products/{product}" for product in products],
        "results_page": ["/search/?" + urlencode({"q": words, **filters}) for words, filters in asked],
        "product_page": [f"/p/{product}/" for product in products],
    }


def _places() -> list[int]:
    dice = random.Random(SEED)
    return [dice.randrange(1, 40_000) for _ in range(_HOW_MANY)]


def _products(base: str) -> list[str]:
    """Return the ids of goods that searches find."""
    found: list[str] = []
    for words in queries(60):
        with urllib.request.urlopen(f"{base}/api/v1/search?{urlencode({'q': words})}", timeout=20) as answer:
            found += [item["id"] for item in json.load(answer)["items"]]
    assert all(re.fullmatch(r"[a-z0-9]+", product) for product in found)
    return sorted(set(found))[:_HOW_MANY]
