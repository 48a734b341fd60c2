"""The goods whose titles are nearest in meaning to a text: PostgreSQL compares signs, a few hundred are measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from caigou.search.meaning.encoder import bytes_of, encoder, nearness, signs_of

#: Titles that differ in the fewest signs, which are then compared exactly.
_MEASURED: Final = 200

_FEWEST = """
    SELECT v.product_id, v.vector
      FROM (SELECT id FROM search_titlevector
             WHERE made_by = %s ORDER BY bit_count(signs # %s::bit(512)) LIMIT %s) AS few
      JOIN search_titlevector v USING (id) JOIN catalogue_product p ON p.id = v.product_id
     WHERE p.status = 'listed'
"""
_OWN = "SELECT vector FROM search_titlevector WHERE product_id = %s AND made_by = %s"


@dataclass(frozen=True, slots=True)
class Near:
    """A product and how near the nearest of its titles is: the cosine of the angle, 1 for the same."""

    product_id: int
    nearness: float


#: Returns at most so many goods for a text, the nearest first.
Nearest = Callable[[str, int], Sequence[Near]]


def nearest(text: str, most: int) -> list[Near]:
    """Return the listed goods nearest to ``text``, at most ``most``; none where no encoder is at hand.

    One pass over the signs of all titles: some 60 ms of PostgreSQL for 100,000 of them.
    """
    made = encoder()
    if made is None or not text:
        return []
    asked = made.encode([text])
    signs = signs_of(bytes_of(asked)[0])
    with connection.cursor() as cursor:
        cursor.execute(_FEWEST, [made.name, f"x{signs}", _MEASURED])
        rows = cursor.fetchall()
    if not rows:
        return []
    best: dict[int, float] = {}
    for (product_id, _vector), near in zip(rows, nearness(asked[0], [bytes(row[1]) for row in rows]), strict=True):
        best[product_id] = max(best.get(product_id, -1.0), float(near))
    return [Near(one, best[one]) for one in sorted(best, key=lambda one: (-best[one], one))[:most]]


def nearness_of(text: str, product_id: int) -> float | None:
    """Return how near a product is to ``text``; None where nothing is kept of it, or no encoder is at hand."""
    made = encoder()
    if made is None or not text:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [product_id, made.name])
        kept = [bytes(vector) for (vector,) in cursor.fetchall()]
    return float(nearness(made.encode([text])[0], kept).max()) if kept else None
