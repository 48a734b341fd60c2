"""The kinds of settings. A declaration is read like a constant: ``CONFIRM_DAYS.value``.

Values are stored as text. ``read`` takes what a person wrote and says what would be valid; ``shown`` is for people.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caigou.house.current import stored
from caigou.kernel.actor import Right
from caigou.kernel.errors import BadInput

#: No exponent: ``1e999999`` is more than a number of Python's can be raised to.
_PER_CENT = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,2}))?\s*%?")
V = TypeVar("V")
Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Setting(ABC, Generic[V]):
    """One thing that the operator decides. ``waits_for`` names the part that will read it, while none does.

    ``right`` is what its change takes beyond being one of the platform's people; with ``by_two`` a second person with
    it has to agree, since the setting itself guards money against one person alone.
    """

    key: str
    group: Words
    label: Words
    explains: Words
    default: V
    waits_for: Words = ""
    right: Right | None = None
    by_two: bool = False

    @property
    def value(self) -> V:
        """What holds now, in this process at most five seconds old."""
        text = stored().get(self.key)
        if text is None:
            return self.default
        try:
            return self.read(text)
        except BadInput:  # narrower bounds came with a new version: the default is within them
            return self.default

    @abstractmethod
    def read(self, text: str) -> V:
        """Return the value that a person wrote; raises ``BadInput`` that says what would be valid."""

    def write(self, value: V) -> str:
        """Return the text that is stored; ``read`` gives the value back."""
        return str(value)

    def shown(self, value: V) -> str:
        """Return the value in words for people."""
        return self.write(value)

    def bounds(self) -> str:
        """Say what can be written."""
        return ""

    def refuse(self) -> BadInput:
        """Return the refusal of a text that is outside the bounds."""
        return BadInput(self.bounds(), fields={"value": self.bounds()})


@dataclass(frozen=True, kw_only=True)
class Whole(Setting[int]):
    """A whole number of ``unit``, both bounds included."""

    least: int
    most: int
    unit: Words = ""

    def read(self, text: str) -> int:
        text = text.strip()
        if not re.fullmatch(r"[0-9]{1,9}", text) or not self.least <= int(text) <= self.most:
            raise self.refuse()
        return int(text)

    def shown(self, value: int) -> str:
        return f"{value:,} {self.unit}".strip()

    def bounds(self) -> str:
        return _("A whole number from %(least)s to %(most)s.") % {"least": self.least, "most": self.most}


@dataclass(frozen=True, kw_only=True)
class Share(Setting[int]):
    """A share in basis points (1/100 of a per cent), written by people in per cent with up to two digits."""

    least: int = 0
    most: int

    def read(self, text: str) -> int:
        found = _PER_CENT.fullmatch(text.strip())
        points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else -1
        if not self.least <= points <= self.most:
            raise self.refuse()
        return points

    def write(self, value: int) -> str:
        whole, part = divmod(value, 100)
        return f"{whole}.{part:02d}".rstrip("0").rstrip(".")

    def shown(self, value: int) -> str:
        return f"{self.write(value)}%"

    def bounds(self) -> str:
        return _("Per cent from %(least)s to %(most)s, with at most two digits after the point.") % {
            "least": self.write(self.least),
            "most": self.write(self.most),
        }


@dataclass(frozen=True, kw_only=True)
class Text(Setting[str]):
    """One line of words."""

    longest: int = 60
    shortest: int = 1

    def read(self, text: str) -> str:
        text = text.strip()
        if not self.shortest <= len(text) <= self.longest or not all(sign.isprintable() for sign in text):
            raise self.refuse()
        return text

    def bounds(self) -> str:
        return _("%(least)s to %(most)s characters on one line.") % {"least": self.shortest, "most": self.longest}


@dataclass(frozen=True, kw_only=True)
class Codes(Setting[tuple[str, ...]]):
    """Some of ``choices``, at least one, in the order in which they are written; the first is the house's own."""

    choices: Callable[[], Sequence[str]]

    def read(self, text: str) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(re.findall(r"\w+", text.upper())))
        known = set(self.choices())
        if not codes or not set(codes) <= known:
            raise self.refuse()
        return codes

    def write(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)

    def bounds(self) -> str:
        return _("One or more of %(codes)s, with commas between; the first is the house's own.") % {
            "codes": ", ".join(self.choices())
        }


@dataclass(frozen=True, kw_only=True)
class Switch(Setting[bool]):
    """On or off."""

    def read(self, text: str) -> bool:
        try:
            return {"on": True, "off": False}[text.strip().lower()]
        except KeyError:
            raise self.refuse() from None

    def write(self, value: bool) -> str:
        return "on" if value else "off"

    def shown(self, value: bool) -> str:
        return _("On") if value else _("Off")

    def bounds(self) -> str:
        return _("On or off.")


@dataclass(frozen=True, kw_only=True)
class PictureName(Setting[str]):
    """A picture that was made safe, by its hash, width and height (``files.shown``), or empty for none."""

    def read(self, text: str) -> str:
        if not re.fullmatch(r"([0-9a-f]{64}\.[1-9][0-9]{0,3}\.[1-9][0-9]{0,3})?", text):
            raise self.refuse()
        return text

    def shown(self, value: str) -> str:
        return value[:12] or str(NONE)

    def bounds(self) -> str:
        return _("A JPEG, PNG or WebP picture.")


NONE = gettext_lazy("None")

#: Any setting at all, where its kind doesn't matter.
AnySetting = Setting[Any]
