"""The child process that sets a document. Run as a program: ``python -I print_child.py``.

It reads one line of JSON (template, font folders, data) on its standard input and answers the PDF; a text without a
glyph in our fonts ends it with status 3, every other fault with status 1. Data are never markup: the template reads
them as JSON. A process of its own, so that fonts and layout leave the server's memory when the page is printed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import typst

NO_GLYPH = 3


def set_document(template: str, fonts: list[str], data: dict[str, Any], *, strict: bool) -> bytes:
    """Return the PDF; ``strict`` is PDF/A-2u, which refuses a text that can't be shown."""
    return bytes(
        typst.compile(
            template,
            font_paths=fonts,
            ignore_system_fonts=True,
            pdf_standards=["a-2u"] if strict else [],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    )


def main() -> int:
    """Answer what standard input asks for."""
    asked = json.load(sys.stdin.buffer)
    try:
        pdf = set_document(asked["template"], asked["fonts"], asked["data"], strict=asked["strict"])
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return NO_GLYPH if "could not be displayed" in str(error) else 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
