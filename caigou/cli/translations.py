"""The catalogues of translations, without any tool from outside Python: collect, check, compile.

Django's own commands need GNU gettext on the machine.  Here Django turns a template into something that looks
like Python, Babel reads it, and Babel writes the compiled catalogue.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = PACKAGE / "locale"
_LANGUAGE = "zh_Hans"
#: Lines of the head that change with the day and the tool, or name nobody.
_FLEETING = re.compile(
    rb'^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By): .*\n',
    re.MULTILINE,
)
_KEYWORDS: dict[str, object] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def compile_stale() -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; return what was written."""
    written = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as fresh:
            write_mo(fresh, catalogue, use_fuzzy=False)
        Path(fresh.name).chmod(0o644)
        Path(fresh.name).replace(target)
        written.append(target)
    return written


def collect() -> Catalog:
    """Return a catalogue of every sentence that the code and the templates say."""
    found = Catalog(domain="django", charset="utf-8")
    for path in _sources():
        where = str(path.relative_to(PACKAGE.parent))
        for line, message, comments, context in _messages(path):
            found.add(message, None, [(where, line)], auto_comments=comments, context=context)
    return found


def update() -> Path:
    """Bring the Chinese catalogue up to what the code says now, keeping its translations; return its path."""
    path = LOCALE / _LANGUAGE / "LC_MESSAGES" / "django.po"
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=_LANGUAGE)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = Catalog(locale=_LANGUAGE, domain="django", charset="utf-8", fuzzy=False)
    catalogue.update(collect(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.project, catalogue.version = "Caigou", "1"
    catalogue.header_comment = "# Caigou in Simplified Chinese."
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_by_file=True, include_lineno=False, omit_header=False)
    path.write_bytes(_FLEETING.sub(b"", buffer.getvalue()))
    return path


def problems() -> list[str]:
    """Return what the Chinese catalogue lacks: sentences without translation, lost placeholders, broken plurals."""
    path = LOCALE / _LANGUAGE / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return [f"{path.name} is missing for {_LANGUAGE}: make messages"]
    with path.open("rb") as file:
        catalogue = read_po(file, locale=_LANGUAGE)
    missing = []
    for message in collect():
        if not message.id:
            continue
        known = catalogue.get(message.id, context=message.context)
        name = message.id if isinstance(message.id, str) else message.id[0]
        if known is None or not _complete(known.string) or "fuzzy" in known.flags:
            missing.append(f"not translated: {name!r}")
            continue
        missing += [f"{name!r}: {complaint}" for complaint in _complaints(message.id, known.string)]
    return missing


def _complete(translation: object) -> bool:
    if isinstance(translation, str):
        return bool(translation)
    return isinstance(translation, tuple | list) and bool(translation) and all(translation)


def _complaints(message: object, translation: object) -> Iterator[str]:
    """A placeholder may move, but it may neither get lost nor come up from nowhere."""
    sources = [message] if isinstance(message, str) else list(message)  # type: ignore[call-overload]
    results = [translation] if isinstance(translation, str) else list(translation)  # type: ignore[call-overload]
    wanted = set().union(*(_placeholders(source) for source in sources))
    for result in results:
        if _placeholders(result) != wanted:
            yield f"the placeholders are {sorted(_placeholders(result))}, not {sorted(wanted)}"


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", text))


def _sources() -> list[Path]:
    code = [path for path in PACKAGE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
    templates = [path for suffix in ("html", "txt") for path in PACKAGE.rglob(f"templates/**/*.{suffix}")]
    return sorted([*code, *templates])


def _messages(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        # What is not a sentence became rows of X; their indentation means nothing to Python.
        text = re.sub(r"\b[XB]+\b", " ", templatize(text, origin=str(path)))
        text = "\n".join(line.strip() for line in text.split("\n"))
    source = io.BytesIO(text.encode())
    yield from extract("python", source, keywords=_KEYWORDS, comment_tags=("Translators:",))  # type: ignore[arg-type]


def main(command: str) -> int:
    """``update`` writes the catalogue, ``check`` prints what it lacks, ``compile`` makes it usable."""
    import django
    from django.conf import settings

    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        settings.configure()
        django.setup()
    if command == "update":
        print(update())  # noqa: T201
    elif command == "compile":
        compile_stale()
    else:
        lacking = problems()
        print("\n".join(lacking) or "The translations are complete.")  # noqa: T201
        return 1 if lacking else 0
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1]))
