"""What a picture may be, and the table by which its first bytes say what it is. Plain Python: the child reads it, too.

Source of the limits: reliability.md section 5 (uploads).
"""

from __future__ import annotations

from typing import Final

#: Bytes of an upload.
MOST_BYTES: Final = 10 * 1024 * 1024
#: Width × height that is decoded; a picture of more says so in its header and is refused before that.
MOST_PIXELS: Final = 40_000_000
#: Frames of an animation; only the first is drawn.
MOST_FRAMES: Final = 50
#: Pixels of the shorter side; less is a tracker's dot, no picture of goods.
LEAST_SIDE: Final = 16
#: Widths in pixels in which a picture is kept; one narrower than a width is not blown up.
WIDTHS: Final = (160, 480, 960)
#: A tall picture is made narrower until it is no higher than this.
MOST_HEIGHT: Final = 1920

#: What the child process may use: bytes of address space, seconds of CPU.
CHILD_MEMORY: Final = 512 * 1024 * 1024
CHILD_CPU_SECONDS: Final = 5
#: Seconds by the clock on the wall after which we stop waiting for it.
CHILD_WALL_SECONDS: Final = 15
#: Bytes that the child may answer with: three WebP files of at most 960 × 1,920.
MOST_ANSWER: Final = 8 * 1024 * 1024


def format_of(data: bytes) -> str:
    """Return Pillow's name of the format that the first bytes show, or an empty string for anything else.

    The name of a file and the type that a browser states are not asked: both are the sender's to choose.

    >>> format_of(b"\\x89PNG\\r\\n\\x1a\\n...."), format_of(b"<svg onload=...>")
    ('PNG', '')
    """
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return ""
