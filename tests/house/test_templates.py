"""Every template can be read, and says nothing to a person that can't be translated."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import engines

from tests.support.databases import ROOT

TEMPLATES = sorted((ROOT / "caigou").glob("**/templates/**/*.*"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "caigou")))
def test_a_template_compiles(path: Path) -> None:
    engines["django"].from_string(path.read_text(encoding="utf-8"))


def test_there_are_templates() -> None:
    assert TEMPLATES
