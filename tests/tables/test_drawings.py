"""docs/states.md and docs/events.md say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from caigou.config import drawings
from caigou.config.calls import CALLS
from caigou.config.clocks import CLOCKS
from caigou.config.events import HEARS
from caigou.kernel.events import known_events
from caigou.kernel.states import STATE_TABLES


@pytest.mark.parametrize("command", sorted(drawings.PAGES))
def test_the_page_is_what_the_command_draws(command: str) -> None:
    path, drawn = drawings.PAGES[command]
    assert path.read_text(encoding="utf-8") == drawn(), f"run `caigou manage {command}`"


@pytest.mark.parametrize("command", sorted(drawings.PAGES))
def test_the_command_writes_the_page(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, drawn = drawings.PAGES[command]
    monkeypatch.setitem(drawings.PAGES, command, (tmp_path / path.name, drawn))
    call_command(command, verbosity=0)
    assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_every_arrow_of_every_table_is_drawn() -> None:
    """Read back from the drawing, a second way than the one that drew it."""
    page = drawings.states_page()
    for name, table in STATE_TABLES.items():
        chapter = page.split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
        drawn = set(re.findall(r"^    (\w+) --> (\w+)$", chapter, re.MULTILINE))
        assert drawn == {(state, after) for state, arrows in table.moves.items() for after in arrows}
        assert f"    [*] --> {table.start}\n" in chapter


def test_every_event_call_and_clock_is_named() -> None:
    page = drawings.events_page()
    for name in (*(event.kind for event in known_events()), *CALLS, *(clock.__qualname__ for clock in CLOCKS)):
        assert name in page
    for event, handlers in HEARS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{event.kind}` |"))
        assert all(handler.__qualname__ in row for handler in handlers)


def test_a_life_cycle_is_the_one_that_its_rows_can_have() -> None:
    """Each state of a table is a choice of the status column, and the other way round."""
    from django.apps import apps

    for name, table in STATE_TABLES.items():
        field = apps.get_model(name)._meta.get_field("status")
        assert {value for value, _label in field.choices or ()} == set(table.moves)
