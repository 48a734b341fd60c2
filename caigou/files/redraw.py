"""The child process that draws a picture anew. Run as a program, with an empty environment: ``python -I redraw.py``.

It reads an upload on its standard input, and answers one line of JSON and then the WebP files that the line tells of.
Whatever breaks the decoder breaks it here, where nothing is to be had: before the first byte is read, the process gives
up memory beyond 512 MB, more than five seconds of CPU, another user than nobody, and every further file or socket.

Only pixels come through: each answer is encoded from a new image, so EXIF, XMP, comments, profiles, thumbnails and
whatever hung behind the picture stay here (CVE classes and reasons: reliability.md section 5).
"""

from __future__ import annotations

import contextlib
import io
import json
import runpy
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import (
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

#: Read as a file: the child knows no package of ours, and with ``-I`` no folder but those of its libraries.
_HERE = Path(__file__).resolve()
limits: Any = SimpleNamespace(**runpy.run_path(str(_HERE.with_name("limits.py"))))
confined: Any = SimpleNamespace(**runpy.run_path(str(_HERE.parents[1] / "kernel" / "confined.py")))
#: Loaded before the door is shut. TIFF is never decoded: EXIF is written in it; phones' photos are MPO, a kind of JPEG.
_DECODERS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin, TiffImagePlugin)
_WHITE = (255, 255, 255)
_QUALITY = 82


class Refused(Exception):
    """The code of the reason, for the parent to put into words."""


def shut_the_door() -> None:
    """Give up everything that drawing doesn't need."""
    confined.give_up(memory=limits.CHILD_MEMORY, cpu_seconds=limits.CHILD_CPU_SECONDS)


def decode(data: bytes) -> Image.Image:
    """Return the first frame, upright; raises ``Refused`` or whatever the decoder raises."""
    kind = limits.format_of(data)
    if not kind:
        raise Refused("not_a_picture")
    with Image.open(io.BytesIO(data), formats=(kind,)) as checked:
        if checked.width * checked.height > limits.MOST_PIXELS:
            raise Refused("too_many_pixels")
        if min(checked.size) < limits.LEAST_SIDE:
            raise Refused("too_small")
        if getattr(checked, "n_frames", 1) > limits.MOST_FRAMES:
            raise Refused("too_many_frames")
        checked.verify()
    image: Image.Image = Image.open(io.BytesIO(data), formats=(kind,))
    if kind == "JPEG":
        # Decode at a half, quarter or eighth where that is enough: less memory for the same result.
        image.draft("RGB", (2 * limits.WIDTHS[-1], 2 * limits.WIDTHS[-1]))
    image.load()
    profile = image.info.get("icc_profile")
    # Orientation counts, and nothing else of EXIF does; a broken one is as good as none.
    with contextlib.suppress(Exception):
        image = ImageOps.exif_transpose(image)
    return _in_srgb(_fit(image), profile)


def _fit(image: Image.Image) -> Image.Image:
    """Return it as RGB or RGBA, no larger than the largest that is kept."""
    if image.mode.startswith("I"):  # 16 bits a channel: Pillow would clip them instead of scaling
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"P", "LA", "PA", "La"} or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode not in {"RGB", "RGBA", "CMYK"}:
        image = image.convert("RGB")
    image.thumbnail((limits.WIDTHS[-1], limits.MOST_HEIGHT), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return it in the colours that screens expect; phones take pictures in wider ones."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    if profile:
        with contextlib.suppress(Exception):  # a profile of another kind of colours, or a broken one
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            colours = changed or colours
    colours = colours.convert("RGB")
    fresh = Image.new("RGB", colours.size, _WHITE)
    fresh.paste(colours, mask=alpha)
    return fresh


def encode(image: Image.Image) -> list[tuple[int, int, bytes]]:
    """Return width, height and WebP file of each size, the largest last."""
    sizes = [width for width in limits.WIDTHS if width < image.width] + [min(image.width, limits.WIDTHS[-1])]
    files = []
    for width in sizes:
        height = max(1, round(image.height * width / image.width))
        small = image if width == image.width else image.resize((width, height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        small.save(out, "WEBP", quality=_QUALITY, method=4)
        files.append((small.width, small.height, out.getvalue()))
    return files


def answer(data: bytes) -> bytes:
    """Return what the parent reads: a line of JSON, then the files one after the other."""
    # What else Pillow warns of is about metadata, which nobody keeps; a photo with broken EXIF is a photo.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limits.MOST_PIXELS
    try:
        files = encode(decode(data))
    except Refused as refused:
        return json.dumps({"refused": str(refused)}).encode() + b"\n"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return json.dumps({"refused": "too_many_pixels"}).encode() + b"\n"
    except MemoryError:
        return json.dumps({"refused": "too_heavy"}).encode() + b"\n"
    except Exception:
        return json.dumps({"refused": "broken"}).encode() + b"\n"
    head = {"files": [[width, height, len(content)] for width, height, content in files]}
    return json.dumps(head).encode() + b"\n" + b"".join(content for _w, _h, content in files)


if __name__ == "__main__":
    Image.new("RGB", (1, 1)).save(io.BytesIO(), "WEBP")  # whatever the encoder loads late is loaded now
    ImageCms.createProfile("sRGB")
    shut_the_door()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(limits.MOST_BYTES + 1)))
