"""The people of the demonstration, read from the authored file; plain data, no database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
#: Every demo person's password: printed by ``caigou up``, worthless anywhere else.
PASSWORD = "caigou-demo-1688"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to sign in as; ``role`` is buyer, supplier or staff."""

    key: str
    name: str
    email: str
    role: str
    language: str
    company_en: str
    company_zh: str
    country: str
    supplier: str | None
    addresses: tuple[dict[str, str], ...]
    password: str = PASSWORD


def read(name: str) -> Any:
    """Return the content of one authored JSON file."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def people() -> tuple[Person, ...]:
    """Return everybody, in the order of the file: buyers first."""
    return tuple(
        Person(
            key=row["key"],
            name=row["name"],
            email=row["email"],
            role=row["role"],
            language=row["language"],
            company_en=row["company"]["name_en"],
            company_zh=row["company"].get("name_zh") or "",
            country=row["company"]["country"],
            supplier=row.get("supplier"),
            addresses=tuple(row.get("addresses") or ()),
        )
        for row in read("people.json")
    )
