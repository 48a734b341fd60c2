"""Keep what pictures look like true to the galleries. All is safe to repeat; the worker calls ``look_at_new``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import structlog
from django.db import connection

from caigou.catalogue.models import Product
from caigou.files import looks
from caigou.files.models import Picture
from caigou.files.shown import Shown

log = structlog.get_logger(__name__)

#: Products that a rebuild notes at once.
_CHUNK = 5_000

#: What is in no gallery and is no variant's own picture; a drawing (0) counts as long as there is no picture.
_DROP = """
    WITH wanted AS (
        SELECT product_id, picture_id FROM catalogue_productpicture WHERE product_id = ANY(%(products)s)
        UNION SELECT product_id, picture_id FROM catalogue_variant
              WHERE product_id = ANY(%(products)s) AND picture_id IS NOT NULL
    )
    DELETE FROM search_fingerprint f
     WHERE f.product_id = ANY(%(products)s)
       AND CASE WHEN f.picture_id = 0
                THEN EXISTS (SELECT FROM wanted w WHERE w.product_id = f.product_id)
                ELSE NOT EXISTS (SELECT FROM wanted w WHERE (w.product_id, w.picture_id) = (f.product_id, f.picture_id))
           END
"""
_ADD = """
    INSERT INTO search_fingerprint (product_id, picture_id)
    SELECT product_id, picture_id FROM catalogue_productpicture WHERE product_id = ANY(%(products)s)
    UNION SELECT product_id, picture_id FROM catalogue_variant
          WHERE product_id = ANY(%(products)s) AND picture_id IS NOT NULL
    ON CONFLICT (product_id, picture_id) DO NOTHING
"""
_WAITING = """
    SELECT DISTINCT picture_id FROM (
        SELECT picture_id FROM search_fingerprint WHERE bits IS NULL ORDER BY id LIMIT %s
    ) AS first
"""


def note_pictures(product_ids: Iterable[int]) -> None:
    """Let the worker look at new pictures of these products, and forget those that are no longer theirs."""
    values = {"products": list(product_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_DROP, values)
        cursor.execute(_ADD, values)


def look_at_new() -> int:
    """Clock: look at pictures that nobody has looked at yet, a batch a round; return how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [looks.AT_ONCE])
        waiting = [picture_id for (picture_id,) in cursor.fetchall()]
    if not waiting:
        return 0
    pictures = [(pk, Shown(sha256, width, height)) for pk, sha256, width, height in _about(waiting)]
    prints = looks.prints_of([shown for _pk, shown in pictures])
    seen = {pk: bits for (pk, _shown), bits in zip(pictures, prints, strict=True) if bits is not None}
    _store(seen)
    gone = sorted(set(waiting) - seen.keys())
    if gone:
        log.warning("pictures without a file", pictures=gone[:20], count=len(gone))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_fingerprint WHERE bits IS NULL AND picture_id = ANY(%s)", [gone])
    return len(waiting)


def _about(picture_ids: list[int]) -> Iterable[tuple[int, str, int, int]]:
    return Picture.objects.filter(pk__in=picture_ids).values_list("pk", "sha256", "width", "height")


def _store(seen: Mapping[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_fingerprint f SET bits = ('x' || seen.hexes)::bit(512)"
            " FROM unnest(%s::bigint[], %s::text[]) AS seen (picture_id, hexes) WHERE f.picture_id = seen.picture_id",
            [list(seen), list(seen.values())],
        )


def keep_drawings(drawings: Mapping[int, str]) -> None:
    """Store how the drawings of products without a picture look: hexadecimal fingerprints by the product's id.

    For goods whose drawing tells them apart, as in the demonstration. Safe to repeat.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_fingerprint (product_id, picture_id, bits)"
            " SELECT product_id, 0, ('x' || hexes)::bit(512)"
            " FROM unnest(%s::bigint[], %s::text[]) AS seen (product_id, hexes)"
            " ON CONFLICT (product_id, picture_id) DO UPDATE SET bits = excluded.bits",
            [list(drawings), list(drawings.values())],
        )


def look_again(progress: Callable[[int, int], None] | None = None) -> int:
    """Look at every picture anew; return at how many. Drawings stay as they are: they come with the demonstration.

    What was known is forgotten first, so searching by picture finds less until this has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_fingerprint SET bits = NULL WHERE picture_id <> 0")
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _CHUNK):
        note_pictures(ids[start : start + _CHUNK])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT picture_id) FROM search_fingerprint WHERE bits IS NULL")
        total = int(cursor.fetchone()[0])
    done = 0
    while looked := look_at_new():
        done += looked
        if progress is not None:
            progress(min(done, total), total)
    return total
