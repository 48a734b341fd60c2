"""What the guides name is there: what to click on the first day, the figures to watch, what a program may ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from caigou.api.search import SearchIn
from caigou.cli import translations
from caigou.config import metrics
from tests.support.databases import ROOT


def guide(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_is_to_be_clicked_on_the_first_day_stands_on_a_page() -> None:
    """Whatever is bold there is a word of the product, as it is said."""
    said = {word for message in translations.collect() for word in _words(message.id)}
    bold = {" ".join(found.split()) for found in re.findall(r"\*\*(.+?)\*\*", guide("first-day.md"), re.DOTALL)}
    assert len(bold) > 15
    assert sorted(bold - said - {"bold"}) == []


def _words(message: object) -> list[str]:
    return [message] if isinstance(message, str) else list(message)  # type: ignore[call-overload]


def test_every_figure_that_is_measured_is_in_the_guide_and_no_other() -> None:
    served = {name for name, _help, _question in metrics._ASKED} | {"caigou_request_seconds"}
    named = set(re.findall(r"\bcaigou_[a-z_]+", guide("operating.md").split("## Metrics")[1].split("\n## ")[0]))
    assert {name.removesuffix("_count") for name in named} == served


def test_every_parameter_of_the_search_is_in_the_guide_and_no_other() -> None:
    table = guide("api.md").split("| parameter | what |")[1].split("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(cells))) == set(SearchIn.model_fields)


def test_every_command_that_a_guide_shows_is_one() -> None:
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    shown = {name for page in pages for name in re.findall(r"\.venv/bin/caigou ([a-z-]+)", _text(page))}
    from caigou.cli.main import app

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert shown <= known, shown - known


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")
