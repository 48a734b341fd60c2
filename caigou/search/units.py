"""A size in the units that others use: nine feet are also 2.7 metres, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

#: How far a rounded size may be from the one that was asked for.
NEAR = 0.03

#: Millimetres, millilitres and grams; the units of the two families stand apart.
_METRIC = (
    {"mm": 1.0, "cm": 10.0, "m": 1_000.0},
    {"ml": 1.0, "cl": 10.0, "l": 1_000.0},
    {"g": 1.0, "jin": 500.0, "kg": 1_000.0},
)
_OTHER = (
    {"inch": 25.4, "ft": 304.8, "yd": 914.4},
    {"oz": 29.57, "pint": 473.2, "qt": 946.4, "gal": 3_785.0},
    {"oz": 28.35, "lb": 453.6},
)
#: Nobody writes 900000 mm, or 0.003 gal.
_LEAST, _MOST = 0.5, 3_000.0
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")


@lru_cache(maxsize=4_096)
def same_size(word: str) -> tuple[str, ...]:
    """Return how else a size may be written, in the spelling of ``text.normalise``; nothing for other words.

    >>> "2.7m" in same_size("9ft"), "270cm" in same_size("9ft"), "12inch" in same_size("30cm")
    (True, True, True)
    >>> same_size("mugs"), same_size("20000mah"), same_size("1000ml")
    ((), (), ('1l', '100cl', '34oz'))
    """
    match = _SIZE.fullmatch(word)
    if not match or float(match[1]) == 0:
        return ()
    number, unit = float(match[1]), match[2]
    found: dict[str, None] = {}
    for metric, other in zip(_METRIC, _OTHER, strict=True):
        for mine, theirs in ((metric, other), (other, metric)):
            if unit in mine:
                size = number * mine[unit]
                found.update(dict.fromkeys(_exactly(size, mine)))
                found.update(dict.fromkeys(_nearly(size, theirs)))
    found.pop(word, None)
    return tuple(found)


def _exactly(size: float, units: dict[str, float]) -> Iterator[str]:
    """Yield the same size in the other units of its family, where it comes out even."""
    for unit, worth in reversed(units.items()):
        value = round(size / worth, 1)
        if _LEAST <= value <= _MOST and abs(value * worth - size) < size / 1_000:
            yield f"{value:g}{unit}"


def _nearly(size: float, units: dict[str, float]) -> Iterator[str]:
    """Yield the size in the units of the other family, rounded as sellers round."""
    for unit, worth in units.items():
        exact = size / worth
        if _LEAST <= exact <= _MOST:
            values = {round(exact / step) * step for step in (_fine(unit, exact), 1, 5, 10, 50, 100)}
            near = sorted(values, key=lambda value: abs(value - exact))
            yield from (f"{value:g}{unit}" for value in near if value and abs(value - exact) <= exact * NEAR)


def _fine(unit: str, exact: float) -> float:
    """Tenths of metres, litres and inches where there are few of them, else whole ones."""
    return 0.1 if unit in {"m", "l", "kg", "inch"} and exact < 10 else 1
