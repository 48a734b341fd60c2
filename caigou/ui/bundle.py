"""The style sheet that pages load: the files of ``static/ui/css`` in the order of their layers, as one.

``python -m caigou.ui.bundle`` writes it after a change; a test fails while it's stale.  One file, because a chain of
``@import`` costs a round trip each, and because the order of layers is a fact of the whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

CSS: Final = Path(__file__).parent / "static" / "ui" / "css"
TARGET: Final = CSS.parent / "app.css"

#: Files that stand before and after the components; every other file is a component of its own name.
FIRST: Final = ("reset", "tokens", "hues", "print", "base")
LAST: Final = ("utilities",)


def order() -> list[str]:
    """Return the names of the files, each once: layers first, components by name, utilities last."""
    components = sorted(path.stem for path in CSS.glob("*.css") if path.stem not in {*FIRST, *LAST})
    return [*FIRST, *components, *LAST]


def build() -> str:
    """Return the whole style sheet."""
    parts = [(CSS / f"{name}.css").read_text(encoding="utf-8").strip() for name in order()]
    head = "/* Made by caigou/ui/bundle.py from css/*.css; edit those. */"
    return "\n\n".join([head, "@layer reset, tokens, base, components, utilities;", *parts]) + "\n"


def write() -> None:
    """Write ``app.css`` where the pages look for it."""
    TARGET.write_text(build(), encoding="utf-8")


if __name__ == "__main__":
    write()
