"""Lengths, weights and volumes in the words of the reader's language, exact and without needless zeros."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from caigou.ui.formats import locale_of


def centimetres(millimetres: int) -> str:
    """Write a length exactly: 460 mm is 46 cm, 455 mm is 45.5 cm.

    >>> centimetres(460), centimetres(455)
    ('46', '45.5')
    """
    whole, rest = divmod(millimetres, 10)
    return f"{whole}.{rest}" if rest else str(whole)


def kilograms(grams: int, language: str = "en") -> str:
    """Write a weight exactly.

    >>> kilograms(10_300), kilograms(12_000), kilograms(455), kilograms(1_234_500)
    ('10.3 kg', '12 kg', '0.455 kg', '1,234.5 kg')
    """
    return format_decimal(Decimal(grams).scaleb(-3), format="#,##0.###", locale=locale_of(language)) + " kg"


def grams(weight: int, language: str = "en") -> str:
    """Write the weight of one unit: in grams below a kilogram.

    >>> grams(382), grams(1_250)
    ('382 g', '1.25 kg')
    """
    return f"{weight} g" if weight < 1_000 else kilograms(weight, language)


def cubic_metres(litres: int, language: str = "en") -> str:
    """Write a volume in CBM with its litres: 2,190 l is 2.190 m³.

    >>> cubic_metres(2_190), cubic_metres(12)
    ('2.190 m³', '0.012 m³')
    """
    return format_decimal(Decimal(litres).scaleb(-3), format="#,##0.000", locale=locale_of(language)) + " m³"
