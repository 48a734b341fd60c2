"""A size as others write it: nine feet are also 2.7 metres, and 30x80 may be 30 in. x 80 in."""

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
_NUMBER = re.compile(r"\d+(?:[./]\d+)?")
#: Numbers, as ``text.pieces`` keeps them together, and the unit behind them.
_NUMBERS = re.compile(r"\d+(?:[./]\d+)?(?P<times>(?:x\d+(?:[./]\d+)?)*)(?P<unit>[a-z]*)")
#: Units that are left out where everybody knows them: of doors, filters, boards.
_LEFT_OUT = ("inch", "ft")
#: How much a size counts in other units than those of the query, with its numbers apart, and a number as inches.
OTHER_UNITS, APART, AS_INCHES = 0.7, 1.0, 0.5


@lru_cache(maxsize=4_096)
def inside(word: str) -> tuple[str, ...]:
    """Return what a size is made of: its bare numbers and, of several, each with the unit; nothing for another word.

    >>> inside("36inch"), inside("30x3/8x30"), inside("30x40cm"), inside("2a4")
    (('36',), ('30', '3/8'), ('30', '40', '30cm', '40cm'), ())
    """
    size = _NUMBERS.fullmatch(word)
    if size is None:
        return ()
    numbers = tuple(dict.fromkeys(_NUMBER.findall(word)))
    unit = size["unit"] if size["times"] else ""
    return (*numbers, *(number + unit for number in numbers)) if unit else numbers


def other_ways(word: str) -> list[tuple[tuple[str, ...], float]]:
    """Return how else the size ``word`` may stand in a title: the words, all of them, and how much they count.

    >>> other_ways("30x80")
    [(('30', '80'), 1.0), (('30inch', '80inch'), 1.0), (('30ft', '80ft'), 1.0)]
    >>> other_ways("30x40cm")[1], other_ways("36"), other_ways("30cm")[-1], other_ways("mugs")
    ((('30cm', '40cm'), 1.0), [(('36inch',), 0.5)], (('1ft',), 0.7), [])
    """
    size = _NUMBERS.fullmatch(word)
    if size is None:
        return []
    if size["times"]:
        apart = tuple(dict.fromkeys(_NUMBER.findall(word)))
        units = (size["unit"],) if size["unit"] else _LEFT_OUT
        return [(apart, APART), *((tuple(f"{number}{unit}" for number in apart), APART) for unit in units)]
    if not size["unit"]:
        return [((f"{word}{_LEFT_OUT[0]}",), AS_INCHES)]
    return [((other,), OTHER_UNITS) for other in same_size(word)]


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
