"""What is known of each product, as columns of numbers with one value a row (see ``parts.py``).

A column is read from the engine when it is first asked for, and kept for as long as its parts are there: after a
commit only what it wrote is read. Each takes as many bytes a product as its largest number needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from caigou.adapters.tantivy_index.parts import Part
from caigou.adapters.tantivy_index.schema import QUALITY
from caigou.adapters.tantivy_index.values import PLACES, UNSTATED

Column = NDArray[Any]
#: Rows in rising order.
Rows = NDArray[np.intp]
#: So many addresses are made at a time: each is an object of some sixty bytes.
_AT_ONCE = 20_000
#: Columns that say nothing of some goods hold one more than what they say, and 0 there.
_WITH_GAPS = ("price", "from")


class Columns:
    """The columns of one commit; threads share them, and may both read the same one."""

    def __init__(self, searcher: tantivy.Searcher, parts: Sequence[Part], before: Columns | None = None) -> None:
        """``before``: those of the commit before; what both have isn't read again."""
        self._searcher, self._parts = searcher, parts
        self.count = sum(part.size for part in parts)
        self._whole: dict[str, Column] = {}
        self._weights: NDArray[np.float32] | None = None
        self._qualifications: tuple[int, Column] | None = None
        self._prices: dict[int | None, Column] = {}
        self._buckets: dict[tuple[str, tuple[int, ...]], Column] = {}
        #: By part and name.
        self._pieces: dict[tuple[str, str], Column] = {}
        if before is not None:
            here = {part.name for part in parts}
            self._pieces = {key: piece for key, piece in before.pieces.items() if key[0] in here}

    @property
    def pieces(self) -> dict[tuple[str, str], Column]:
        """What was read, by part and name."""
        return dict(self._pieces)

    def starts(self) -> list[int]:
        """Return each part's first row."""
        return [0, *np.cumsum([part.size for part in self._parts]).tolist()][: len(self._parts)]

    def of(self, name: str) -> Column:
        """Return a column of the engine, or what is packed into one (``values.PLACES``)."""
        found = self._whole.get(name)
        if found is None:
            pieces = [self._piece(at, name) for at in range(len(self._parts))]
            found = pieces[0] if len(pieces) == 1 else np.concatenate([*pieces, np.zeros(0, np.uint8)])
            for part, start in zip(self._parts, self.starts(), strict=True):
                self._pieces[part.name, name] = found[start : start + part.size]
            self._whole[name] = found
        return found

    def _piece(self, at: int, name: str) -> Column:
        part = self._parts[at]
        if (part.name, name) not in self._pieces:
            place = PLACES.get(name)
            read = self._read(at, place.column if place else name)
            if place is None:
                self._pieces[part.name, name] = _tight(read)
            else:  # all that stands in it is asked for together
                for other, (column, shift, bits) in PLACES.items():
                    if column == place.column:
                        packed = read >> np.uint64(shift) & np.uint64((1 << bits) - 1)
                        self._pieces[part.name, other] = _tight(packed)
        return self._pieces[part.name, name]

    def _read(self, at: int, name: str) -> Column:
        size, has_gaps = self._parts[at].size, name.startswith(_WITH_GAPS)
        found = np.zeros(size, dtype=np.uint64)
        for start in range(0, size, _AT_ONCE):
            end = min(size, start + _AT_ONCE)
            addresses = [tantivy.DocAddress(at, row) for row in range(start, end)]
            told = self._searcher.fast_field_values(name, addresses)
            if has_gaps:
                found[start:end] = [0 if value is None else int(value) + 1 for value in told]
            else:
                found[start:end] = np.array(told) * (QUALITY if name == "quality" else 1)
        return found

    # --- what follows from them -----------------------------------------------------------------------------------
    def weights(self) -> NDArray[np.float32]:
        """Return by what the engine multiplies the score of each product for its quality: log₂(2 + quality)."""
        if self._weights is None:
            self._weights = np.log2(2 + self.of("quality") / QUALITY).astype(np.float32)
        return self._weights

    def prices(self, quantity: int | None, ranks: int) -> Column:
        """Return one more than the unit price at ``quantity``, in minor units of each product's currency; 0 for none.

        ``ranks``: the most steps that a ladder of prices has.
        """
        found = self._prices.get(quantity)
        if found is None:
            found = self.of("price_0")
            for rank in range(1, 1 if quantity is None else ranks):
                begins = self.of(f"from_{rank}")
                reached = (begins > 0) & (begins <= (quantity or 0) + 1)
                found = np.where(reached, self.of(f"price_{rank}"), found)
            if len(self._prices) >= 8:
                self._prices = {}
            self._prices[quantity] = found
        return found

    def qualifications(self, day: int) -> Column:
        """Return qualifications as numbers; one that has ended on ``day`` is none."""
        known = self._qualifications
        if known is None or known[0] != day:
            found = np.where(self.of("verified") >= day, self.of("qualification"), np.uint8(1))
            known = self._qualifications = (day, found)
        return known[1]

    def bucket(self, name: str, edges: tuple[int, ...]) -> Column:
        """Return between which of ``edges`` the values lie: 1 from the first to below the second; 0 where unstated."""
        found = self._buckets.get((name, edges))
        if found is None:
            values = self.of(name)
            found = np.searchsorted(np.array(edges, dtype=np.int64), values, side="right").astype(np.uint8)
            if name in UNSTATED:
                found[values == UNSTATED[name]] = 0
            if len(self._buckets) >= 20:
                self._buckets = {}
            self._buckets[name, edges] = found
        return found


def _tight(numbers: Column) -> Column:
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))
