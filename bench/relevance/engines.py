"""Ways to find goods that are compared: our search through its port, and what one would take without it.

The plain ones get the same texts. They see words in their own way and nothing of what search knows: no lexicon, no
plan, no quality.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import tantivy
from rjieba import Jieba
from snowballstemmer import stemmer  # type: ignore[import-untyped]

from caigou.search.answering import answer
from caigou.search.meaning.nearest import Nearest
from caigou.search.ports import Document, Index, Query

#: As many goods of each answer are looked at.
DEPTH = 100
OURS, OVER = "Caigou", "Caigou over OpenSearch"


@dataclass(frozen=True)
class Finder:
    """``find`` answers a typed text with the ids of at most ``DEPTH`` goods, the best first."""

    name: str
    find: Callable[[str], Sequence[int]]


def through_port(name: str, index: Index, nearest: Nearest | None = None) -> Finder:
    """Our search as pages use it, in whichever engine: corrected and relaxed where that is needed."""

    def ids(text: str) -> tuple[int, ...]:
        found = answer(index, Query(text=text, size=DEPTH), nearest=nearest)
        return found.hits.ids + found.more

    return Finder(name, ids)


# --- plain BM25 -------------------------------------------------------------------------------------------------------
class PlainBM25:
    """BM25 over one field of all texts: English stems and the words that jieba cuts; any word of the query will do."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._cut, self._stem = Jieba().cut, stemmer("english").stemWord
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", fast=True)
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        with index.writer(60_000_000, 1) as writer:
            for document in documents:
                row = tantivy.Document()
                row.add_unsigned("id", document.id)
                row.add_text("words", " ".join(self._words("\n".join(_texts(document)))))
                writer.add_document(row)
        index.reload()
        self._searcher = index.searcher()

    def _words(self, text: str) -> Iterator[str]:
        for word in re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower()):
            yield from [self._stem(word)] if word.isascii() else self._cut(word)

    def find(self, text: str) -> list[int]:
        words = dict.fromkeys(self._words(text))
        some = [tantivy.Query.term_query(self._schema, "words", word, index_option="freq") for word in words]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in some])
        hits = self._searcher.search(query, limit=DEPTH, count=False).hits
        return [int(one) for one in self._searcher.fast_field_values("id", [hit[1] for hit in hits]) if one is not None]


def plain_bm25(documents: Iterable[Document]) -> Finder:
    """Return what an engine does out of the box."""
    return Finder("plain BM25", PlainBM25(documents).find)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------
_MAKE = """
DROP TABLE IF EXISTS bench_goods;
CREATE TEMPORARY TABLE bench_goods (id bigint, words tsvector)
"""
_ADD = """
INSERT INTO bench_goods
VALUES (%s, setweight(to_tsvector('english', %s), 'A') || setweight(to_tsvector('english', %s), 'B'))
"""
_FIND = """
SELECT id FROM bench_goods, CAST(replace(plainto_tsquery('english', %s)::text, '&', %s) AS tsquery) AS asked
 WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC, id LIMIT %s
"""


def postgresql(url: str, documents: Iterable[Document]) -> list[Finder]:
    """PostgreSQL's own full text search, titles before the rest: all words must be found, or any.

    ``url`` names a database in which the connection may make a temporary table; it stays open as long as this process.
    """
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("SET statement_timeout = 0")
    connection.execute(_MAKE)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_ADD, [_row(document) for document in documents])
    connection.execute("CREATE INDEX ON bench_goods USING gin (words)")
    connection.execute("ANALYZE bench_goods")

    def asking(sign: str) -> Callable[[str], list[int]]:
        return lambda text: [row[0] for row in connection.execute(_FIND, [text, sign, DEPTH])]

    return [Finder("PostgreSQL, all words", asking("&")), Finder("PostgreSQL, any word", asking("|"))]


def _row(document: Document) -> tuple[int, str, str]:
    title_en, title_zh, *rest = _texts(document)
    return document.id, f"{title_en} {title_zh}", "\n".join(rest)


def _texts(document: Document) -> tuple[str, ...]:
    return document.title_en, document.title_zh, document.description, document.attributes, document.external_id


# --- ours -------------------------------------------------------------------------------------------------------------
def embedded(documents: Iterable[Document], folder: Path) -> Index:
    """Return the embedded engine with its index in ``folder``: made unless a sound one is there."""
    from caigou.adapters.tantivy_index.index import TantivyIndex

    index = TantivyIndex(folder)
    if not index.is_ready():
        index.rebuild(documents)
    return index


def over_opensearch(documents: Iterable[Document], url: str) -> Finder:
    """Our search over the OpenSearch that ``SEARCH_URL`` names. Its index is called ``…-relevance`` and stays there."""
    from caigou.adapters.opensearch_index.index import OpenSearchIndex

    address, _, asked = url.partition("?")
    name = urlsplit(address).path.strip("/") or "caigou"
    index = OpenSearchIndex(
        f"{address.removesuffix('/').removesuffix(f'/{name}')}/{name}-relevance{'?' if asked else ''}{asked}"
    )
    index.rebuild(documents)
    return through_port(OVER, index)
