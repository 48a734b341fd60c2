"""Addresses of a kept picture: what a page needs to show it, without a look into the database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from django.conf import settings

from caigou.files.limits import WIDTHS

#: Below this stands every picture, on the host of ``CAIGOU_PICTURES_URL``; ``middleware.py`` answers it.
PREFIX: Final = "/pictures/"
_TEXT = re.compile(r"([0-9a-f]{64})\.([1-9][0-9]{0,3})\.([1-9][0-9]{0,3})")


def kept_widths(width: int) -> tuple[int, ...]:
    """Return the widths in which a picture whose largest file is ``width`` pixels wide is kept, rising.

    >>> kept_widths(960), kept_widths(300)
    ((160, 480, 960), (160, 300))
    """
    return (*(each for each in WIDTHS if each < width), width)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture by its hash and the size of its largest file in pixels; ``str()`` is what tables keep of it."""

    sha256: str
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.sha256}.{self.width}.{self.height}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the picture that ``str()`` wrote down, None for anything else."""
        match = _TEXT.fullmatch(text)
        return cls(match[1], int(match[2]), int(match[3])) if match else None

    def url(self, width: int) -> str:
        """Return the address of the smallest kept file that is at least ``width`` pixels wide, else of the largest."""
        kept = kept_widths(self.width)
        chosen = next((each for each in kept if each >= width), kept[-1])
        return f"{settings.CAIGOU_PICTURES_URL}{PREFIX}{self.sha256}-{chosen}.webp"

    @property
    def srcset(self) -> str:
        """All kept files for the browser to choose from."""
        return ", ".join(f"{self.url(width)} {width}w" for width in kept_widths(self.width))
