"""What stands behind a short page: goods with some of the words, goods near in meaning, fused by rank.

They are in no total and no count of a filter, for they aren't what was asked for; so they never come between what was,
and where a filter is set, few goods are what was asked for and nothing stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caigou.search.analysis import understand
from caigou.search.meaning.nearest import Nearest
from caigou.search.ports import Hits, Index, Query

#: Fewer goods than this are a short page.
SHORT = 10
#: Goods of either kind that are ranked; no page is longer.
MOST = 100
#: The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009), chosen on the tuning half of the judged set.
_DAMPING = 5
#: From this cosine on a title is near: words that mean nothing reach 0.22, another word for the same 0.35 and more.
NEAR_ENOUGH = 0.25
#: Shorter words say nothing of what a product is, and neither do those with digits: a code, a size.
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Behind:
    """Ids behind the page, the best first; ``close`` are those among them that only their meaning brought there."""

    ids: tuple[int, ...] = ()
    close: frozenset[int] = frozenset()


def behind(index: Index, query: Query, hits: Hits, nearest: Nearest | None) -> Behind:
    """Return the goods behind ``hits``, as many as fill the page; ``nearest`` where meanings are wanted."""
    room = query.size - hits.total
    if hits.total >= SHORT or room <= 0 or query.page > 1 or query.sort != "relevance" or not query.text:
        return Behind()
    if _is_filtered(query):
        return Behind()
    found = frozenset(hits.ids)
    words = [one for one in _with_some_words(index, query, hits) if one not in found][:MOST]
    near = [] if nearest is None or not _says_something(query.text) else nearest(query.text, MOST)
    close = [one.product_id for one in near if one.product_id not in found and one.nearness >= NEAR_ENOUGH]
    ids = fused(words, close)[:room]
    return Behind(tuple(ids), frozenset(ids) - frozenset(words))


def _is_filtered(query: Query) -> bool:
    plain = Query(text=query.text, quantity=query.quantity, currency=query.currency, size=query.size, today=query.today)
    return replace(query, least=None, with_prices=False) != plain


def _with_some_words(index: Index, query: Query, hits: Hits) -> Sequence[int]:
    if len(understand(query.text).required) < 2:
        return ()
    return index.search(replace(query, least=1, size=MOST + hits.total, counted=False)).ids


def _says_something(text: str) -> bool:
    """Whether a word may mean something: it is Chinese, or neither short nor a code.

    >>> [_says_something(text) for text in ("tumbler", "马克杯", "DH-M350", "30x40")]
    [True, True, False, False]
    """
    tokens = (term.token for term in understand(text).required)
    return any(token.is_han or (token.text.isalpha() and len(token.text) >= _SHORTEST) for token in tokens)


def fused(ones: Sequence[int], others: Sequence[int]) -> list[int]:
    """Join two rankings by reciprocal rank: first what stands high in both.

    >>> fused([1, 2], [2, 3])
    [2, 1, 3]
    """
    scores: dict[int, float] = {}
    for ranking in (ones, others):
        for place, product_id in enumerate(ranking, start=1):
            scores[product_id] = scores.get(product_id, 0.0) + 1 / (_DAMPING + place)
    return sorted(scores, key=lambda product_id: -scores[product_id])
