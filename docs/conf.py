"""How `make docs` makes a site of the guides: Sphinx reads Markdown through MyST; nothing is loaded from elsewhere.

The source is the checkout, so that links to the pages beside README.md lead somewhere, too.
"""

from __future__ import annotations

from importlib import metadata

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "Caigou"
release = metadata.version("caigou")
html_title = f"Caigou {release}"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = ["docs/**", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
exclude_patterns = [".*", "bench", "build", "caigou", "docs/pictures", "requirements", "tests", "var"]
html_theme = "furo"
html_show_copyright = False
html_copy_source = False
myst_heading_anchors = 3
#: Drawing a diagram would take a script from elsewhere; it stays text here, and a table beside it says the same.
_AS_TEXT = ("mermaid", "csv", "sql")
#: A folder is a page where the code is kept, but not on the site; the list of decisions stands on the first page.
_FOLDERS = {"](docs/decisions)": "](docs/index.md)", "](decisions)": "](index.md)"}


def _pages_for_folders(app: Sphinx, name: str, text: list[str]) -> None:
    for folder, page in _FOLDERS.items():
        text[0] = text[0].replace(folder, page)


def setup(app: Sphinx) -> None:
    """Tell Sphinx of the above."""
    for language in _AS_TEXT:
        app.add_lexer(language, TextLexer)
    app.connect("source-read", _pages_for_folders)
