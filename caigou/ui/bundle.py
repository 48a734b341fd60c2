"""The style sheet that pages load: the files of ``static/ui/css`` in the order of their layers, as one.

``python -m caigou.ui.bundle`` writes it after a change; a test fails while it's stale.  One file, because a chain of
``@import`` costs a round trip each, and because the order of layers is a fact of the whole.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

CSS: Final = Path(__file__).parent / "static" / "ui" / "css"
TARGET: Final = CSS.parent / "app.css"

#: Files that stand before and after the components; every other file is a component of its own name.
FIRST: Final = ("reset", "tokens", "hues", "print", "base")
LAST: Final = ("utilities",)


_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING: Final = re.compile(r"""("[^"]*"|'[^']*')""")
_SPACES: Final = re.compile(r"\s+")
_AROUND: Final = re.compile(r"\s*([{};,])\s*")
#: Of a declaration or a media feature; a colon of a selector has no space after it.
_AFTER_COLON: Final = re.compile(r"([\w-]): ")


def order() -> list[str]:
    """Return the names of the files, each once: layers first, components by name, utilities last."""
    components = sorted(path.stem for path in CSS.glob("*.css") if path.stem not in {*FIRST, *LAST})
    return [*FIRST, *components, *LAST]


def build() -> str:
    """Return the whole style sheet."""
    parts = [(CSS / f"{name}.css").read_text(encoding="utf-8").strip() for name in order()]
    head = "/* Made by caigou/ui/bundle.py from css/*.css; edit those. */"
    layers = "@layer reset, tokens, base, components, utilities;"
    return "\n".join([head, layers, *(tightened(part) for part in parts)]) + "\n"


def tightened(css: str) -> str:
    """Return a style sheet without comments and needless spaces: on a slow line it holds up the first picture.

    Strings stay as they are, and so do the spaces that mean something, in selectors and sums.

    >>> tightened('/* why */ .a > b { margin: calc(1px + 2px);  content: "a  ;  b"; }')
    '.a > b{margin:calc(1px + 2px);content:"a  ;  b"}'
    """
    pieces = _STRING.split(_COMMENT.sub("", css))
    for at in range(0, len(pieces), 2):
        piece = _AROUND.sub(r"\1", _SPACES.sub(" ", pieces[at]))
        pieces[at] = _AFTER_COLON.sub(r"\1:", piece).replace(";}", "}")
    return "".join(pieces).strip()


def write() -> None:
    """Write ``app.css`` where the pages look for it."""
    TARGET.write_text(build(), encoding="utf-8")


if __name__ == "__main__":
    write()
