"""What belongs to a product in tables of its own: price tiers, variants, the gallery; many products at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model
from msgspec.json import encode

from caigou.catalogue.models import PriceTier, ProductPicture, Variant
from caigou.catalogue.services.imports.steps import Listing
from caigou.catalogue.services.imports.variants import VariantRow
from caigou.catalogue.services.pictures import keep_covers
from caigou.kernel.ids import new_public_id

Tiers = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Parts:
    """What a product has: tiers as (from quantity, minor units), variants, and the ids of its pictures, in order."""

    tiers: Tiers = ()
    variants: tuple[VariantRow, ...] = ()
    pictures: tuple[int, ...] = field(default=())


NOTHING = Parts()


def parts_of(product_ids: Sequence[int]) -> dict[int, Parts]:
    """Return the parts of these products by id, in three queries; in none for no products."""
    if not product_ids:
        return {}
    found: dict[int, Parts] = {pk: Parts() for pk in product_ids}
    tiers = PriceTier.objects.filter(product__in=product_ids).order_by("from_quantity")
    for pk, quantity, minor in tiers.values_list("product_id", "from_quantity", "unit_price_minor"):
        found[pk].tiers += ((quantity, minor),)
    rows = Variant.objects.filter(product__in=product_ids).order_by("position", "pk")
    columns = ("product_id", "external_id", "options", "unit_price_minor", "stock", "weight_g")
    for pk, name, options, minor, stock, weight in rows.values_list(*columns):
        found[pk].variants += (VariantRow(name, _frozen(options), minor, stock, weight),)
    gallery = ProductPicture.objects.filter(product__in=product_ids).order_by("position", "pk")
    for pk, picture in gallery.values_list("product_id", "picture_id"):
        found[pk].pictures += (picture,)
    return found


def _frozen(options: Any) -> tuple[tuple[tuple[str, str], ...], ...]:
    names = ("name_en", "name_zh", "value_en", "value_zh")
    return tuple(tuple((name, option.get(name) or "") for name in names) for option in options)


def differs(had: Parts, listing: Listing) -> bool:
    """Say whether the row states other prices, variants or pictures than the product has."""
    row = listing.row
    if had.tiers != row.tiers or had.variants != row.variants:
        return True
    return bool(listing.pictures) and had.pictures != listing.pictures


def write_parts(changes: Sequence[tuple[int, Listing, Parts]]) -> None:
    """Bring the parts of products to what their rows state; one that looked new may have come from another import."""
    _write_tiers({pk: listing.row.tiers for pk, listing, had in changes if had.tiers != listing.row.tiers})
    _write_variants({pk: listing.row.variants for pk, listing, had in changes if had.variants != listing.row.variants})
    _write_gallery(
        {pk: listing.pictures for pk, listing, had in changes if listing.pictures and had.pictures != listing.pictures}
    )


def _write_tiers(ladders: Mapping[int, Tiers]) -> None:
    if not ladders:
        return
    PriceTier.objects.filter(product__in=list(ladders)).delete()
    columns = ("product_id", "from_quantity", "unit_price_minor")
    _insert(
        PriceTier,
        [
            dict(zip(columns, (pk, quantity, minor), strict=True))
            for pk, ladder in ladders.items()
            for quantity, minor in ladder
        ],
    )


def _write_variants(rows: Mapping[int, Sequence[VariantRow]]) -> None:
    """Update by name, so that a variant keeps its public id; those that the file no longer names go."""
    if not rows:
        return
    named = [(pk, one.external_id) for pk, found in rows.items() for one in found]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM catalogue_variant WHERE product_id = ANY(%s) AND (product_id, external_id) NOT IN "
            "(SELECT * FROM unnest(%s::bigint[], %s::text[]))",
            [list(rows), [pk for pk, _name in named], [name for _pk, name in named]],
        )
    values = [
        {
            "public_id": new_public_id(),
            "product_id": pk,
            "external_id": one.external_id,
            "position": position,
            "options": [dict(option) for option in one.options],
            "unit_price_minor": one.unit_price_minor,
            "stock": one.stock,
            "weight_g": one.weight_g,
        }
        for pk, found in rows.items()
        for position, one in enumerate(found)
    ]
    _insert(Variant, values, key=("product_id", "external_id"), once=("public_id",))


def _write_gallery(galleries: Mapping[int, Sequence[int]]) -> None:
    if not galleries:
        return
    ProductPicture.objects.filter(product__in=list(galleries)).delete()
    _insert(
        ProductPicture,
        [
            {"product_id": pk, "picture_id": picture, "position": position}
            for pk, gallery in galleries.items()
            for position, picture in enumerate(gallery)
        ],
    )
    keep_covers(galleries)


def _insert(
    model: type[Model], rows: Sequence[Mapping[str, Any]], *, key: Iterable[str] = (), once: Iterable[str] = ()
) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, tuple(rows[0]), tuple(key), tuple(once)), [as_json(rows)])


@cache
def _statement(model: type[Model], columns: tuple[str, ...], key: tuple[str, ...], once: tuple[str, ...]) -> str:
    """Return the statement that inserts rows from one JSON value; every name in it comes from the model."""
    table, typed_columns = typed(model, columns)
    listed = ", ".join(columns)
    statement = f"INSERT INTO {table} ({listed}) SELECT {listed} FROM json_to_recordset(%s) AS said ({typed_columns})"  # noqa: S608
    if not key:
        return statement
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in (*key, *once))
    return f"{statement} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the one JSON value that carries ``rows`` into PostgreSQL."""
    return encode(rows).decode()


def typed(model: type[Model], columns: Iterable[str]) -> tuple[str, str]:
    """Return the table of ``model`` and its columns with their types, as SQL."""
    meta = model._meta  # noqa: SLF001  Django documents it as public in spite of its name
    types = {column.column: column.db_type(connection) for column in meta.concrete_fields}
    return meta.db_table, ", ".join(f"{name} {types[name]}" for name in columns)
