"""Keep a vector of each title true to the catalogue. All is safe to repeat; the worker calls ``encode_new``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import structlog
from django.db import connection

from caigou.jobs.outbox import wake
from caigou.search.meaning.encoder import Encoder, bytes_of, encoder, is_wanted, signs_of

log = structlog.get_logger(__name__)

#: Titles that are encoded at once, and seconds of a round of the worker after which its other work has its turn.
AT_ONCE: Final = 64
TURN: Final = 0.5

#: The titles of listed goods: of these, or of all where none are named.
_TITLES = """
    SELECT p.id AS product_id, t.language, t.title, md5(t.title)::uuid AS digest
      FROM catalogue_product p, LATERAL (VALUES ('en', p.title_en), ('zh', p.title_zh)) AS t (language, title)
     WHERE p.status = 'listed' AND t.title <> '' AND (%(products)s::bigint[] IS NULL OR p.id = ANY(%(products)s))
"""
_DROP = """
    DELETE FROM search_titlevector v
     WHERE (%(products)s::bigint[] IS NULL OR v.product_id = ANY(%(products)s))
       AND NOT EXISTS (SELECT FROM (TITLES) AS t WHERE (t.product_id, t.language) = (v.product_id, v.language))
""".replace("TITLES", _TITLES)
_ADD = """
    INSERT INTO search_titlevector (product_id, language, digest, made_by)
    SELECT product_id, language, digest, '' FROM (TITLES) AS t
    ON CONFLICT (product_id, language) DO UPDATE
       SET digest = excluded.digest, vector = NULL, signs = NULL WHERE search_titlevector.digest <> excluded.digest
""".replace("TITLES", _TITLES)
_WAITING = """
    SELECT v.id, v.digest, CASE v.language WHEN 'en' THEN p.title_en ELSE p.title_zh END
      FROM search_titlevector v JOIN catalogue_product p ON p.id = v.product_id
     WHERE v.vector IS NULL ORDER BY v.id LIMIT %s
"""
#: A title that changed while it was encoded waits on: its digest is another one by now.
_STORE = """
    UPDATE search_titlevector v SET vector = made.vector, signs = ('x' || made.hexes)::bit(512), made_by = %s
      FROM unnest(%s::bigint[], %s::uuid[], %s::bytea[], %s::text[]) AS made (id, digest, vector, hexes)
     WHERE v.id = made.id AND v.digest = made.digest
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many titles are kept, and how many of them wait for their vector."""

    titles: int
    waiting: int


def note_titles(product_ids: Iterable[int]) -> None:
    """Let the worker encode what is new in the titles of these goods; forget those that are no longer on the market.

    Does nothing where no meanings are wanted.
    """
    if is_wanted():
        _note(list(product_ids))


def _note(product_ids: list[int] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DROP, {"products": product_ids})
        cursor.execute(_ADD, {"products": product_ids})


def encode_new(seconds: float = TURN) -> int:
    """Clock: encode titles that have no vector yet, for so many seconds at most; return how many.

    The first round of a process compares every title with what is kept, so what changed while meanings were switched
    off, or was encoded by another version, is made anew, and a lost table fills again.
    """
    made = encoder()
    if made is None:
        return 0
    _compare(made.name)
    ends = time.monotonic() + seconds
    done = 0
    while count := _encode(made):
        done += count
        if time.monotonic() >= ends:
            wake("clocks")  # the next round comes at once; events and other clocks have their turn before it
            break
    return done


def encode_all(progress: Callable[[int, int], None] | None = None) -> int:
    """Encode every title that has no vector of the present encoder; return how many that were."""
    made = encoder()
    if made is None:
        return 0
    _compare.cache_clear()
    _compare(made.name)
    total, done = kept().waiting, 0
    while count := _encode(made):
        done += count
        if progress is not None:
            progress(done, max(done, total))
    return done


def kept() -> Kept:
    """Return how far the worker is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE vector IS NULL) FROM search_titlevector")
        titles, waiting = cursor.fetchone()
    return Kept(titles, waiting)


@cache
def _compare(made_by: str) -> None:
    """Let all titles wait that have no vector of this encoder. Once a process: later changes are events."""
    _note(None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_titlevector SET vector = NULL, signs = NULL, made_by = ''"
            " WHERE vector IS NOT NULL AND made_by <> %s",
            [made_by],
        )


def _encode(made: Encoder) -> int:
    """Encode a batch of those that wait; return how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [AT_ONCE])
        rows: list[tuple[int, Any, str]] = cursor.fetchall()
    if not rows:
        return 0
    vectors = bytes_of(made.encode([title for _pk, _digest, title in rows]))
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                made.name,
                [pk for pk, _digest, _title in rows],
                [digest for _pk, digest, _title in rows],
                vectors,
                [signs_of(vector) for vector in vectors],
            ],
        )
    return len(rows)
