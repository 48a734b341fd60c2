"""The catalogue's tools find what code and templates say, and complain about what gets lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from caigou.cli import translations


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one module and one template, and no catalogue yet."""
    folder = tmp_path / "shop"
    (folder / "templates").mkdir(parents=True)
    (folder / "code.py").write_text('_("Place the order")\nngettext("%(n)s piece", "%(n)s pieces", 2)\n')
    (folder / "templates" / "page.html").write_text(
        "{% load i18n %}\n<ul>\n    <li>{% translate 'Pay now' %}\n  <li>\n"
        "{% blocktranslate trimmed with name=x %}\n  Dear {{ name }},\n  it's paid.\n{% endblocktranslate %}\n"
        "{# a comment (with a bracket #}\n{% translate 'Open' context 'a state' %}\n"
    )
    monkeypatch.setattr(translations, "PACKAGE", folder)
    monkeypatch.setattr(translations, "LOCALE", folder / "locale")
    return folder


def _translate(package: Path, **sentences: str) -> None:
    path = package / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    text = path.read_text(encoding="utf-8")
    for sentence, translation in sentences.items():
        source = sentence.replace("_", " ")
        assert f'msgid "{source}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{translation}"')
    path.write_text(text, encoding="utf-8")


def test_sentences_are_found_in_code_and_templates(package: Path) -> None:
    found = {(message.context, message.id) for message in translations.collect() if message.id}
    assert found == {
        (None, "Place the order"),
        (None, ("%(n)s piece", "%(n)s pieces")),
        (None, "Pay now"),
        (None, "Dear %(name)s, it's paid."),
        ("a state", "Open"),
    }


def test_what_is_not_translated_is_named(package: Path) -> None:
    translations.update()
    _translate(package, Place_the_order="下单")
    problems = translations.problems()
    assert len(problems) == 4
    assert "not translated: 'Pay now'" in problems


def test_a_lost_placeholder_is_named(package: Path) -> None:
    path = translations.update()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('it\'s paid."\nmsgstr ""', 'it\'s paid."\nmsgstr "已付款。"'), encoding="utf-8")
    assert any("%(name)s" in problem for problem in translations.problems())


def test_an_update_keeps_translations_and_drops_what_nobody_says(package: Path) -> None:
    translations.update()
    _translate(package, Pay_now="立即付款", Place_the_order="下单")
    (package / "code.py").write_text("")
    text = translations.update().read_text(encoding="utf-8")
    assert 'msgstr "立即付款"' in text
    assert "Place the order" not in text


def test_a_compiled_catalogue_is_made_once(package: Path) -> None:
    translations.update()
    _translate(package, Pay_now="立即付款")
    assert len(translations.compile_stale()) == 1
    assert translations.compile_stale() == []
