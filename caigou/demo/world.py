"""The authored files of the demonstration: who sells, and what; plain data, no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from caigou.demo.people import DATA

#: The parts in which the world was written, in the order in which it is told.
_PARTS: Final = ("home", "fashion", "technical")
SUPPLIERS: Final = (DATA / "suppliers.jsonl", *(DATA / "suppliers" / f"{part}.jsonl" for part in _PARTS))
GOODS: Final = tuple(
    path
    for path in (DATA / "catalogue.jsonl", *(DATA / "goods" / f"{part}.jsonl" for part in _PARTS))
    if path.is_file()
)
#: Marks a title that is awkward on purpose; it tells the tests, not the catalogue.
MARK: Final = "awkward"


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of one file, in its order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def goods_lines() -> list[str]:
    """Return all goods as lines of the import's format."""
    rows = [row for path in GOODS for row in lines(path)]
    return [json.dumps({name: row[name] for name in row if name != MARK}, ensure_ascii=False) for row in rows]
