"""What search does: find goods, keep the index true to PostgreSQL. Doors and config import from here."""

from caigou.search.engine import index
from caigou.search.ports import Query
from caigou.search.services.explaining import Why, explain, read_query, write_query
from caigou.search.services.finding import FacetValue, Results, cards, find, price_at
from caigou.search.services.keeping import index_pending, index_products, reindex
from caigou.search.services.suggesting import Suggestion, suggest

__all__ = [
    "FacetValue",
    "Query",
    "Results",
    "Suggestion",
    "Why",
    "cards",
    "explain",
    "find",
    "index",
    "index_pending",
    "index_products",
    "price_at",
    "read_query",
    "reindex",
    "suggest",
    "write_query",
]
