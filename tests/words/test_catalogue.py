"""The Chinese catalogue: every sentence, with its placeholders, in Chinese, and nothing that nobody says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.core.management import CommandError, call_command

from caigou.cli import translations
from tests.support.databases import ROOT

PATH = translations.LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
#: The same in both languages: a language's own name.
SAME = frozenset({"English", "Logo", "BIC", "%(percent)s%%", "cm → mm", "斤 → g"})
#: Said in Chinese by a sign instead of a word.
BY_A_SIGN = frozenset({"%(currency)s per %(unit)s", "cm³ per kg"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@cache
def _catalogue() -> Catalog:
    with PATH.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def _sentences() -> list[Message]:
    return [message for message in _catalogue() if message.id]


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    """`make messages` collects them; what the code says and the catalogue hasn't is as bad as an empty translation."""
    assert translations.problems() == []


def test_no_translation_is_a_guess() -> None:
    assert [_source(message) for message in _sentences() if message.fuzzy] == []


def test_no_translation_is_just_the_english() -> None:
    copied = [_source(m) for m in _sentences() if m.string and _source(m) in _texts(m)]
    assert set(copied) <= SAME


def test_every_translation_is_in_chinese() -> None:
    """Catches a sentence that was translated into something without a single Chinese character."""
    wanted = [
        m for m in _sentences() if re.search(r"[A-Za-z]{3}", re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", "", _source(m)))
    ]
    plain = [_source(m) for m in wanted for text in _texts(m) if text and not _CHINESE.search(text)]
    assert set(plain) <= SAME | BY_A_SIGN


def test_the_catalogue_says_nothing_about_this_machine() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert not re.search(r"^#: .*:\d+", text, re.MULTILINE), "line numbers change with every edit"
    assert not re.search(r"^#~", text, re.MULTILINE), "what nobody says any more"
    assert "POT-Creation-Date" not in text
    assert re.findall(r"^#: (?!caigou/)", text, re.MULTILINE) == []


def test_the_catalogue_is_what_the_command_writes() -> None:
    """`caigou manage messages` would add and drop nothing."""
    said = {(m.context, m.id) for m in translations.collect() if m.id}
    kept = {(m.context, m.id) for m in _sentences()}
    assert said == kept


@pytest.mark.slow
def test_the_command_agrees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    call_command("messages", "--check", verbosity=0)
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    with pytest.raises(CommandError, match="lack a sound translation"):
        call_command("messages", "--check", verbosity=0)


#: Where a plain text in code would reach a person: (function, position of the text).
_SPEAKERS = {"success": 1, "info": 1, "warning": 1, "error": 1, "ValidationError": 0, "BadInput": 0, "NotAllowed": 0}
_SPEAKING_KEYWORDS = {"label", "help_text", "verbose_name", "empty_label"}
_SOURCES = sorted(
    path
    for path in (ROOT / "caigou").rglob("*.py")
    if not {"tests", "migrations", "cli"} & set(path.parts)
    # The page of parts shows components with words of no meaning, in both languages.
    and path.parts[-2:] != ("ui", "parts.py")
)


def untranslated(tree: ast.AST) -> list[int]:
    """Return the lines on which a person is spoken to in a text that no translator sees."""
    found = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and _hides(node)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        owner = getattr(getattr(call.func, "value", None), "id", "")
        place = _SPEAKERS.get(name)
        speaks = place is not None and (place == 0 or owner == "messages")
        said = [call.args[place]] if speaks and place is not None and len(call.args) > place else []
        if owner == "forms":
            said += [word.value for word in call.keywords if word.arg in _SPEAKING_KEYWORDS]
        found += [text.lineno for text in said if _is_plain(text)]
    return found


def _hides(imported: ast.ImportFrom) -> bool:
    """Whether a function of gettext gets a name that the extraction doesn't know."""
    return imported.module == "django.utils.translation" and any(a.asname not in (None, "_") for a in imported.names)


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(re.search(r"[^\W\d_]{2}", node.value))
    return isinstance(node, ast.JoinedStr)


def _untranslated_in(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    wrong = [f"{line}: {lines[line - 1].strip()}" for line in untranslated(ast.parse("\n".join(lines)))]
    # What a gateway reports wrongly is told to staff by the log, never to a person on a page.
    logged = ("reports {charge.amount}", "sent {answer.amount} back")
    return [line for line in wrong if not any(words in line for words in logged)]


def test_code_speaks_in_sentences_that_can_be_translated() -> None:
    found = {path.relative_to(ROOT / "caigou").as_posix(): _untranslated_in(path) for path in _SOURCES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        "messages.error(request, 'No')",
        "raise BadInput(f'{x} no')",
        "forms.CharField(label='Name')",
        "from django.utils.translation import gettext as _now",
    ],
)
def test_the_lint_sees_what_it_is_for(code: str) -> None:
    assert untranslated(ast.parse(code)) == [1]
