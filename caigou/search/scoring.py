"""The weights of a score, the same for every engine: around an engine's own BM25 of a word.

They fit a BM25 with the factor k₁ + 1 = 2.2, as in the paper and in tantivy. For an engine that leaves the factor out,
whatever is added is divided by it.
"""

from __future__ import annotations

#: How much the other ways to say a word count beside the best, and pairs of characters instead of a Chinese word.
TIE, BIGRAM = 0.6, 0.4
#: What it adds that no word of the query is missing, where some may.
ALL_TERMS = 8.0
#: k₁ + 1 of BM25.
FACTOR = 2.2
