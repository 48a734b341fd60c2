"""ARCHITECTURE.md says what the house is: its floors are those that import-linter holds, its links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.name for path in ROOT.glob("*.md")) + sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")
)


def test_the_page_draws_the_floors_that_are_held() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = [re.findall(r"`(\w+)`", row.split(" | ")[0].replace("\\|", "")) for row in _rows(page)]
    held = [re.split(r"\s*\|\s*", floor) for floor in contract["layers"]]
    assert drawn == held


def _rows(page: str) -> list[str]:
    table = page.split("| floor |")[1].split("\n\n", maxsplit=1)[0]
    return [row for row in table.splitlines()[2:] if row.startswith("|")]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_between_pages_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    missing = [link for link in links if not ((ROOT / page).parent / link).exists()]
    assert not missing
