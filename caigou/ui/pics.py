"""Pictures of goods: the supplier's first one, else a drawing on the plate, flat SVG by category.

A drawing is a file ``drawings/<key>.svg`` on a 120 × 120 grid with fill classes ``a`` main, ``b`` its shade,
``c`` second colour, ``d`` dark, ``e`` light, ``s`` shadow; ``css/pic.css`` colours them by ``data-hue`` and varies
them by ``data-look``, so that twelve mugs of one category are twelve pictures.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

DRAWINGS: Final = Path(__file__).parent / "drawings"
#: Drawn when a product has no drawing of its own.
FALLBACK: Final = "carton"
HUES: Final = 12
#: Variations of a drawing: as drawn; mirrored before a disc; glazed dark on a tinted plate; close on a table.
LOOKS: Final = 4
#: How wide each size of the component is at most, in CSS pixels, for the ``src`` of old browsers …
PIXELS: Final = {"s": 160, "m": 160, "l": 160, "card": 480, "xl": 480}
#: … and in the words of ``sizes`` for all others.
SIZES: Final = {
    "s": "44px",
    "m": "72px",
    "l": "116px",
    "card": "(min-width: 48rem) 14rem, 46vw",
    "xl": "(min-width: 60rem) 30rem, 100vw",
}

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_INSIDE = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)


def hue_index(hue: int) -> int:
    """Return the palette's number for a hue: 0–11 as they are, anything else is read as degrees.

    >>> hue_index(3), hue_index(210), hue_index(-30)
    (3, 7, 11)
    """
    return hue if 0 <= hue < HUES else (hue % 360) // 30


def look_index(look: int) -> int:
    """Return the variation's number, whatever a file said.

    >>> look_index(2), look_index(7)
    (2, 3)
    """
    return look % LOOKS


@cache
def drawing(key: str) -> str:
    """Return the inside of a drawing's ``<svg>``; an unknown key is drawn as a carton.

    Only files of ours are read: a key is lower-case words, so that no key of a catalogue leads out of the folder.
    """
    path = DRAWINGS / f"{key}.svg"
    if not _KEY.fullmatch(key) or not path.is_file():
        return drawing(FALLBACK) if key != FALLBACK else ""
    match = _INSIDE.search(path.read_text(encoding="utf-8"))
    return match.group(1).strip() if match else ""
