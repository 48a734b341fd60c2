"""Set a document as PDF with Typst and Noto Sans SC, in a child process (docs/decisions/0042)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import structlog

log = structlog.get_logger(__name__)

Template = Literal["statement", "invoice"]
_HERE = Path(__file__).resolve().parent
#: Packages of which only the font files are used: Chinese with Latin, Cyrillic and Greek; Korean; the scripts of names.
_FONTS = ("pylopdf_fonts_zh_cn", "pylopdf_fonts_ko", "manimgx_fonts")
_SECONDS = 60
#: The child's answer to a text that can't be shown; not imported from there, since that loads Typst.
_NO_GLYPH = 3


class MissingGlyph(Exception):
    """A text of the document has a sign that our fonts can't show."""


class NotPrinted(Exception):
    """The document could not be set: a fault of ours."""


def print_pdf(template: Template, data: dict[str, Any], *, strict: bool = False) -> bytes:
    """Return the document as PDF/A-2u; ``data`` is what the template reads, all texts in the reader's language.

    ``strict`` raises ``MissingGlyph`` for a sign without a glyph: our own words never have one. What people wrote may
    (a rare script in a name): then the document is set as plain PDF, with a box in its place. Raises ``NotPrinted``.
    """
    try:
        return _child(template, data, strict=True)
    except MissingGlyph as error:
        if strict:
            raise
        log.warning("glyph_missing", template=template, error=str(error))
        return _child(template, data, strict=False)


def _child(template: Template, data: dict[str, Any], *, strict: bool) -> bytes:
    asked = {
        "template": str(_HERE / "typ" / f"{template}.typ"),
        "fonts": [str(folder) for folder in fonts_folders()],
        "data": data,
        "strict": strict,
    }
    done = subprocess.run(
        [sys.executable, "-I", str(_HERE / "print_child.py")],
        input=json.dumps(asked, ensure_ascii=False).encode(),
        capture_output=True,
        timeout=_SECONDS,
        env={},
        check=False,
    )
    if done.returncode == _NO_GLYPH:
        raise MissingGlyph(done.stderr.decode(errors="replace"))
    if done.returncode:
        raise NotPrinted(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def fonts_folders() -> Iterator[Path]:
    """Yield where the packages with fonts keep their files; nothing of them is imported. Raises ``NotPrinted``."""
    for package in _FONTS:
        found = find_spec(package)
        if found is None or found.origin is None:
            raise NotPrinted(f"the package {package} is not installed")
        yield Path(found.origin).parent
