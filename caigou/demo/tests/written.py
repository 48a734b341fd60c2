"""The authored goods and suppliers as they stand in their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from caigou.catalogue.services.imports.trees import OWN_TREE
from caigou.demo.world import GOODS, lines
from caigou.demo.world import SUPPLIERS as SUPPLIER_FILES

Row = dict[str, Any]

HAN = re.compile(r"[\u4e00-\u9fff]")
PRICE = re.compile(r"[1-9]\d*\.\d{2}|0\.\d[1-9]|0\.[1-9]0")
DRAWINGS = Path(__file__).resolve().parents[2] / "ui" / "drawings"

PRODUCTS: list[Row] = [row for path in GOODS for row in lines(path)]
SUPPLIERS: dict[str, Row] = {row["key"]: row for path in SUPPLIER_FILES for row in lines(path)}
CATEGORIES: dict[str, Row] = {row["slug"]: row for path in OWN_TREE for row in lines(path)}
#: How many lines the supplier files have: fewer suppliers than lines would mean a key that stands twice.
SUPPLIER_LINES = sum(len(lines(path)) for path in SUPPLIER_FILES)


def is_drawn(row: Row) -> bool:
    return (DRAWINGS / f"{row['drawing']}.svg").is_file()


def english_tokens(title: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", title.lower()))


def chinese_tokens(title: str) -> set[str]:
    """Pairs of neighbouring characters, and Latin words whole."""
    runs = re.findall(r"[\u4e00-\u9fff]+", title)
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    return pairs | english_tokens(title)
