"""Products into their tables, some hundred at a time: new ones, changed ones, and no write for unchanged ones.

A batch goes to PostgreSQL as one JSON value for each table, which costs a tenth of building rows of the ORM. The
columns and their types are taken from the models, so a new field needs no change here but in ``_SAID``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection

from caigou.catalogue.models import Product, ProductStatus
from caigou.catalogue.services.imports.parts import NOTHING, Parts, as_json, differs, parts_of, typed, write_parts
from caigou.catalogue.services.imports.steps import Listing
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id

#: What a file says about a product; all else (public id, and the status once it is here) is the platform's.
_SAID = (
    "title_en", "title_zh", "description_en", "description_zh", "unit", "currency", "quote_type", "moq",
    "order_multiple", "carton_pieces", "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_g",
    "weight_g", "lead_days", "sample_offered", "sample_price_minor", "sample_most", "sample_days", "customisation",
    "own_logo", "hs_code", "rating_tenths", "rating_count", "sold", "source_url", "attributes", "drawing", "hue",
    "look", "category_id",
)  # fmt: skip
_ONCE = ("public_id", "source", "external_id", "supplier_id", "status")
_TIMES = ("fetched_at", "updated_at")

Key = tuple[str, str]
Record = dict[str, Any]


@dataclass(slots=True)
class Stored:
    """What came of a batch; ``taken`` are the positions of listings that another supplier already has."""

    new: int = 0
    changed: int = 0
    same: int = 0
    taken: list[int] = field(default_factory=list)
    product_ids: list[int] = field(default_factory=list)


def store(batch: Sequence[Listing]) -> Stored:
    """Write ``batch``, in the caller's transaction, and return what changed by it.

    A product that exists keeps its public id and status, and so do its variants; a row that names no pictures leaves
    the gallery as it is. Two imports of the same product wait for each other.
    """
    existing = _existing(batch)
    parts = parts_of([old["id"] for old in existing.values()])
    stored = Stored()
    records: list[Record] = []
    stamp = now().isoformat()
    named: set[Key] = set()
    changes: list[tuple[Key, Listing, Parts]] = []
    for position, listing in enumerate(batch):
        key = (listing.source, listing.row.external_id)
        said = {**listing.row.values, "category_id": listing.category_id}
        old = existing.get(key)
        # The steps let no seller name a product twice: who named this one a row before is another one.
        if (old is not None and old["supplier_id"] != listing.supplier_id) or key in named:
            stored.taken.append(position)
            continue
        named.add(key)
        had = parts.get(old["id"], NOTHING) if old is not None else NOTHING
        if old is not None and not differs(had, listing) and all(old[name] == said[name] for name in _SAID):
            stored.same += 1
            continue
        stored.new += old is None
        stored.changed += old is not None
        records.append(_record(listing, said, stamp))
        changes.append((key, listing, had))
    if records:
        ids = _write(records)
        stored.product_ids = list(ids.values())
        write_parts([(ids[key], listing, had) for key, listing, had in changes])
    return stored


def _existing(batch: Sequence[Listing]) -> dict[Key, Record]:
    """Return and lock the products of the batch, in one order, so that two imports can't wait in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM catalogue_product JOIN unnest(%s::text[], %s::text[]) AS named (source, external_id) "
            "USING (source, external_id)",
            [[listing.source for listing in batch], [listing.row.external_id for listing in batch]],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return {}
    rows = Product.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    columns = ("id", "source", "external_id", "supplier_id", *_SAID)
    return {(row["source"], row["external_id"]): dict(row) for row in rows.values(*columns)}


def _record(listing: Listing, said: Mapping[str, Any], stamp: str) -> Record:
    return {
        **{name: said[name] for name in _SAID},
        "public_id": new_public_id(),
        "source": listing.source,
        "external_id": listing.row.external_id,
        "supplier_id": listing.supplier_id,
        "status": listing.row.status or ProductStatus.LISTED,
        **_defaults(),
        "fetched_at": stamp,
        "updated_at": stamp,
    }


@cache
def _defaults() -> dict[str, Any]:
    """Return what the model gives the columns that no file speaks of."""
    spoken = {"id", *_ONCE, *_SAID, *_TIMES}
    columns = Product._meta.concrete_fields  # noqa: SLF001  public in spite of its name
    return {str(column.column): column.get_default() for column in columns if column.column not in spoken}


def _write(records: list[Record]) -> dict[Key, int]:
    """Insert or update the products, in one order for every import, and return their ids."""
    records.sort(key=lambda record: (record["source"], record["external_id"]))
    with connection.cursor() as cursor:
        cursor.execute(_upsert(), [as_json(records)])
        return {(source, external_id): pk for pk, source, external_id in cursor.fetchall()}


@cache
def _upsert() -> str:
    """Return the statement; every name in it comes from the model."""
    columns = (*_ONCE, *_SAID, *_TIMES, *_defaults())
    table, types = typed(Product, columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*_SAID, *_TIMES))
    listed = ", ".join(columns)
    return (
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM json_to_recordset(%s) AS said ({types}) "  # noqa: S608
        f"ON CONFLICT (source, external_id) DO UPDATE SET {changes} "
        # Should another supplier have taken the name a moment ago, its product stays and this batch is tried again.
        f"WHERE {table}.supplier_id = excluded.supplier_id RETURNING id, source, external_id"
    )
