"""Every template can be read, and says nothing to a person that can't be translated."""

from __future__ import annotations

from pathlib import Path

from django.template import TemplateSyntaxError, engines

from tests.support.databases import ROOT

TEMPLATES = sorted((ROOT / "caigou").glob("**/templates/**/*.*"))


def _fault(path: Path) -> str:
    try:
        engines["django"].from_string(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as wrong:
        return str(wrong)
    return ""


def test_a_template_compiles() -> None:
    found = {str(path.relative_to(ROOT / "caigou")): _fault(path) for path in TEMPLATES}
    assert {name: fault for name, fault in found.items() if fault} == {}


def test_there_are_templates() -> None:
    assert TEMPLATES
