"""Files and rows for the tests of the import; the values that matter stand in the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from caigou.catalogue.models import ImportRun, Product, Supplier
from caigou.catalogue.services.imports import ensure_supplier, import_file
from caigou.kernel.actor import SYSTEM

HEADER = "external_id,title_en,title_zh,currency,moq,tiers"


def product(external_id: str = "M-1", **changes: Any) -> dict[str, Any]:
    """A row of our JSON Lines that is right; ``changes`` make it wrong or different."""
    row = {
        "external_id": external_id,
        "title_en": "Stoneware mug",
        "title_zh": "陶瓷马克杯",
        "currency": "CNY",
        "moq": 240,
        "order_multiple": 24,
        "tiers": [{"from": 240, "price": "13.80"}, {"from": 720, "price": "12.60"}],
    }
    return {name: value for name, value in {**row, **changes}.items() if value is not ...}


def write_json(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_csv(path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join([header, *lines, ""]).encode(encoding))
    return path


def seller(name: str = "Dehua Kiln") -> Supplier:
    return ensure_supplier(name)


def take(path: Path, **options: Any) -> ImportRun:
    """Import for one seller, as the system."""
    return import_file(path, **{"by": SYSTEM, "supplier": seller(), **options})


def codes(run: ImportRun) -> list[tuple[int, str]]:
    """Every refusal and note as (line, code)."""
    return list(run.refused.values_list("line", "code"))


def titles() -> list[str]:
    return list(Product.objects.order_by("external_id").values_list("title_en", flat=True))


def reconciles(run: ImportRun) -> bool:
    """One row is one product: what was read is what was taken and what was refused."""
    return run.rows_read == run.products_total + run.rows_refused and run.rows_total == run.rows_read
