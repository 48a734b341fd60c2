"""Goods of the import's format as search knows them: imported into PostgreSQL and read from there, as in a house."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from caigou.search.ports import Document


@cache
def demo_documents() -> list[Document]:
    """Import the demonstration's suppliers and goods into the empty database; return what the index would hold."""
    from caigou.demo.world import SUPPLIERS, goods_lines

    with tempfile.TemporaryDirectory() as folder:
        goods = Path(folder) / "goods.jsonl"
        goods.write_text("\n".join(goods_lines()), encoding="utf-8")
        return _imported(SUPPLIERS, goods)


def imported_documents(folder: Path) -> list[Document]:
    """The same for ``goods.jsonl`` and, if it is there, ``suppliers.jsonl`` of ``folder``."""
    sellers = folder / "suppliers.jsonl"
    return _imported([sellers] if sellers.is_file() else [], folder / "goods.jsonl")


def _imported(sellers: Iterable[Path], goods: Path) -> list[Document]:
    from caigou.catalogue.models import Product
    from caigou.catalogue.services.imports import import_file, import_suppliers, load_own_categories
    from caigou.kernel.actor import SYSTEM
    from caigou.search.documents import documents_of

    load_own_categories()
    for path in sellers:
        import_suppliers(path)
    run = import_file(goods, by=SYSTEM)
    refused = run.refused.first()
    if refused is not None:
        raise SystemExit(f"{goods.name}, line {refused.line}: {refused.reason}")
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    return sorted(documents_of(ids), key=lambda document: document.id)
