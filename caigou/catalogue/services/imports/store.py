"""Products into their tables, some hundred at a time: new ones, changed ones, and no write for unchanged ones.

A batch goes to PostgreSQL as one JSON value for each table, which costs a tenth of building rows of the ORM. The
columns and their types are taken from the models, so a new field needs no change here but in ``_SAID``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from caigou.catalogue.models import PriceTier, Product, ProductStatus, QuoteKind
from caigou.catalogue.services.imports.steps import Listing
from caigou.kernel.clock import now
from caigou.kernel.ids import new_public_id

#: What a file says about a product; all else (status, public id) is the platform's.
_SAID = (
    "title_en", "title_zh", "description_en", "description_zh", "unit", "currency", "moq", "order_multiple",
    "carton_pieces", "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_g", "lead_days",
    "attributes", "drawing", "hue", "category_id",
)  # fmt: skip
#: What a new product starts with.
_FRESH: dict[str, Any] = {
    "source_url": "", "quote_type": QuoteKind.BY_QUANTITY, "customisation": [], "own_logo": False, "hs_code": "",
    "rating_count": 0, "look": 0,
}  # fmt: skip
_ONCE = ("public_id", "source", "external_id", "supplier_id", "status", *_FRESH)
_TIMES = ("fetched_at", "updated_at")

Key = tuple[str, str]
Tiers = tuple[tuple[int, int], ...]
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

    A product that exists keeps its public id and status. Two imports of the same product wait for each other.
    """
    existing = _existing(batch)
    tiers = _tiers_of(old["id"] for old in existing.values())
    stored = Stored()
    records: list[Record] = []
    ladders: dict[Key, Tiers] = {}
    for position, listing in enumerate(batch):
        key = (listing.source, listing.row.external_id)
        said = {**listing.row.values, "category_id": listing.category_id}
        old = existing.get(key)
        if old is not None and old["supplier_id"] != listing.supplier_id:
            stored.taken.append(position)
            continue
        other_tiers = old is None or tiers.get(old["id"], ()) != listing.row.tiers
        if old is not None and not other_tiers and all(old[name] == said[name] for name in _SAID):
            stored.same += 1
            continue
        stored.new += old is None
        stored.changed += old is not None
        records.append(_record(listing, said))
        if other_tiers:
            ladders[key] = listing.row.tiers
    if records:
        ids = _write(records)
        stored.product_ids = list(ids.values())
        _replace_tiers({ids[key]: ladder for key, ladder in ladders.items()})
    return stored


def _existing(batch: Sequence[Listing]) -> dict[Key, Record]:
    """Return and lock the products of the batch, in one order, so that two imports can't wait in a circle."""
    found: dict[Key, Record] = {}
    by_source: dict[str, list[str]] = {}
    for listing in batch:
        by_source.setdefault(listing.source, []).append(listing.row.external_id)
    for source, names in sorted(by_source.items()):
        rows = Product.objects.filter(source=source, external_id__in=names).order_by("pk").select_for_update()
        for row in rows.values("id", "source", "external_id", "supplier_id", *_SAID):
            found[row["source"], row["external_id"]] = dict(row)
    return found


def _tiers_of(product_ids: Iterable[int]) -> dict[int, Tiers]:
    rows = PriceTier.objects.filter(product__in=list(product_ids)).order_by("from_quantity")
    tiers: dict[int, Tiers] = {}
    for product_id, quantity, minor in rows.values_list("product_id", "from_quantity", "unit_price_minor"):
        tiers[product_id] = (*tiers.get(product_id, ()), (quantity, minor))
    return tiers


def _record(listing: Listing, said: Mapping[str, Any]) -> Record:
    stamp = now().isoformat()
    return {
        **{name: said[name] for name in _SAID},
        "public_id": new_public_id(),
        "source": listing.source,
        "external_id": listing.row.external_id,
        "supplier_id": listing.supplier_id,
        "status": ProductStatus.LISTED,
        **_FRESH,
        "fetched_at": stamp,
        "updated_at": stamp,
    }


def _write(records: list[Record]) -> dict[Key, int]:
    """Insert or update the products, in one order for every import, and return their ids."""
    records.sort(key=lambda record: (record["source"], record["external_id"]))
    with connection.cursor() as cursor:
        cursor.execute(_upsert(), [json.dumps(records)])
        return {(source, external_id): pk for pk, source, external_id in cursor.fetchall()}


def _typed(model: type[Model], columns: Iterable[str]) -> tuple[str, str]:
    """Return the table of ``model`` and its columns with their types, as SQL."""
    meta = model._meta  # noqa: SLF001  Django documents it as public in spite of its name
    types = {field.column: field.db_type(connection) for field in meta.concrete_fields}
    return meta.db_table, ", ".join(f"{name} {types[name]}" for name in columns)


@cache
def _upsert() -> str:
    """Return the statement; every name in it comes from the model."""
    columns = (*_ONCE, *_SAID, *_TIMES)
    table, typed = _typed(Product, columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*_SAID, *_TIMES))
    listed = ", ".join(columns)
    return (
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM json_to_recordset(%s) AS said ({typed}) "  # noqa: S608
        f"ON CONFLICT (source, external_id) DO UPDATE SET {changes} "
        # Should another supplier have taken the name a moment ago, its product stays and this batch is tried again.
        f"WHERE {table}.supplier_id = excluded.supplier_id RETURNING id, source, external_id"
    )


def _replace_tiers(ladders: Mapping[int, Tiers]) -> None:
    """Write the price lists of these products; one that looked new may have come from another import meanwhile."""
    PriceTier.objects.filter(product__in=list(ladders)).delete()
    columns = ("product_id", "from_quantity", "unit_price_minor")
    table, typed = _typed(PriceTier, columns)
    rows = [
        dict(zip(columns, (pk, quantity, minor), strict=True))
        for pk, ladder in ladders.items()
        for quantity, minor in ladder
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM json_to_recordset(%s) AS said ({typed})",  # noqa: S608
            [json.dumps(rows)],
        )
