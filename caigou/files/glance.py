"""The child process that looks at pictures. Run as a program, with an empty environment: ``python -I glance.py``.

``asked`` reads an upload and answers its fingerprints and one small WebP of it, nothing else: it is looked for, not
kept.  ``kept`` reads a line of JSON with lengths and then so many WebP files of ours, and answers their fingerprints.
Both give up what ``redraw.py`` gives up, before the first byte is read.
"""

from __future__ import annotations

import io
import json
import runpy
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image, ImageCms

_HERE = Path(__file__).resolve()
redraw: Any = SimpleNamespace(**runpy.run_path(str(_HERE.with_name("redraw.py"))))
seen: Any = SimpleNamespace(**runpy.run_path(str(_HERE.with_name("fingerprint.py"))))
_SMALL = 160


def asked(data: bytes) -> bytes:
    """Return a line of JSON with the fingerprints, and behind it the small picture; or the reason of the refusal."""
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = redraw.limits.MOST_PIXELS
    try:
        image = redraw.decode(data)
    except redraw.Refused as refused:
        return _line({"refused": str(refused)})
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _line({"refused": "too_many_pixels"})
    except MemoryError:
        return _line({"refused": "too_heavy"})
    except Exception:
        return _line({"refused": "broken"})
    views = seen.views(image)
    image.thumbnail((_SMALL, _SMALL), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80, method=4)
    return _line({"views": views, "width": image.width, "height": image.height}) + out.getvalue()


def kept(data: bytes) -> bytes:
    """Return a line of JSON: the fingerprint of each picture, null for one that can't be read."""
    head, _newline, rest = data.partition(b"\n")
    prints: list[str | None] = []
    start = 0
    for length in json.loads(head):
        try:
            with Image.open(io.BytesIO(rest[start : start + length]), formats=("WEBP",)) as image:
                prints.append(seen.fingerprint(image.convert("RGB")))
        except Exception:
            prints.append(None)
        start += length
    return _line(prints)


def _line(told: Any) -> bytes:
    return json.dumps(told).encode() + b"\n"


if __name__ == "__main__":
    Image.new("RGB", (1, 1)).save(io.BytesIO(), "WEBP")  # whatever the encoder loads late is loaded now
    ImageCms.createProfile("sRGB")
    redraw.shut_the_door()
    work = {"asked": asked, "kept": kept}[sys.argv[1]]
    sys.stdout.buffer.write(work(sys.stdin.buffer.read(redraw.limits.MOST_BYTES + 1)))
