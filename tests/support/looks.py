"""``python -m tests.support.looks``: how the drawings of the demonstration's goods look, as a browser shows them.

Writes ``caigou/demo/data/looks.tsv``, by which goods of the demonstration are found by picture though they have none:
somebody who takes a picture of the screen finds the product. To be run after a change of the drawings or their colours;
a test tells.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.support.browser import chromium
from tests.support.databases import ROOT
from tests.support.running import CHROMIUM_FLAGS

TARGET = ROOT / "caigou" / "demo" / "data" / "looks.tsv"
_CSS = ROOT / "caigou" / "ui" / "static" / "ui" / "css"
_DRAWINGS = ROOT / "caigou" / "ui" / "drawings"
#: Pixels of a drawing, and drawings in a row of the sheet.
_SIDE, _ROW = 240, 20
_SHEET = (
    f".sheet{{display:grid;grid-template-columns:repeat({_ROW},{_SIDE}px)}}"
    "body{margin:0;padding:0}.sheet .pic{border-radius:0}"
)


@dataclass(frozen=True, order=True)
class Drawn:
    """What a template needs of a product to draw it."""

    picture: str
    hue: int
    look: int
    cover: str = ""


def wanted() -> list[Drawn]:
    """Return every drawing that a product of the demonstration has, each once."""
    from caigou.demo.world import goods_lines

    rows = [json.loads(line) for line in goods_lines()]
    return sorted({Drawn(row["drawing"], row.get("hue", 0), row.get("look", 0)) for row in rows if row.get("drawing")})


def made_of() -> str:
    """Return a digest of all that decides how drawings look."""
    files = [*(_CSS / f"{name}.css" for name in ("pic", "hues")), *sorted(_DRAWINGS.glob("*.svg"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def main() -> None:
    """Draw all of them on one sheet and write down their fingerprints."""
    os.environ.setdefault("CAIGOU_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "caigou.config.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@/none?host=/nowhere")
    import django

    django.setup()
    from caigou.files.fingerprint import fingerprint
    from caigou.ui.bundle import build
    from caigou.ui.templatetags.ui import pic

    drawn = wanted()
    cells = "".join(pic(one, "xl") for one in drawn)
    page = f'<!doctype html><html lang="en"><style>{build()}{_SHEET}</style><div class="sheet">{cells}</div>'
    rows = -(-len(drawn) // _ROW)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS) as browser,
    ):
        tab = browser.new_page(viewport={"width": _ROW * _SIDE, "height": rows * _SIDE}, color_scheme="light")
        tab.set_content(page)
        sheet = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    lines = [f"# made of {made_of()} by tests/support/looks.py: drawing, hue, look, fingerprint"]
    for number, one in enumerate(drawn):
        left, top = number % _ROW * _SIDE, number // _ROW * _SIDE
        bits = fingerprint(sheet.crop((left, top, left + _SIDE, top + _SIDE)))
        lines.append(f"{one.picture}\t{one.hue}\t{one.look}\t{bits}")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
