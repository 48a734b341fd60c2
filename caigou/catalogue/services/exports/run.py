"""A whole export: every product that the actor may see, in the order of supplier and name, to a file."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from caigou.catalogue.models import Product, Supplier
from caigou.catalogue.services.exports.files import writer_for
from caigou.catalogue.services.exports.rows import Row, row_of
from caigou.kernel.actor import Actor
from caigou.kernel.errors import NotAllowed

CHUNK = 500
#: Called with the rows written and how many there are.
Progress = Callable[[int, int | None], None]


def export_file(path: Path, *, by: Actor, supplier: Supplier | None = None, progress: Progress | None = None) -> int:
    """Write the catalogue, or that of one supplier, to ``path`` and return how many products (B8).

    The ending says the format: ``.jsonl``, ``.csv``, both also with ``.gz``, or ``.xlsx``. Importing the file changes
    nothing. The file is there whole or not at all. Raises ``NotAllowed`` for buyers, and for a supplier that asks for
    somebody else's goods; ``ExportRefused`` for another ending, or goods that the format can't hold; ``OSError``.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        half = Path(folder) / "half"
        with writer_for(half, path.name) as writer:
            done = 0
            for row, total in exported_rows(by=by, supplier=supplier):
                writer.write(row)
                done += 1
                if progress is not None and done % CHUNK == 0:
                    progress(done, total)
        half.replace(path)
    return done


def exported_rows(*, by: Actor, supplier: Supplier | None = None) -> Iterator[tuple[Row, int]]:
    """Yield each row and how many there are; raises ``NotAllowed``."""
    _check_may_export(by, supplier)
    return _rows(supplier)


def _check_may_export(by: Actor, supplier: Supplier | None) -> None:
    if by.is_staff or by.is_system:
        return
    if by.role != "supplier" or supplier is None or supplier.company_id != by.company_id:
        raise NotAllowed(_("Only the platform's staff, or a supplier for its own goods, may export a catalogue."))


def _rows(supplier: Supplier | None) -> Iterator[tuple[Row, int]]:
    with _one_moment():
        names = _names()
        goods = Product.objects.all() if supplier is None else Product.objects.filter(supplier=supplier)
        total = goods.count()
        loaded = (
            goods.select_related("supplier", "category")
            .prefetch_related("price_tiers", "variants", "pictures__picture")
            .order_by("supplier_id", "source", "external_id")
        )
        for product in loaded.iterator(chunk_size=CHUNK):
            yield row_of(product, names[product.supplier_id]), total


@contextmanager
def _one_moment() -> Iterator[None]:
    """See everything as it was at the beginning: else a price of now stood beside the currency of a minute ago.

    Inside a transaction of the caller's that one decides.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _names() -> dict[int, str]:
    """Return how a file names each supplier, so that the import finds the same one."""
    suppliers = list(Supplier.objects.select_related("company"))
    used = Counter(name for s in suppliers for name in {s.key, s.company.name_en.lower(), s.company.name_zh} if name)
    found = {}
    for supplier in suppliers:
        name = supplier.company.name_en or supplier.company.name_zh
        found[supplier.pk] = supplier.key or (name if used[name.lower()] == 1 else supplier.public_id)
    return found
