"""No template says a word that can't be translated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.databases import ROOT
from tests.words.literals import literals

TEMPLATES = sorted((ROOT / "caigou").glob("**/templates/**/*.*"))
#: Names, which are the same in both languages; and each language's own name for itself.
NAMES = frozenset({"Caigou", "采购", "English", "中文", "SHA-256", "sha256"})
#: Templates that write a tag in pieces, which no reader of HTML understands; none of them says a word of its own.
IN_PIECES = {
    "allauth/elements/button.html": frozenset({"a href", "button", "danger", "quiet", "plain", "primary"}),
    "allauth/layouts/base.html": frozenset({"narrow"}),
    "ui/page_narrow.html": frozenset({"narrow"}),
}
#: Shows the type in which both languages are set, by setting both.
SPECIMEN = "ui/parts.html"
_ATTRIBUTES = frozenset({"class=", "data-kind=", "form=", "id=", "name=", "value=", "type="})


def _name(path: Path) -> str:
    return path.as_posix().split("/templates/")[1]


def _said_by(path: Path) -> list[str]:
    allowed = NAMES
    if _name(path) in IN_PIECES:
        allowed |= IN_PIECES[_name(path)] | _ATTRIBUTES
    return literals(path.read_text(encoding="utf-8"), allowed)


def test_a_template_says_nothing_untranslatable() -> None:
    found = {_name(path): _said_by(path) for path in TEMPLATES if _name(path) != SPECIMEN}
    assert {name: said for name, said in found.items() if said} == {}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 60
    assert {*IN_PIECES, SPECIMEN} <= {_name(path) for path in TEMPLATES}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>Pay now</p>", ["Pay now"]),
        ("<p>付款</p>", ["付款"]),
        ("<p>{{ sum }} due</p>", ["due"]),
        ('<a href="/x" aria-label="Close">×</a>', ["Close"]),
        ('<input placeholder="Search">', ["Search"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ("{% if a %}Yes{% else %}{% translate 'No' %}{% endif %}", ["Yes"]),
        ("{% blocktranslate %}Dear {{ name }}{% plural %}Dears{% endblocktranslate %}", []),
        ("{% blocktranslate trimmed asvar x %}Dear{% endblocktranslate %} Bob", ["Bob"]),
        ("{% comment %}Not shown{% endcomment %}{# nor this #}<!-- nor this -->", []),
        ("<script>let x = 'quiet';</script><style>a{b:c}</style>", []),
        ('<p class="lead" data-kind="due" id="main">{{ x }} × 5 · ¥</p>', []),
        ("<p>&copy; Caigou</p>", []),
    ],
)
def test_the_lint_sees_what_it_is_for(source: str, said: list[str]) -> None:
    assert literals(source, NAMES) == said
