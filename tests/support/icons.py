"""``python -m tests.support.icons``: draw the app's icons anew from the seal, after it was changed.

Chromium draws, Pillow makes the files small; both are here for the tests already.  The files are committed, so that
an installation needs neither.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from tests.support.databases import ROOT
from tests.support.running import browser

STATIC = ROOT / "caigou" / "ui" / "static" / "ui"
#: File, side in pixels, and how much of it the seal fills; a system cuts up to a fifth off a maskable icon.
ICONS = (("icon-192.png", 192, 1.0), ("icon-512.png", 512, 1.0), ("icon-maskable-512.png", 512, 0.72))
#: The seal's own red to the edge, where the seal doesn't fill the icon; Apple rounds the corners itself.
APPLE = ("icon-180.png", 180, 1.0)
_COLOURS = 64


def _page(svg: str, side: int, part: float, *, filled: bool) -> str:
    ground = "#B5301C" if filled else "transparent"
    return (
        f"<body style='margin:0;background:{ground};display:grid;place-items:center;width:{side}px;height:{side}px'>"
        f"<div style='width:{round(side * part)}px;height:{round(side * part)}px'>{svg}</div>"
    )


def _small(png: bytes, target: Path) -> None:
    picture = Image.open(io.BytesIO(png)).quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
    picture.save(target, optimize=True)


def main() -> None:
    """Write all icons."""
    svg = (STATIC / "seal.svg").read_text(encoding="utf-8")
    with browser() as chromium:
        for name, side, part in (*ICONS, APPLE):
            page = chromium.new_page(viewport={"width": side, "height": side})
            page.set_content(_page(svg, side, part, filled=part < 1 or name == APPLE[0]))
            _small(page.screenshot(omit_background=True), STATIC / name)
            page.close()


if __name__ == "__main__":
    main()
