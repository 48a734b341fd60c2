"""The pages of docs that are drawn from the tables of the code: life cycles, and who hears what.

``caigou manage states`` and ``caigou manage hears`` write them; a test fails when one has fallen behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.module_loading import autodiscover_modules

from caigou.kernel.states import STATE_TABLES, StateTable

DOCS = Path(__file__).resolve().parents[2] / "docs"
_HEAD = "<!-- Drawn by `caigou manage {command}`; a test holds it to the code. Don't edit. -->\n"


def states_page() -> str:
    """Return docs/states.md: each registered life cycle as a diagram and a table."""
    tables = sorted(STATE_TABLES.values(), key=lambda table: table.name)
    intro = (
        "# Life cycles\n\n"
        f"{_HEAD.format(command='states')}\n"
        "Every status of the house moves by the arrows drawn here and by no others: `kernel.states.check_move`\n"
        "refuses the rest, and `tests/tables/test_state_tables.py` walks every pair. One service function stands\n"
        "behind each arrow.\n"
    )
    return "\n".join([intro, *(_life_cycle(table) for table in tables)])


def _life_cycle(table: StateTable) -> str:
    label, field = table.name.split(".")
    words = _words(apps.get_model(label, field))
    ends = [state for state, arrows in table.moves.items() if not arrows]
    drawing = [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {table.start}",
        *(f"    {state} --> {after}" for state, arrows in table.moves.items() for after in sorted(arrows)),
        *(f"    {state} --> [*]" for state in ends),
        "```",
    ]
    rows = [
        f"| `{state}` | {words.get(state, state)} | {_list(sorted(arrows)) or 'nothing: it is an end'} |"
        for state, arrows in table.moves.items()
    ]
    head = ["| state | shown as | may become |", "|---|---|---|"]
    return "\n".join([f"## {table.name}\n", *drawing, "", *head, *rows, ""])


def _words(model: type[Model]) -> dict[str, str]:
    """What people read for each state, in English."""
    from django.utils.translation import override

    field: Any = model._meta.get_field("status")  # noqa: SLF001  Django's own way to ask
    choices = field.choices or ()
    with override("en"):
        return {str(value): str(label) for value, label in choices}


def events_page() -> str:
    """Return docs/events.md: who hears each event, which calls go out, which clocks tick."""
    from caigou.config.calls import CALLS
    from caigou.config.clocks import CLOCKS
    from caigou.config.events import HEARS
    from caigou.kernel.events import known_events

    autodiscover_modules("events")
    told = known_events()
    hears = {event: HEARS.get(event, ()) for event in told}
    lines = [
        "# Who hears what\n",
        _HEAD.format(command="hears"),
        "A service tells what happened with `jobs.outbox.publish`, in the transaction that makes it true. The",
        "worker tells everyone in this table, once each: what a handler does and the mark that it is done are one",
        "transaction.\n",
        "```mermaid",
        "flowchart LR",
        *(f"    {_arrow(event.kind, _name(handler))}" for event in told for handler in hears[event]),
        "```",
        "",
        "| event | it means | heard by |",
        "|---|---|---|",
        *(f"| `{e.kind}` | {_says(e)} | {_list(_name(h) for h in hears[e]) or 'nobody yet'} |" for e in told),
        "",
        "## Calls\n",
        "Work that talks to the outside, or takes long: stored as an intent, made by the worker outside any",
        "transaction, under a lease and with one key at every try.\n",
        "| call | it does |",
        "|---|---|",
        *(f"| `{name}` | {_says(call)} |" for name, call in sorted(CALLS.items())),
        "",
        "## Clocks\n",
        "Each does every deadline of its kind that is due; the worker asks them every two seconds.\n",
        "| clock | it does |",
        "|---|---|",
        *(f"| `{_name(clock)}` | {_says(clock).removeprefix('Clock: ')} |" for clock in CLOCKS),
        "",
    ]
    return "\n".join(lines)


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__qualname__}".removeprefix("caigou.")


def _arrow(event: str, handler: str) -> str:
    return f"{event.replace('.', '_')}([{event}]) --> {handler.replace('.', '_')}[{handler}]"


def _says(thing: object) -> str:
    """The first sentence of a docstring, on one line; nothing for one that says only its own fields."""
    text = (thing.__doc__ or "").strip()
    if text.startswith(f"{getattr(thing, '__name__', '')}("):
        return ""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`")


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


#: Which command writes which page.
PAGES: dict[str, tuple[Path, Callable[[], str]]] = {
    "states": (DOCS / "states.md", states_page),
    "hears": (DOCS / "events.md", events_page),
}


def write(command: str) -> Path:
    """Draw one page anew; returns where it stands."""
    path, drawn = PAGES[command]
    path.write_text(drawn(), encoding="utf-8")
    return path
