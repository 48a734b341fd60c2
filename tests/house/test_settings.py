"""Settings come from the environment; what is unsafe is refused in production, loudly."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.support.databases import ROOT

SAFE = {
    "CAIGOU_MODE": "production",
    "CAIGOU_SECRET_KEY": "0123456789abcdef" * 4,
    "CAIGOU_HOSTS": "caigou.example",
    "CAIGOU_BASE_URL": "https://caigou.example",
    "DATABASE_URL": "postgresql://caigou_app@/caigou?host=/nowhere",
}


def _read(changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    ours = ("CAIGOU_", "DATABASE_", "SEARCH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    chosen = {name: value for name, value in (SAFE | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import caigou.config.settings as s; print(s.MODE, s.DEBUG)"],
        cwd=ROOT,
        env=kept | chosen,
        capture_output=True,
        text=True,
        check=False,
    )


def test_safe_settings_are_accepted() -> None:
    assert _read({}).stdout.strip() == "production False"


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"CAIGOU_SECRET_KEY": None},
        {"CAIGOU_SECRET_KEY": "short"},
        {"CAIGOU_SECRET_KEY": "k" * 64},
        {"CAIGOU_SECRET_KEY": "demo-" + "0123456789abcdef" * 4},
        {"CAIGOU_HOSTS": None},
        {"CAIGOU_HOSTS": "*"},
        {"CAIGOU_BASE_URL": "http://caigou.example"},
        {"CAIGOU_PICTURES_URL": "http://pictures.example"},
        {"CAIGOU_PICTURES_URL": "https://caigou.example"},
        {"CAIGOU_SANDBOX_GATEWAY": "yes"},
        {"CAIGOU_SANDBOX_OFFERS": "yes"},
        {"CAIGOU_WEBHOOKS_LOOPBACK": "yes"},
        {"CAIGOU_1688_APP_KEY": "1000000"},
        {"CAIGOU_1688_URL": "http://gw.example/openapi"},
        {"CAIGOU_MODE": "Production"},
        {"DATABASE_URL": None},
        {"DATABASE_URL": "sqlite:///x"},
    ],
    ids=str,
)
def test_what_is_unsafe_in_production_is_refused_by_name(changes: dict[str, str | None]) -> None:
    result = _read(changes)
    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured")
    assert next(iter(changes)) in last


def test_no_mode_means_production() -> None:
    assert "production" in _read({"CAIGOU_MODE": None}).stdout


def _variables() -> set[str]:
    """Every variable that the product reads: through ``env.…()`` in the settings, or by its name anywhere else."""
    found: set[str] = set()
    for path in (ROOT / "caigou").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", text))
        found |= set(re.findall(r"environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\"", text))
    return {name for name in found if name.startswith(("CAIGOU_", "DATABASE_", "SEARCH_"))}


def test_the_example_lists_every_variable_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = {line.partition("=")[0].lstrip("# ") for line in lines if re.match(r"#? ?[A-Z_]+=", line)}
    assert listed == _variables()
