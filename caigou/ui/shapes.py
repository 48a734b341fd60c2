"""What the larger components are given: plain, frozen values, so that a page's context is checked by mypy.

A component reads attributes only and asks the database nothing.  Amounts are ``Money``, moments are aware.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from django.utils.functional import Promise

from caigou.kernel.money import Money
from caigou.ui.formats import Sure
from caigou.ui.states import State

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a facet. ``other`` is the same in the other script, ``count`` what it would find; ``name`` only
    where it is a parameter of its own."""

    value: str
    label: Words
    count: int | None = None
    checked: bool = False
    other: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a small histogram: its height in hundredths of the highest, and whether it is within what is set."""

    height: int
    is_in: bool = True

    @property
    def top(self) -> int:
        """Where it begins, counted from above."""
        return 100 - self.height


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: ``many`` tick boxes, ``one`` of radio buttons, or a ``range`` in ``name_low`` and ``name_high``.

    Above a range may stand ``bars`` of how many goods lie where; ``bars_told`` says in words what they show, and the
    two figures of ``bars_ends`` stand where they begin and end.
    Of long lists the ``first`` so many options are shown, the others open on request.
    """

    name: str
    title: Words
    kind: Literal["many", "one", "range"] = "many"
    options: Sequence[Option] = ()
    unit: str = ""
    low: str = ""
    high: str = ""
    name_low: str = ""
    name_high: str = ""
    bars: Sequence[Bar] = ()
    bars_told: str = ""
    bars_ends: Sequence[str] = ()
    first: int = 99

    @property
    def shown(self) -> Sequence[Option]:
        return self.options[: self.first]

    @property
    def more(self) -> Sequence[Option]:
        return self.options[self.first :]

    @property
    def is_open(self) -> bool:
        """Whether one of the others is chosen: it is never hidden."""
        return any(option.checked for option in self.more)


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the price ladder; ``to_quantity`` None is open; ``reached`` is the reader's own."""

    from_quantity: int
    to_quantity: int | None
    price: Money
    reached: bool = False


@dataclass(frozen=True, slots=True)
class SumRow:
    """One line of a working. ``amount`` None is said in words (``unpriced``), never as zero."""

    label: Words
    amount: Money | None
    sure: Sure = "listed"
    detail: Words = ""
    total: bool = False
    unpriced: Words = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A product in a list. ``product`` has the catalogue's fields; ``price`` is the tier's at ``quantity``,
    ``total`` what that many cost."""

    product: object
    href: str
    quantity: int | None = None
    price: Money | None = None
    ask_href: str = ""
    total: Money | None = None
    #: Puts it into the compare tray or takes it out; without one there is no box to tick.
    compare_href: str = ""
    compared: bool = False
    #: Who says all this, where it isn't the supplier: shown with the time at which it was read (B8).
    source: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One line of an offer: what it was in the previous round and what it is now."""

    label: Words
    now: Words | Money | None
    before: Words | Money | None = None
    total: bool = False

    @property
    def changed(self) -> bool:
        return self.before is not None and self.before != self.now


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer beside the round before it. ``until`` shows only while it's open."""

    title: Words
    state: State
    terms: Sequence[Term]
    now_head: Words
    before_head: Words = ""
    until: datetime | None = None
    sealed_at: datetime | None = None
    sure: Sure = "offered"
    remark: Words = ""

    @property
    def compared(self) -> bool:
        return bool(self.before_head)


@dataclass(frozen=True, slots=True)
class Message:
    """What a person (or, with ``system``, the platform) wrote; ``text`` is in ``language``."""

    text: str
    language: str
    at: datetime
    author: str = ""
    mine: bool = False
    system: bool = False
    translation: str = ""
    translation_language: str = ""
    caption: Words = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One knot of the order's timeline. ``seal`` is the one character of a seal, ``about`` marks a forecast."""

    title: Words
    state: Literal["done", "now", "later", "late", "skipped"]
    at: datetime | date | None = None
    detail: Words = ""
    about: bool = False
    seal: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One segment of a short progress bar."""

    word: Words
    state: Literal["done", "now", "later", "late", "skipped"]


@dataclass(frozen=True, slots=True)
class Escrow:
    """One order's escrow as the ledger has it. ``short`` is what is still missing before it is complete."""

    total: Money
    held: Money
    released: Money
    refunded: Money
    frozen: bool = False
    as_of: datetime | None = None
    rows: Sequence[SumRow] = field(default_factory=tuple)

    @property
    def short(self) -> Money:
        missing = self.total - self.held - self.released - self.refunded
        return missing if missing.minor > 0 else Money.zero(self.total.currency)

    @property
    def sure(self) -> Sure:
        return "agreed"

    def parts(self) -> list[tuple[str, float, float]]:
        """Return (kind, start, width) in per cent of the total, for the drawn bar; empty for a total of nothing."""
        if self.total.minor <= 0:
            return []
        at, drawn = 0.0, []
        for kind, part in (("released", self.released), ("held", self.held), ("refunded", self.refunded)):
            width = round(min(part.minor / self.total.minor * 100, 100 - at), 2)
            if width > 0:
                drawn.append((kind, round(at, 2), width))
                at += width
        return drawn


@dataclass(frozen=True, slots=True)
class Right:
    """A right that lapses: until when, by which clause, and what happens without an answer."""

    title: Words
    until: datetime | None
    clause: Words
    state: Literal["running", "due", "stopped", "lapsed"] = "running"
    waits_for: Words = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Work to do by a deadline. ``product`` gives the picture, else ``glyph``."""

    title: Words
    href: str
    detail: Words = ""
    until: datetime | None = None
    state: Literal["due", "later", "done"] = "due"
    product: object | None = None
    glyph: str = "doc"


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link, so that tabs work without JavaScript."""

    word: Words
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of where the reader is; the last has no ``href``."""

    word: Words
    href: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. ``kind`` money and number are set at the inline end, in tabular figures."""

    head: Words
    kind: Literal["text", "money", "number"] = "text"


@dataclass(frozen=True, slots=True)
class Terms:
    """What every price below is computed for. A missing part is asked for, not hidden."""

    quantity: int | None = None
    unit: str = "piece"
    destination: Words = ""
    href: str = ""
