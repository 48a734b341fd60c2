"""Cartons, volume and the weight that a carrier bills: pure rules, whole numbers, no database (F6).

Lengths are millimetres, weights grams, volumes cubic millimetres, so that nothing is rounded before it is written
down for somebody; 1 m³ (CBM) is ``MM3_IN_CBM``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MM3_IN_CBM: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Carton:
    """One outer carton as its supplier states it: how many units it holds; sides and weight where they are stated."""

    pieces: int
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    weight_g: int | None = None

    @property
    def volume_mm3(self) -> int | None:
        """Length × width × height; None unless all three are stated."""
        if not (self.length_mm and self.width_mm and self.height_mm):
            return None
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True)
class Packing:
    """How a quantity is packed. What follows from a datum that isn't stated is None, never zero.

    ``in_last`` is how many units the last carton holds when it isn't full, else 0. A carton that isn't full is
    booked like a full one, so volume and weights are upper bounds then.
    """

    cartons: int
    in_last: int
    volume_mm3: int | None
    gross_g: int | None
    chargeable_g: int | None
    by_volume: bool

    @property
    def litres(self) -> int | None:
        """The volume in thousandths of a CBM, a part of one counting as a whole."""
        return None if self.volume_mm3 is None else -(-self.volume_mm3 // 1_000_000)


def volumetric_weight_g(volume_mm3: int, *, divisor: int) -> int:
    """Return what a volume weighs for a carrier, in grams, a part of a gram counting as a whole one.

    ``divisor`` is the carrier's own, in cm³ per kg. Raises ``ValueError`` for a divisor that is not positive or a
    negative volume.

    >>> volumetric_weight_g(400 * 300 * 200, divisor=5_000)
    4800
    """
    if divisor < 1 or volume_mm3 < 0:
        raise ValueError("the divisor is positive and a volume not negative")
    # mm³ / 1000 = cm³; / divisor = kg; × 1000 = g: the thousands cancel out.
    return -(-volume_mm3 // divisor)


def chargeable_weight_g(*, actual_g: int, volume_mm3: int, divisor: int) -> int:
    """Return the weight in grams that a carrier bills: actual or volumetric, the greater.

    Raises ``ValueError`` unless weight, volume and divisor are positive.

    >>> chargeable_weight_g(actual_g=2_000, volume_mm3=400 * 300 * 200, divisor=5_000)
    4800
    >>> chargeable_weight_g(actual_g=5_000, volume_mm3=400 * 300 * 200, divisor=6_000)
    5000
    """
    if actual_g < 1 or volume_mm3 < 1:
        raise ValueError("weight and volume are positive")
    return max(actual_g, volumetric_weight_g(volume_mm3, divisor=divisor))


def packing(quantity: int, carton: Carton, *, divisor: int) -> Packing:
    """Return how ``quantity`` units are packed in cartons of one kind; ``divisor`` as for ``volumetric_weight_g``.

    All cartons being alike, the sum of what each is billed is what the whole is billed, but for rounding: each is
    rounded up on its own, as carriers do. Raises ``ValueError`` for less than one unit or an empty carton.

    >>> packed = packing(1_200, Carton(24, 460, 340, 280, 10_300), divisor=5_000)
    >>> packed.cartons, packed.in_last, packed.litres, packed.gross_g, packed.chargeable_g
    (50, 0, 2190, 515000, 515000)
    """
    if quantity < 1 or carton.pieces < 1:
        raise ValueError("there is at least one unit, and room for one in a carton")
    cartons = -(-quantity // carton.pieces)
    one, weight = carton.volume_mm3, carton.weight_g
    billed = None
    if one is not None and weight:
        billed = chargeable_weight_g(actual_g=weight, volume_mm3=one, divisor=divisor)
    return Packing(
        cartons=cartons,
        in_last=quantity % carton.pieces,
        volume_mm3=None if one is None else one * cartons,
        gross_g=weight * cartons if weight else None,
        chargeable_g=None if billed is None else billed * cartons,
        by_volume=billed is not None and weight is not None and billed > weight,
    )
