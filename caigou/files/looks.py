"""What pictures look like, asked of a child process: those that we keep, and one that somebody shows us (F4).

Of a picture that is only shown to us nothing reaches a disk but what the caller stores.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from django.utils.translation import gettext as _

from caigou.files import limits
from caigou.files.drawn import run_child
from caigou.files.folder import path_of
from caigou.files.services import sentence_of
from caigou.files.shown import Shown
from caigou.kernel.errors import BadInput

log = structlog.get_logger(__name__)

#: Bits of a fingerprint; ``fingerprint.py`` makes them, in the child only.
BITS: Final = 512
#: Pictures that a child looks at in one go: some 400 kB.
AT_ONCE: Final = 100
_CHILD: Final = Path(__file__).with_name("glance.py")
_PRINT = re.compile(rf"[0-9a-f]{{{BITS // 4}}}")
#: More pictures than this aren't looked at side by side in one process of ours; whoever comes next waits so long.
_PLACES = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 3.0
_LONGEST_SMALL = 100_000


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture looks: fingerprints (as it is, mirrored, without its border) and a small WebP of it to show."""

    views: tuple[str, ...]
    small: bytes
    width: int
    height: int


def look_at(data: bytes) -> Look:
    """Return how an upload looks; it is decoded in a child without rights, and kept nowhere.

    Raises ``BadInput`` (codes as ``store_picture``'s, or ``picture_busy``) with a sentence that says how to mend it.
    """
    if not data:
        raise _refused("empty")
    if len(data) > limits.MOST_BYTES:
        raise _refused("too_large")
    if not limits.format_of(data):
        raise _refused("not_a_picture")
    if not _PLACES.acquire(timeout=_WAIT_SECONDS):
        sentence = _("Many pictures are being looked at just now. Try again in a moment.")
        raise BadInput(sentence, code="picture_busy", fields={"picture": sentence})
    try:
        said = run_child(data, _CHILD, "asked")
    finally:
        _PLACES.release()
    return _read(said)


def _read(said: bytes) -> Look:
    head, _newline, small = said.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            raise _refused(str(told["refused"]))
        views = tuple(str(view) for view in told["views"])
        look = Look(views, small, int(told["width"]), int(told["height"]))
    except (ValueError, TypeError, KeyError):
        raise _refused("too_heavy") from None
    sound = all(_PRINT.fullmatch(view) for view in views) and 0 < len(views) <= 8
    if not sound or limits.format_of(small) != "WEBP" or len(small) > _LONGEST_SMALL:
        raise _refused("broken")
    return look


def _refused(code: str) -> BadInput:
    log.info("asked picture refused", code=code)
    sentence = sentence_of(code)
    return BadInput(sentence, code=f"picture_{code}", fields={"picture": sentence})


def prints_of(pictures: Sequence[Shown]) -> list[str | None]:
    """Return the fingerprint of each kept picture, None for one whose file is gone or can't be read.

    One child process for all of them; give at most ``AT_ONCE``.
    """
    files = [_content(picture) for picture in pictures]
    head = json.dumps([len(file) for file in files]).encode() + b"\n"
    said = run_child(head + b"".join(files), _CHILD, "kept")
    try:
        prints = json.loads(said)
    except ValueError:
        prints = []
    if len(prints) != len(files):
        log.warning("pictures not looked at", pictures=len(files))
        raise RuntimeError("the child process that looks at pictures gave no answer")
    return [one if isinstance(one, str) and _PRINT.fullmatch(one) else None for one in prints]


def _content(picture: Shown) -> bytes:
    """Return the smallest file of a kept picture, nothing when it is gone."""
    path = path_of(picture.url(1).rsplit("/", 1)[1])
    try:
        return path.read_bytes() if path else b""
    except OSError:
        return b""
