"""What a picture looks like, in 512 bits: two pictures look the more alike the fewer of their bits differ.

A quarter is form: the difference hash, which says for 8 × 8 places whether it gets brighter to the right, and
downwards. The rest is colour: 4 × 4 places, brightness and two colours, each in levels 0 to 8, written so that one
level more is one bit more. Pillow scales; what is left for us is to compare. Plain Python: a child process reads it
as a file, so that no decoder runs in a process of ours (decision 0027).
"""

from __future__ import annotations

from PIL import Image, ImageChops, ImageOps

#: Of a fingerprint; written as hexadecimal digits.
BITS = 128 + 384
_FORM = 8
_COLOUR = 4
_LEVELS = 8
#: A border counts as even when nothing in it differs from the corner by more.
_EVEN = 8
#: A picture of which less is left without its border is one of a detail; it stays whole.
_LEAST_LEFT = 0.25


def fingerprint(image: Image.Image) -> str:
    """Return the fingerprint of an RGB picture of any size as 128 hexadecimal digits."""
    bits = [*_form(image), *_colours(image)]
    return f"{int(''.join(map(str, bits)), 2):0{BITS // 4}x}"


def _form(image: Image.Image) -> list[int]:
    grey = image.convert("L")
    wide = grey.resize((_FORM + 1, _FORM), Image.Resampling.LANCZOS).tobytes()
    high = grey.resize((_FORM, _FORM + 1), Image.Resampling.LANCZOS).tobytes()
    rightwards = [
        int(wide[row * (_FORM + 1) + column] < wide[row * (_FORM + 1) + column + 1])
        for row in range(_FORM)
        for column in range(_FORM)
    ]
    downwards = [int(high[place] < high[place + _FORM]) for place in range(_FORM * _FORM)]
    return [*rightwards, *downwards]


def _colours(image: Image.Image) -> list[int]:
    small = image.convert("YCbCr").resize((_COLOUR, _COLOUR), Image.Resampling.BOX).tobytes()
    levels = [value * (_LEVELS + 1) // 256 for value in small]
    return [int(place < level) for level in levels for place in range(_LEVELS)]


def views(image: Image.Image) -> list[str]:
    """Return the fingerprints by which a picture that somebody shows us is looked for: as it is, and mirrored.

    Where it has an even border, as pictures of a screen have, also without it.
    """
    seen = [image]
    inner = _without_border(image)
    if inner is not None:
        seen.append(inner)
    return [fingerprint(turned) for each in seen for turned in (each, ImageOps.mirror(each))]


def _without_border(image: Image.Image) -> Image.Image | None:
    corner = Image.new("RGB", image.size, image.getpixel((0, 0)))
    differing = ImageChops.difference(image, corner).convert("L").point(lambda value: 255 if value > _EVEN else 0)
    box = differing.getbbox()
    if box is None or box == (0, 0, *image.size):
        return None
    width, height = box[2] - box[0], box[3] - box[1]
    return image.crop(box) if width * height >= _LEAST_LEFT * image.width * image.height else None
