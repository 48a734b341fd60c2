"""docs/traceability.md names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.databases import ROOT

PAGE = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:caigou|tests)/[\w/.]+\.py(?:::\w+)?)`", PAGE)))


@cache
def _tests_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _is_there(named: str) -> bool:
    path, _, test = named.partition("::")
    return (ROOT / path).is_file() and (not test or test in _tests_of(ROOT / path))


def test_a_proof_that_is_named_exists() -> None:
    assert len(NAMED) > 60
    assert [named for named in NAMED if not _is_there(named)] == []


def test_every_row_names_its_proof() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ID", "| sentence"))]
    assert len(rows) > 60
    assert [row for row in rows if not re.search(r"`[^`]+` \|$|\.md \|$|`make \w+` \|$|README.md \| – \|$", row)] == []


def test_every_capability_of_the_issue_is_there() -> None:
    assert re.findall(r"^\| ([AF]\d+) \|", PAGE, re.MULTILINE) == ["F4", "F6", "F8", "F10", "F12", "A13"]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\bdocs/[\w/.-]+\.md", PAGE))))
def test_a_page_that_is_named_exists(link: str) -> None:
    assert (ROOT / link).is_file()
