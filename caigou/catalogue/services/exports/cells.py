"""A row as the cells of a spreadsheet: one column for each field, lists as text, and no text that runs as a formula."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from caigou.catalogue.services.imports.fields import SPREAD
from caigou.catalogue.services.imports.formulas import disarmed

#: The columns in their order; the import takes them in any.
COLUMNS: Final = (
    "external_id", "supplier", "source", "status", "title_en", "title_zh", "description_en", "description_zh",
    "category", "unit", "currency", "moq", "order_multiple", "quote_type", "tiers", "variants", "carton_pieces",
    "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_g", "weight_g", "lead_days",
    "sample_offered", "sample_price", "sample_most", "sample_days", "customisation", "hs_code", "rating_average",
    "rating_count", "sold", "attributes", "pictures", "source_url", "drawing", "hue", "look",
)  # fmt: skip


def cells_of(row: Mapping[str, Any]) -> list[str | int | None]:
    """Return the cells of a row of ``rows.row_of``, in the order of ``COLUMNS``.

    A text at which a spreadsheet program would begin to calculate gets a quotation mark before it; the import takes
    it away again.
    """
    flat = _flat(row)
    return [_cell(flat.get(column)) for column in COLUMNS]


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = dict(row)
    for name in SPREAD:
        inner = flat.pop(name)
        if isinstance(inner, Mapping):
            flat.update({f"{name}_{member}": value for member, value in inner.items()})
    sample = row["sample"]
    flat["sample_offered"] = None if sample is None else "no" if sample is False else "yes"
    flat["tiers"] = "|".join(f"{tier['from']}:{tier['price']}" for tier in row["tiers"])
    flat["pictures"] = "|".join(row["pictures"])
    for name in ("variants", "customisation", "attributes"):
        flat[name] = json.dumps(row[name], ensure_ascii=False) if row[name] else None
    return flat


def _cell(value: Any) -> str | int | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, int) else disarmed(str(value))
