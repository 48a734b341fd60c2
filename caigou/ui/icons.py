"""The glyphs: our own strokes on a 24 × 24 grid, drawn with the ink of the words beside them.

Each is the inside of one ``<svg>``; ``{% icon %}`` writes it inline, so that a page needs no second request and the
glyph follows ``currentColor`` in both themes, in print and in forced colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Glyphs that point somewhere and mirror in right-to-left pages.
DIRECTED: Final = frozenset({"arrow-left", "chevron-right", "chevron-left", "send", "list", "sign-out"})

ICONS: Final[Mapping[str, str]] = {
    "arrow-left": '<path d="M19 12H5M11.5 5.5 5 12l6.5 6.5"/>',
    "bank": '<path d="M3.5 9.5 12 4.5l8.5 5ZM5.8 9.5V18M10 9.5V18M14 9.5V18M18.2 9.5V18M3.5 20h17"/>',
    "bell": '<path d="M6.5 10.5a5.5 5.5 0 0 1 11 0c0 5 2 6.5 2 6.5h-15s2-1.5 2-6.5ZM10 20.5h4"/>',
    "book": '<path d="M5 17.8V6a2 2 0 0 1 2-2h11.5v16H7a2.1 2.1 0 0 1 0-4.2h11.5M9 8h6"/>',
    "box": '<path d="M12 3.2 4.2 7.4v9.2l7.8 4.2 7.8-4.2V7.4ZM4.2 7.4l7.8 4.3 7.8-4.3M12 11.7v9.1"/>',
    "camera": '<path d="M4.5 6.5H8l1.3-2h5.4l1.3 2h3.5v12h-15ZM12 15.6a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8Z"/>',
    "camera-off": '<path d="M8 6.5 9.3 4.5h5.4L16 6.5h3.5v11M4.5 6.5v12h13M9.2 11.2a3.4 3.4 0 0 0 4.6 4.6M3 3l18 18"/>',
    "card": '<path d="M3.5 6h17v12.5h-17ZM3.5 10.3h17M7 14.8h4"/>',
    "case": '<path d="M4 8h16v11.5H4ZM9 8V5h6v3M4 13h16"/>',
    "chat": '<path d="M4 5h16v11.5H11L6.5 20.3v-3.8H4Z"/>',
    "chevron-down": '<path d="m6 9.2 6 6 6-6"/>',
    "chevron-left": '<path d="m14.8 6-6 6 6 6"/>',
    "chevron-right": '<path d="m9.2 6 6 6-6 6"/>',
    "circled-tick": '<circle cx="12" cy="12" r="8.5"/><path d="m8.2 12.3 2.7 2.7 5-5.4"/>',
    "clip": (
        '<path d="m19.5 11-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8.3-8.3a3.1 3.1 0 0 1 4.4 4.4l-8 8a1.5'
        ' 1.5 0 0 1-2.2-2.2l7.2-7.2"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.4 2"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "dashed-ring": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.4 3.28"/>',
    "doc": '<path d="M6 3.5h8l4 4v13H6ZM14 3.5v4h4M9 12.2h6M9 16h6"/>',
    "exchange": '<path d="M4.5 8.8h14M15 5.3l3.5 3.5M19.5 15.2h-14M9 18.7l-3.5-3.5"/>',
    "factory": '<path d="M4 20V4.5h3.2L8 12l5.7-3.6V12l5.8-3.6V20ZM8.2 16h2M13.8 16h2"/>',
    "filter": '<path d="M4 6.5h16M7 12h10M10 17.5h4"/>',
    "grid": '<path d="M4.5 4.5h6v6h-6ZM13.5 4.5h6v6h-6ZM4.5 13.5h6v6h-6ZM13.5 13.5h6v6h-6Z"/>',
    "home": '<path d="M4 11.2 12 4l8 7.2M6 9.6V20h12V9.6M10 20v-5.5h4V20"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11.2v5M12 7.6v.4"/>',
    "list": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "lock": '<path d="M5.5 11h13v9h-13ZM8.2 11V8a3.8 3.8 0 0 1 7.6 0v3M12 14.5v2"/>',
    "minus": '<path d="M5.5 12h13"/>',
    "person": '<circle cx="12" cy="8.2" r="3.8"/><path d="M4.5 20.3c.6-4 3.6-6 7.5-6s6.9 2 7.5 6"/>',
    "pin": '<path d="M12 21s7-6.3 7-11.2a7 7 0 0 0-14 0C5 14.7 12 21 12 21Z"/><circle cx="12" cy="9.8" r="2.5"/>',
    "plus": '<path d="M12 5.5v13M5.5 12h13"/>',
    "refresh": '<path d="M19.5 11.5a7.6 7.6 0 1 0-1.8 5.5M19.8 5.5v6h-6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.3"/><path d="m15.2 15.2 5.3 5.3"/>',
    "send": '<path d="M20.5 4 3.5 10.3l6.8 3.4 3.4 6.8ZM20.5 4l-10.2 9.7"/>',
    "ship": '<path d="M3.5 13.5h17L18 19.5H6ZM6.5 13.5V9.8h11v3.7M9.5 9.8V6.5h5v3.3M12 6.5V4"/>',
    "sign-out": '<path d="M14 4.5H5.5v15H14M10.5 12h10M17 8.5l3.5 3.5-3.5 3.5"/>',
    "star": '<path d="m12 3.8 2.5 5.4 5.9.7-4.4 4 1.2 5.8L12 16.8l-5.2 2.9L8 13.9l-4.4-4 5.9-.7Z"/>',
    "tick": '<path d="m5 12.5 4.7 4.7L19.2 7"/>',
    "translate": (
        '<path d="M3.5 6h9M8 4v2M11 6c-.8 4-3.3 6.8-7 8.5M5.2 9c1.2 2.5 3.2 4.2 5.8 5.2M12'
        ' 20l4.2-10L20.5 20M13.5 16.7h5.4"/>'
    ),
    "truck": (
        '<path d="M2.5 6h11.5v11H2.5ZM14 9.5h4l3.5 3.8V17H14"/>'
        '<circle cx="7" cy="17.8" r="1.9"/><circle cx="17.5" cy="17.8" r="1.9"/>'
    ),
    "wallet": '<path d="M17 9V5H6a2 2 0 0 0-2 2v11a1.5 1.5 0 0 0 1.5 1.5h14V9H6a2 2 0 0 1-2-2M16 14.2h.01"/>',
    "warning": '<path d="M12 4 2.8 20h18.4ZM12 10v4.8M12 17.2v.4"/>',
    "yuan": '<path d="m6 4.5 6 7.5 6-7.5M12 12v8M7 12h10M7 15.8h10"/>',
}  # fmt: skip
