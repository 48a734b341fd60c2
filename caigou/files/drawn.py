"""Ask the child process to draw an upload anew, and believe nothing that it answers but sizes and bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caigou.files import limits
from caigou.files.shown import kept_widths

_CHILD: Final = Path(__file__).with_name("redraw.py")
#: Of one process of ours: each child may take half a gigabyte.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One size of a picture as the child encoded it."""

    width: int
    height: int
    content: bytes


class Undrawable(Exception):
    """The upload is no picture that we take; the argument is the code of the reason."""


def redraw(data: bytes) -> list[Drawn]:
    """Return the picture in each size, the largest last. Raises ``Undrawable``.

    Codes: empty, too_large, not_a_picture, too_many_pixels, too_small, too_many_frames, too_heavy, broken.
    """
    if not data:
        raise Undrawable("empty")
    if len(data) > limits.MOST_BYTES:
        raise Undrawable("too_large")
    if not limits.format_of(data):
        raise Undrawable("not_a_picture")
    with _AT_ONCE:
        return _read(run_child(data, _CHILD))


def run_child(data: bytes, program: Path, *words: str) -> bytes:
    """Return what a child process answers to ``data``: nothing when its limits have ended it."""
    with tempfile.TemporaryFile() as upload:
        upload.write(data)
        upload.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", str(program), *words],
            stdin=upload,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        watch = threading.Timer(limits.CHILD_WALL_SECONDS, child.kill)
        watch.start()
        try:
            said = child.stdout.read(limits.MOST_ANSWER + 1) if child.stdout else b""
        finally:
            watch.cancel()
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()
    return said


def _read(said: bytes) -> list[Drawn]:
    head, _newline, rest = said.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            raise Undrawable(str(told["refused"]))
        sizes = [(int(width), int(height), int(length)) for width, height, length in told["files"]]
    except (ValueError, TypeError, KeyError):
        # Nothing, or nonsense: it was ended by its limits, or something had broken it.
        raise Undrawable("too_heavy") from None
    if sum(length for _w, _h, length in sizes) != len(rest) or not _plausible(sizes):
        raise Undrawable("broken")
    drawn, start = [], 0
    for width, height, length in sizes:
        content = rest[start : start + length]
        if limits.format_of(content) != "WEBP":
            raise Undrawable("broken")
        drawn.append(Drawn(width, height, content))
        start += length
    return drawn


def _plausible(sizes: list[tuple[int, int, int]]) -> bool:
    widths = [width for width, _height, _length in sizes]
    if not widths or widths != list(kept_widths(widths[-1])) or widths[-1] > limits.WIDTHS[-1]:
        return False
    return all(width >= 1 and 1 <= height <= limits.MOST_HEIGHT for width, height, _length in sizes)
