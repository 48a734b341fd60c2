"""The house itself: floors, targets, the one command's words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.databases import ROOT
from tests.support.skips import allowed

_BIN = ROOT / ".venv" / "bin"


def test_nothing_climbs_the_floors() -> None:
    result = subprocess.run(
        [_program("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_no_import_is_excused() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "exhaustive = true" in text
    assert "ignore_imports" not in text
    assert "exhaustive_ignores" not in text


def test_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (\S+)$", text, flags=re.MULTILINE))
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  make (\S+)", shown, flags=re.MULTILINE))
    assert {"help", "setup", "run", "quick", "test", "check", "reset", "messages", "browser"} <= targets
    assert listed == targets


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt"])
def test_every_package_is_pinned_with_its_hash(lock: str) -> None:
    entries = (ROOT / "requirements" / lock).read_text(encoding="utf-8").split("\n\n")[0]
    packages = re.split(r"\n(?=[a-z0-9])", entries)
    for package in packages[1:]:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", package), package
        assert "--hash=sha256:" in package, package


def test_locks_follow_what_is_asked_for() -> None:
    for name in ("base", "dev"):
        wanted = re.findall(r"^([a-z][\w-]*)", (ROOT / "requirements" / f"{name}.in").read_text(), flags=re.MULTILINE)
        locked = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert [package for package in wanted if not re.search(rf"^{package}[\[=]", locked, flags=re.MULTILINE)] == []


def test_ci_runs_the_commands_of_the_readme() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert text.index("make check") < text.index("make test")
    assert "CI=true" in text


def test_a_skip_needs_a_line_with_its_reason() -> None:
    lines = (ROOT / "tests" / "allowed_skips.txt").read_text(encoding="utf-8")
    assert allowed("caigou/a.py::test_b", "Skipped: CAIGOU_DATA names no folder", lines)
    assert not allowed("caigou/a.py::test_b", "Skipped: did not feel like it", lines)
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        assert line.startswith("#") or re.fullmatch(r"[^|#]+\|[^|#]+#.+", line), line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "no-such-file.csv"], "no-such-file.csv"),
        (["reset"], "--yes"),
        (["up", "--port", "x"], "--port"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_at_the_command_line_is_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAIGOU_HOME", str(tmp_path))
    result = subprocess.run([_program("caigou"), *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def _program(name: str) -> Path:
    import sys

    return Path(sys.executable).with_name(name)
