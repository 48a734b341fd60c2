"""The developer's guide, followed literally: its blocks put where their first lines say, its commands run.

``docs/developing.md`` explains the first lines to people; this reads the same. A place that can't be found once and
only once is a guide that is out of date.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.databases import ROOT

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"^(?:#|<!--|\{#) (.*?)(?: -->| #\})?$")
_NEW = "new file: "
_END = ", at the end"
_PLACED = re.compile(r"(?P<path>[\w./-]+), (?P<how>after|before|instead of): (?P<text>.+)")


class OutOfDate(AssertionError):
    """The guide names a place that isn't there any more, or a command that fails."""


@dataclass(frozen=True)
class Block:
    """One block of the guide: where it belongs, or the commands of a console."""

    place: str
    text: str
    commands: tuple[str, ...] = ()


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page in their order."""
    for kind, body in _FENCE.findall(page):
        if kind == "console":
            yield Block("", body, tuple(line[2:] for line in body.splitlines() if line.startswith("$ ")))
            continue
        first, _newline, rest = body.partition("\n")
        comment = _COMMENT.match(first)
        if comment is None:
            raise OutOfDate(f"a block doesn't say where it belongs: {first!r}")
        yield Block(comment[1], rest)


def copy_house(to: Path) -> None:
    """Copy the checkout, without what it ignores."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line]
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(".git", *ignored))


def put(house: Path, block: Block) -> Path:
    """Put a block where its first line says; return the file. Raises ``OutOfDate``."""
    if block.place.startswith(_NEW):
        path = house / block.place.removeprefix(_NEW)
        if path.exists():
            raise OutOfDate(f"{path.name} is no new file any more")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return path
    if block.place.endswith(_END):
        path = house / block.place.removesuffix(_END)
        if not path.exists():
            raise OutOfDate(f"there is no {path.name} any more")
        with path.open("a", encoding="utf-8") as file:
            file.write(block.text)
        return path
    placed = _PLACED.fullmatch(block.place)
    if placed is None:
        raise OutOfDate(f"a block says in no known way where it belongs: {block.place!r}")
    path = house / placed["path"]
    path.write_text(_changed(path, placed["how"], placed["text"], block.text), encoding="utf-8")
    return path


def _changed(path: Path, how: str, text: str, more: str) -> str:
    if not path.exists():
        raise OutOfDate(f"there is no {path.name} any more")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if text in line]
    if len(found) != 1:
        raise OutOfDate(f"{len(found)} lines of {path.name} say {text!r}; the guide wants one")
    at = found[0]
    start, end = {"after": (at + 1, at + 1), "before": (at, at), "instead of": (at, at + 1)}[how]
    return "".join([*lines[:start], more, *lines[end:]])


def run(house: Path, command: str) -> str:
    """Run a command of the guide in the copy; return what it said. Raises ``OutOfDate`` when it fails."""
    done = subprocess.run(
        _spelled(command), shell=True, cwd=house, env=_environment(house), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OutOfDate(f"{command} failed:\n{(done.stdout + done.stderr)[-6000:]}")
    return done.stdout


def _spelled(command: str) -> str:
    """Spell out what `make` and the programs of the environment do; the copy has no environment of its own."""
    python = sys.executable
    ours = {
        "make messages": f"{python} -m caigou.cli.translations update",
        ".venv/bin/caigou": f"{python} -m caigou.cli",
        ".venv/bin/pytest": f"{python} -m pytest -n0 -p no:cacheprovider",
        ".venv/bin/": f"{Path(python).parent}/",
    }
    return re.sub("|".join(map(re.escape, ours)), lambda found: ours[found[0]], command)


def _environment(house: Path) -> dict[str, str]:
    unwanted = ("CAIGOU_", "DATABASE_", "DJANGO_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    if "CAIGOU_POSTGRES_BIN" in os.environ:
        kept["CAIGOU_POSTGRES_BIN"] = os.environ["CAIGOU_POSTGRES_BIN"]
    # Before the installed package, which is the checkout that was copied; and as `make run` leaves its folder.
    return kept | {"PYTHONPATH": str(house), "CAIGOU_HOME": str(house / "var"), "CAIGOU_MODE": "demo"}
