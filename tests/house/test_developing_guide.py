"""Whoever follows docs/developing.md literally gets a house that works: its own tests say so."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from caigou.cli.postgres import Cluster
from tests.support.databases import ROOT
from tests.support.guide import Block, OutOfDate, blocks, copy_house, put, run

PYTEST = ".venv/bin/pytest -q "
MESSAGES = "make messages"
GUIDE = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")


@pytest.fixture
def house() -> Iterator[Path]:
    """A copy of the checkout, in a folder that the database's user may pass through."""
    with tempfile.TemporaryDirectory(prefix="caigou-guide-") as name:
        Path(name).chmod(0o755)
        copy = Path(name).resolve() / "house"
        copy_house(copy)
        yield copy
        for data in [copy / "var" / "postgres", *(copy / "var" / "test").glob("*/")]:
            Cluster(data, durable=False).remove()


def untranslated(house: Path) -> set[str]:
    return set(run(house, ".venv/bin/python -m caigou.cli.translations check || true").splitlines())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_walk_throughs_work_as_they_are_written(house: Path) -> None:
    """In the guide's order, but what it says several times (collect the words, run tests) is done once, at the end."""
    before = untranslated(house)
    tests: list[str] = []
    for block in blocks(GUIDE):
        if block.place:
            put(house, block)
        for command in block.commands:
            if command.startswith(PYTEST):
                tests.append(command.removeprefix(PYTEST))
            elif command != MESSAGES:
                run(house, command)
    run(house, MESSAGES)
    assert untranslated(house) <= before, "the guide leaves words untranslated"
    run(house, PYTEST + " ".join(tests))
    assert "ProductWithdrawn" in (house / "docs" / "events.md").read_text(encoding="utf-8")


def test_each_walk_through_is_there() -> None:
    for heading in ("Add a field", "Add a page", "Add an event", "Add an adapter"):
        part = GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        commands = [command for block in blocks(part) for command in block.commands]
        assert any("pytest" in command for command in commands), f"{heading}: followed by no test"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("one\ntwo\nthree = two\n")
    return tmp_path


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("a.py, after: one", "one\nnew\ntwo\nthree = two\n"),
        ("a.py, before: one", "new\none\ntwo\nthree = two\n"),
        ("a.py, instead of: one", "new\ntwo\nthree = two\n"),
        ("a.py, at the end", "one\ntwo\nthree = two\nnew\n"),
    ],
)
def test_a_block_goes_where_it_says(page: Path, place: str, text: str) -> None:
    put(page, Block(place, "new\n"))
    assert (page / "a.py").read_text() == text


@pytest.mark.parametrize(
    "place",
    ["a.py, after: four", "a.py, after: two", "b.py, after: one", "b.py, at the end", "new file: a.py", "a.py"],
)
def test_a_place_that_is_not_there_once_fails(page: Path, place: str) -> None:
    with pytest.raises(OutOfDate):
        put(page, Block(place, "new\n"))


def test_a_command_that_fails_fails(page: Path) -> None:
    with pytest.raises(OutOfDate, match="boom"):
        run(page, ".venv/bin/python -c \"raise SystemExit('boom')\"")
