"""Synthetic products as search knows them, one after the other, without PostgreSQL between."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import caigou
from bench.synthetic import goods, suppliers
from caigou.search.completing import completions_of
from caigou.search.lexicon import PIECES
from caigou.search.ports import Document, Step

_TREE: Final = Path(caigou.__file__).parent / "catalogue" / "data" / "categories"
_FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
#: Much as search/documents.py would judge them.
_QUALITY: Final = {"verified_factory": 0.45, "licence_checked": 0.3, "none": 0.1}


def documents(count: int) -> Iterator[Document]:
    """Yield ``count`` products of ``bench.synthetic`` with their suppliers and categories, ids from 1."""
    sellers = {row["key"]: row for row in suppliers(count)}
    for number, row in enumerate(goods(count, leaves()), start=1):
        yield _document(number, row, sellers[row["supplier"]])


@cache
def _tree() -> dict[str, dict[str, Any]]:
    rows = (
        json.loads(line)
        for path in sorted(_TREE.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return {row["slug"]: row for row in rows}


@cache
def leaves() -> list[str]:
    """Return the slugs of the categories that have none below them."""
    parents = {row["parent"] for row in _tree().values()}
    return [slug for slug in _tree() if slug not in parents]


@cache
def _path(slug: str) -> tuple[str, ...]:
    return (*(_path(parent) if (parent := _tree()[slug]["parent"]) else ()), slug)


def _document(number: int, row: Mapping[str, Any], seller: Mapping[str, Any]) -> Document:
    names = [_tree()[slug][name] for slug in reversed(_path(row["category"])) for name in ("name_en", "name_zh")]
    values = [value for entry in row["attributes"] for value in (entry["value_en"], entry["value_zh"])]
    return Document(
        id=number,
        title_en=row["title_en"],
        title_zh=row["title_zh"],
        description=f"{row['description_en']}\n{row['description_zh']}",
        attributes=PIECES.join([*names, *values]),
        external_id=row["external_id"],
        kind=seller["kind"],
        qualification=seller["qualification"],
        verified_until=date.fromisoformat(seller["verified_until"]) if seller["verified_until"] else None,
        country="CN",
        province=seller["province"],
        city=seller["city"],
        categories=_path(row["category"]),
        sample=number % 3 == 0,
        own_logo=number % 4 == 0,
        lead_days=row["lead_days"],
        rating=35 + number % 16 if number % 5 else None,
        moq=row["moq"],
        currency=row["currency"],
        steps=[Step(tier["from"], round(float(tier["price"]) * 100)) for tier in row["tiers"]],
        quality=_QUALITY[seller["qualification"]],
        updated_at=_FIRST + timedelta(seconds=number),
        completions=completions_of(
            title_en=row["title_en"],
            title_zh=row["title_zh"],
            categories=_path(row["category"]),
            supplier=(seller["key"], seller["name_en"], seller["name_zh"]),
        ),
    )
