"""Which installation a command works on, and what its processes are told."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from caigou.cli.errors import UserError
from caigou.cli.home import Home, find_home, read_dotenv


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that says nothing but where the data is."""
    for name in ("CAIGOU_MODE", "CAIGOU_SECRET_KEY", "CAIGOU_SANDBOX_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CAIGOU_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_no_mode_means_production() -> None:
    assert find_home().mode == "production"


def test_another_terminal_finds_the_mode_that_was_started() -> None:
    find_home("demo").remember_mode()
    assert find_home().mode == "demo"


def test_an_unknown_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAIGOU_MODE", "prod")
    with pytest.raises(UserError, match="prod"):
        find_home()


def test_a_demonstration_has_secrets_of_its_own_and_keeps_them(tmp_path: Path) -> None:
    first = Home(tmp_path / "a", "demo").environment()
    again = Home(tmp_path / "a", "demo").environment()
    other = Home(tmp_path / "b", "demo").environment()
    assert first["CAIGOU_SECRET_KEY"] == again["CAIGOU_SECRET_KEY"] != other["CAIGOU_SECRET_KEY"]
    assert len(first["CAIGOU_SECRET_KEY"]) >= 50
    assert stat.S_IMODE((tmp_path / "a" / "caigou_secret_key").stat().st_mode) == 0o600


def test_production_gets_no_secret_that_nobody_chose(tmp_path: Path) -> None:
    assert "CAIGOU_SECRET_KEY" not in Home(tmp_path, "production").environment()


def test_a_file_of_variables_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("# a comment\nCAIGOU_MODE=demo\nCAIGOU_SANDBOX_SECRET='quoted'\n")
    monkeypatch.setenv("CAIGOU_SANDBOX_SECRET", "set")
    assert find_home().mode == "demo"
    assert find_home().environment()["CAIGOU_SANDBOX_SECRET"] == "set"


def test_a_line_that_says_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\nCAIGOU_MODE demo\n")
    with pytest.raises(UserError, match="line 2"):
        read_dotenv(tmp_path / ".env")
