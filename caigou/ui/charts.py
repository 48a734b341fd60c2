"""Small charts from figures that stand on the page anyway: bars beside sums, and a balance as it moved.

Each is drawn by the server as SVG from plain numbers. A bar stands beside its own figure, so it says nothing of its
own to a screen reader; a balance is told in one sentence, and the table below it has every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from caigou.kernel.money import Money
from caigou.ui.shapes import Words

#: The box in which a balance is drawn; it is stretched to the width that there is.
WIDE, HIGH = 1_000, 100
#: Fewer movements than these say more as a table.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class BarRow:
    """One figure with its bar; ``start`` and ``length`` are thousandths of the width, None where nothing compares."""

    word: Words
    amount: Money
    start: int | None = None
    length: int | None = None
    detail: Money | None = None


def bar_rows(rows: Sequence[tuple[Words, Money]]) -> list[BarRow]:
    """Return figures of one currency with bars on one scale, which begin at zero; below zero they go the other way."""
    return [
        BarRow(word, amount, start, length)
        for (word, amount), (start, length) in zip(rows, _spans([amount.minor for _word, amount in rows]), strict=True)
    ]


def bar_rows_by_worth(rows: Sequence[tuple[Words, Money, Money | None]]) -> list[BarRow]:
    """Return figures of several currencies with bars by what each is about worth in one; without a worth, no bar."""
    known = [worth.minor for _word, _amount, worth in rows if worth is not None]
    spans = iter(_spans(known))
    return [
        BarRow(word, amount)
        if worth is None
        else BarRow(word, amount, *next(spans), detail=worth if worth != amount else None)
        for word, amount, worth in rows
    ]


def _spans(values: Sequence[int]) -> list[tuple[int, int]]:
    """Return where each bar begins and how long it is; whatever is not zero can be seen."""
    low, high = min((0, *values)), max((0, *values))
    whole = high - low or 1
    zero = -low * WIDE // whole
    return [
        (max(zero - length, 0) if value < 0 else zero, length)
        for value in values
        for length in [max(abs(value) * WIDE // whole, 4 if value else 0)]
    ]


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance from its first moment shown to its last: a line of steps, and what is said of it."""

    first: datetime
    last: datetime
    low: Money
    high: Money
    path: str
    #: Where zero lies, from the top.
    zero: int


def balance_of(moved: Sequence[tuple[datetime, Money]], until: datetime) -> Balance | None:
    """Return a balance as it stood after each of its movements, oldest first, up to ``until``; None for too few."""
    if len(moved) < FEWEST or moved[0][0] >= until:
        return None
    sums = [after for _when, after in moved]
    low, high = min(sums), max(sums)
    bottom, top = min(low.minor, 0), max(high.minor, 0)
    whole = top - bottom or 1
    first = moved[0][0]
    seconds = (until - first).total_seconds()
    # A movement that was dated back stands where the one before it does: the ledger counts them in its own order.
    times = accumulate((min(when, until) for when, _after in moved), max)
    across = [round((when - first).total_seconds() / seconds * WIDE) for when in times]
    down = [(top - after.minor) * HIGH // whole for after in sums]
    steps = [f"M0 {down[0]}", *(f"H{x}V{y}" for x, y in zip(across[1:], down[1:], strict=True)), f"H{WIDE}"]
    return Balance(first, until, low, high, "".join(steps), top * HIGH // whole)
